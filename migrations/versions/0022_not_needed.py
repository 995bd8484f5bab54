"""Families keep which needs that their texts name somebody said not to tick."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("family", sa.Column("not_needed", sa.JSON(), nullable=False, server_default="{}"))


def downgrade() -> None:
    op.drop_column("family", "not_needed")
