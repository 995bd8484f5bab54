"""Which providers' vetting ends next: the index gives the first few, in order."""

from alembic import op

revision = "0018"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_provider_valid", "provider", ["tenant_id", "valid_until", "status", "id"])


def downgrade() -> None:
    op.drop_index("ix_provider_valid", "provider")
