"""Suggestions keep what need and offer were when they were made; whose vetting ends next is found by an index."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

COLUMNS = {"suggestion_run": "need", "suggestion": "offer"}


def upgrade() -> None:
    for table, name in COLUMNS.items():
        op.add_column(table, sa.Column(name, sa.JSON(), nullable=False, server_default="{}"))
    op.create_index("ix_provider_valid", "provider", ["tenant_id", "valid_until", "status", "id"])


def downgrade() -> None:
    op.drop_index("ix_provider_valid", "provider")
    for table, name in COLUMNS.items():
        op.drop_column(table, name)
