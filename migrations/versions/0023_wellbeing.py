"""How the child was is a column of its own beside the coded answers: those who were not well are found by an index.

And the index of what is due leads to the placements by itself.
"""

import sqlalchemy as sa
from alembic import op

from migrations.isolation import each_tenant

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

INDEX, FEW = "ix_follow_up_unwell", sa.text("wellbeing = 'badly'")
DUE = "ix_follow_up_due"
DUE_COLUMNS = ["tenant_id", "status", "due_on"]
COLUMNS = ["tenant_id", "wellbeing", "placement_id", "status_since"]
ANSWERED = sa.table(
    "follow_up", sa.column("tenant_id", sa.Uuid()), sa.column("answers", sa.JSON()), sa.column("wellbeing", sa.String())
)


def upgrade() -> None:
    op.add_column("follow_up", sa.Column("wellbeing", sa.String(12), nullable=False, server_default=""))
    said = ANSWERED.c.answers["wellbeing"].as_string()
    for tenant in each_tenant():
        op.execute(sa.update(ANSWERED).where(ANSWERED.c.tenant_id == tenant, said.is_not(None)).values(wellbeing=said))
    op.drop_index(DUE, "follow_up")
    op.create_index(DUE, "follow_up", [*DUE_COLUMNS, "placement_id"])
    op.create_index(INDEX, "follow_up", COLUMNS, sqlite_where=FEW, postgresql_where=FEW)


def downgrade() -> None:
    op.drop_index(INDEX, "follow_up")
    op.drop_index(DUE, "follow_up")
    op.create_index(DUE, "follow_up", DUE_COLUMNS)
    op.drop_column("follow_up", "wellbeing")
