"""Imports: the sender's own keys, and the files that wait to be imported."""

import sqlalchemy as sa
from alembic import op

from migrations import isolation

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLES = ("import_file",)
KEYS = {  # table → what the sender's key is unique in
    "family": ("tenant_id", "external_ref"), "provider": ("tenant_id", "external_ref"),
    "child": ("tenant_id", "family_id", "external_ref"),
}


def upgrade() -> None:
    for table, key in KEYS.items():
        op.add_column(table, sa.Column("external_ref", sa.String(64), nullable=True))
        op.create_index(f"ix_{table}_external_ref", table, key, unique=True)
    _make_table()
    for table in TABLES:
        isolation.protect(table)


def _make_table() -> None:
    op.create_table(
        "import_file",
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("status", sa.String(12), nullable=False),
        sa.Column("name_sealed", sa.Text(), nullable=True),
        sa.Column("content_sealed", sa.Text(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("caseworker_id", sa.Uuid(), nullable=True),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("added_by_id", sa.Uuid(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "added_by_id"], ["membership.tenant_id", "membership.user_id"],
            name=op.f("fk_import_file_tenant_id_added_by_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "caseworker_id"], ["membership.tenant_id", "membership.user_id"],
            name=op.f("fk_import_file_tenant_id_caseworker_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_import_file_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_file")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_import_file_tenant_id_id")),
    )
    op.create_index(op.f("ix_import_file_tenant_id"), "import_file", ["tenant_id"])
    op.create_index("ix_import_file_status", "import_file", ["tenant_id", "status", "until"])


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)  # its policy and its triggers go with it
    for table in KEYS:
        op.drop_index(f"ix_{table}_external_ref", table)
        op.drop_column(table, "external_ref")
