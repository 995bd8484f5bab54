"""Webhooks: the addresses of an NGO's own systems, and the messages to them."""

import sqlalchemy as sa
from alembic import op

from migrations import isolation

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TABLES = ("webhook", "webhook_delivery")
INDEXES = (
    ("made", ["tenant_id", "webhook_id", "made_at"]), ("due", ["tenant_id", "status", "due_at"]),
    ("subject", ["tenant_id", "subject_id"]),
)


def upgrade() -> None:
    _webhooks()
    _deliveries()
    for name, columns in INDEXES:
        op.create_index(f"ix_webhook_delivery_{name}", "webhook_delivery", columns)
    for table in TABLES:
        op.create_index(op.f(f"ix_{table}_tenant_id"), table, ["tenant_id"])
        isolation.protect(table)


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


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
