"""Imports: the sender's own keys, and the files that wait to be imported."""

import sqlalchemy as sa
from alembic import op
from flask import current_app
from sqlalchemy.engine import make_url

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLES = ("import_file",)
KEYS = {  # table → what the sender's key is unique in
    "family": ("tenant_id", "external_ref"), "provider": ("tenant_id", "external_ref"),
    "child": ("tenant_id", "family_id", "external_ref"),
}
AT_WORK = "tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid"
REFUSED = "SELECT RAISE(ABORT, 'row of another tenant')"


def upgrade() -> None:
    for table, key in KEYS.items():
        op.add_column(table, sa.Column("external_ref", sa.String(64), nullable=True))
        op.create_index(f"ix_{table}_external_ref", table, key, unique=True)
    _make_table()
    for table in TABLES:
        if op.get_bind().dialect.name == "postgresql":
            _protect_postgresql(table)
        else:
            _protect_sqlite(table)


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
    for table in TABLES:
        op.drop_table(table)  # its policy and its triggers go with it
    for table in KEYS:
        op.drop_index(f"ix_{table}_external_ref", table)
        op.drop_column(table, "external_ref")
