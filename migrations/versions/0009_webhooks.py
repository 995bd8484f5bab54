"""Webhooks: the addresses of an NGO's own systems, and the messages to them."""

import sqlalchemy as sa
from alembic import op
from flask import current_app
from sqlalchemy.engine import make_url

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TABLES = ("webhook", "webhook_delivery")
INDEXES = (
    ("made", ["tenant_id", "webhook_id", "made_at"]), ("due", ["tenant_id", "status", "due_at"]),
    ("subject", ["tenant_id", "subject_id"]),
)
AT_WORK = "tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid"
REFUSED = "SELECT RAISE(ABORT, 'row of another tenant')"


def upgrade() -> None:
    _webhooks()
    _deliveries()
    for name, columns in INDEXES:
        op.create_index(f"ix_webhook_delivery_{name}", "webhook_delivery", columns)
    for table in TABLES:
        op.create_index(op.f(f"ix_{table}_tenant_id"), table, ["tenant_id"])
        if op.get_bind().dialect.name == "postgresql":
            _protect_postgresql(table)
        else:
            _protect_sqlite(table)


def _webhooks() -> None:
    op.create_table(
        "webhook",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("address_sealed", sa.Text(), nullable=True),
        sa.Column("events", sa.JSON(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("secret_sealed", sa.Text(), nullable=True),
        sa.Column("old_secret_sealed", sa.Text(), nullable=True),
        sa.Column("old_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resting_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_webhook_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_webhook_tenant_id_id")),
    )


def _deliveries() -> None:
    op.create_table(
        "webhook_delivery",
        sa.Column("webhook_id", sa.Uuid(), nullable=False),
        sa.Column("event", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("ids", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.JSON(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_webhook_delivery_tenant_id")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "webhook_id"], ["webhook.tenant_id", "webhook.id"],
            name=op.f("fk_webhook_delivery_tenant_id_webhook_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_delivery")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_webhook_delivery_tenant_id_id")),
    )


def _protect_postgresql(table: str) -> None:
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY tenant ON {table} USING ({AT_WORK}) WITH CHECK ({AT_WORK})")
    settings = current_app.config["SETTINGS"]
    role, owner = (make_url(url).username for url in (settings.database_url, settings.owner_database_url))
    if role and role != owner:
        op.execute(f'GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO "{role}"')


def _protect_sqlite(table: str) -> None:
    for moment, rows in (("INSERT", ("NEW",)), ("UPDATE", ("OLD", "NEW")), ("DELETE", ("OLD",))):
        foreign = " OR ".join(f"{row}.tenant_id IS NOT current_tenant()" for row in rows)
        op.execute(
            f"CREATE TRIGGER tenant_{moment.lower()}_{table} BEFORE {moment} ON {table} "
            f"WHEN {foreign} BEGIN {REFUSED}; END"
        )


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
