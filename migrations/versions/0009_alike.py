"""Children are found by their birth date: a new case is compared with those there are each time it is shown."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_child_birth", "child", ("tenant_id", "birth_date"))


def downgrade() -> None:
    op.drop_index("ix_child_birth", "child")
