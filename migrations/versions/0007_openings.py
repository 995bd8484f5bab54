"""With a run: the smallest changes that would open more providers to the family."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("suggestion_run", sa.Column("openings", sa.JSON(), nullable=False, server_default="[]"))


def downgrade() -> None:
    op.drop_column("suggestion_run", "openings")
