"""A job says who asked for it, at which step of how many it is, and what came of it."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

COLUMNS = (
    sa.Column("asked_by_id", sa.Uuid(), nullable=True),
    sa.Column("step", sa.Integer(), nullable=False, server_default="0"),
    sa.Column("steps", sa.Integer(), nullable=False, server_default="0"),
    sa.Column("result", sa.JSON(), nullable=False, server_default="{}"),
)


def upgrade() -> None:
    for column in COLUMNS:
        op.add_column("job", column)
    op.create_index("ix_job_asked", "job", ["tenant_id", "asked_by_id", "made_at"])


def downgrade() -> None:
    op.drop_index("ix_job_asked", "job")
    for column in reversed(COLUMNS):
        op.drop_column("job", column.name)
