"""The database's own layer of tenancy: row-level security on PostgreSQL, triggers on SQLite.

Every table of a tenant is in TABLES; a test compares the list with the models.
"""

from alembic import op

from migrations import isolation

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
BY_PLATFORM = "current_setting('app.platform', true) = 'on'"


def upgrade() -> None:
    for table in TABLES:
        isolation.isolate(table)
        if table in READ_BEFORE_LOGIN and isolation.on_postgresql():
            op.execute(f"CREATE POLICY platform ON {table} FOR SELECT USING ({BY_PLATFORM})")
    isolation.grant("USAGE ON SCHEMA public")
    isolation.grant("SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public")
    role = isolation.application_role()
    if role:
        op.execute(f'REVOKE UPDATE, DELETE ON audit_event, transition FROM "{role}"')


def downgrade() -> None:
    for table in TABLES:
        if table in READ_BEFORE_LOGIN and isolation.on_postgresql():
            op.execute(f"DROP POLICY platform ON {table}")
        isolation.release(table)
