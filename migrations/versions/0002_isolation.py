"""The database's own layer of tenancy: row-level security on PostgreSQL, triggers on SQLite.

Every table of a tenant is in TABLES; a test compares the list with the models.
"""

from alembic import op
from flask import current_app
from sqlalchemy.engine import make_url

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = (
    "attendance_day", "audit_event", "audit_head", "caregiver", "checklist_item", "child", "consent", "delegation",
    "document", "exclusion", "family", "follow_up", "information_request", "invitation", "job", "membership", "outcome",
    "placement", "proposal", "proposal_child", "provider", "seat_band", "seat_hold", "suggestion", "suggestion_run",
    "support_access", "tenant_key", "tenant_settings", "text_vector", "transition", "vetting_item",
)
READ_BEFORE_LOGIN = ("membership",)  # who is a member where: asked before any tenant is known
AT_WORK = "tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid"
BY_PLATFORM = "current_setting('app.platform', true) = 'on'"
REFUSED = "SELECT RAISE(ABORT, 'row of another tenant')"


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            _protect_postgresql(table)
        _let_application_in()
    else:
        for table in TABLES:
            _protect_sqlite(table)


def _protect_postgresql(table: str) -> None:
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY tenant ON {table} USING ({AT_WORK}) WITH CHECK ({AT_WORK})")
    if table in READ_BEFORE_LOGIN:
        op.execute(f"CREATE POLICY platform ON {table} FOR SELECT USING ({BY_PLATFORM})")


def _let_application_in() -> None:
    """Rights for the application's role, where it is not the owner of the tables."""
    settings = current_app.config["SETTINGS"]
    role, owner = (make_url(url).username for url in (settings.database_url, settings.owner_database_url))
    if role and role != owner:
        op.execute(f'GRANT USAGE ON SCHEMA public TO "{role}"')
        op.execute(f'GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO "{role}"')
        op.execute(f'REVOKE UPDATE, DELETE ON audit_event, transition FROM "{role}"')


def _protect_sqlite(table: str) -> None:
    for moment, rows in (("INSERT", ("NEW",)), ("UPDATE", ("OLD", "NEW")), ("DELETE", ("OLD",))):
        foreign = " OR ".join(f"{row}.tenant_id IS NOT current_tenant()" for row in rows)
        op.execute(
            f"CREATE TRIGGER tenant_{moment.lower()}_{table} BEFORE {moment} ON {table} "
            f"WHEN {foreign} BEGIN {REFUSED}; END"
        )


def downgrade() -> None:
    for table in TABLES:
        if op.get_bind().dialect.name == "postgresql":
            op.execute(f"DROP POLICY tenant ON {table}")
            op.execute(f"DROP POLICY IF EXISTS platform ON {table}")
            op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
            op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
        else:
            for moment in ("insert", "update", "delete"):
                op.execute(f"DROP TRIGGER tenant_{moment}_{table}")
