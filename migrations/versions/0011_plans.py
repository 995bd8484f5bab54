"""Plans of who goes where: what was asked for, its totals, and where each child or group of siblings is sent."""

import sqlalchemy as sa
from alembic import op
from flask import current_app
from sqlalchemy.engine import make_url

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TABLES = ("plan", "plan_line")
AT_WORK = "tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid"
REFUSED = "SELECT RAISE(ABORT, 'row of another tenant')"


def upgrade() -> None:
    _plans()
    _lines()
    for table in TABLES:
        op.create_index(op.f(f"ix_{table}_tenant_id"), table, ["tenant_id"])
        if op.get_bind().dialect.name == "postgresql":
            _protect_postgresql(table)
        else:
            _protect_sqlite(table)


def _plans() -> None:
    op.create_table(
        "plan",
        sa.Column("policy", sa.String(length=12), nullable=False),
        sa.Column("asked_by_id", sa.Uuid(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("families", sa.Integer(), nullable=False),
        sa.Column("children", sa.Integer(), nullable=False),
        sa.Column("placed", sa.Integer(), nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.Column("gap", sa.Double(), nullable=False),
        sa.Column("rivals", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("model_version", sa.String(length=80), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_plan_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_plan_tenant_id_id")),
    )
    op.create_index("ix_plan_made", "plan", ["tenant_id", "made_at"])


def _lines() -> None:
    op.create_table(
        "plan_line",
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("family_id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=True),
        sa.Column("children", sa.JSON(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("distance_km", sa.Double(), nullable=True),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("rule", sa.String(length=16), nullable=False),
        sa.Column("alone", sa.Integer(), nullable=False),
        sa.Column("near", sa.Integer(), nullable=False),
        sa.Column("able", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_plan_line_tenant_id")),
        *(
            sa.ForeignKeyConstraint(
                ["tenant_id", f"{table}_id"], [f"{table}.tenant_id", f"{table}.id"],
                name=op.f(f"fk_plan_line_tenant_id_{table}_id"),
            )
            for table in ("plan", "family", "provider")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_line")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_plan_line_tenant_id_id")),
    )
    op.create_index("ix_plan_line_place", "plan_line", ["tenant_id", "plan_id", "place"])
    op.create_index("ix_plan_line_family", "plan_line", ["tenant_id", "family_id"])
    op.create_index("ix_plan_line_provider", "plan_line", ["tenant_id", "provider_id"])


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
