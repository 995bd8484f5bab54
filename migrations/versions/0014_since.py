"""Which cases have been longest in a state: the index gives the first few without a look at the rest."""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_family_since", "family", ("tenant_id", "status", "status_since", "id"))


def downgrade() -> None:
    op.drop_index("ix_family_since", "family")
