"""Plans keep what providers could add, what each proposal costs, and whose seats are sought after."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from migrations import isolation

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

TABLES = ("plan_addition", "plan_hold", "plan_demand")
COUNTS = ("looked", "held", "priced")


def upgrade() -> None:
    for name in COUNTS:
        op.add_column("plan", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    _table("plan_addition", "provider", [
        _whole("place"), sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.Column("schedule", sa.String(length=400), nullable=False),
        _whole("amount"), _whole("families"), _whole("placed"),
    ])
    _table("plan_hold", "proposal", [_whole("placed")])
    _table("plan_demand", "provider", [_whole("firsts"), sa.Column("prices", sa.JSON(), nullable=False)])
    op.create_index("ix_plan_addition_place", "plan_addition", ["tenant_id", "plan_id", "place"])
    op.create_index("ix_plan_addition_provider", "plan_addition", ["tenant_id", "provider_id", "place"])
    op.create_index("ix_plan_hold_plan", "plan_hold", ["tenant_id", "plan_id", "placed"])
    op.create_index("ix_plan_hold_proposal", "plan_hold", ["tenant_id", "proposal_id"])
    op.create_index("ix_plan_demand_plan", "plan_demand", ["tenant_id", "plan_id"])
    op.create_index("ix_plan_demand_provider", "plan_demand", ["tenant_id", "provider_id"])
    for table in TABLES:
        isolation.protect(table)


def _whole(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _table(table: str, about: str, columns: Sequence[sa.Column]) -> None:
    """A table of a plan's findings, each about a provider or a proposal."""
    op.create_table(
        table,
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column(f"{about}_id", sa.Uuid(), nullable=False),
        *columns,
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f(f"fk_{table}_tenant_id")),
        *(
            sa.ForeignKeyConstraint(
                ["tenant_id", f"{other}_id"], [f"{other}.tenant_id", f"{other}.id"],
                name=op.f(f"fk_{table}_tenant_id_{other}_id"),
            )
            for other in ("plan", about)
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f(f"uq_{table}_tenant_id_id")),
    )
    op.create_index(op.f(f"ix_{table}_tenant_id"), table, ["tenant_id"])


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    for name in reversed(COUNTS):
        op.drop_column("plan", name)
