"""A job is taken by one worker at a time, for a while; it tells how far it is, and can be asked to stop."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
COLUMNS = (
    ("sent_at", MOMENT, None), ("due_at", MOMENT, None), ("taken_by", sa.String(120), None),
    ("taken_until", MOMENT, None), ("progress", sa.Float(), "0"), ("doing", sa.String(80), ""),
    ("cancel_asked", sa.Boolean(), sa.false()),
)


def upgrade() -> None:
    for name, kind, default in COLUMNS:
        op.add_column("job", sa.Column(name, kind, nullable=default is None, server_default=default))


def downgrade() -> None:
    for name, _, _ in reversed(COLUMNS):
        op.drop_column("job", name)
