"""Plans of who goes where: what was asked for, its totals, and where each child or group of siblings is sent."""

import sqlalchemy as sa
from alembic import op

from migrations import isolation

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

TABLES = ("plan", "plan_line")


def upgrade() -> None:
    _plans()
    _lines()
    for table in TABLES:
        op.create_index(op.f(f"ix_{table}_tenant_id"), table, ["tenant_id"])
        isolation.protect(table)


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


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
