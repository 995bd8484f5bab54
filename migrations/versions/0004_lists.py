"""Indexes that answer a list by themselves: which cases, in which order, without reading the rows."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

LIST = ("tenant_id", "status", "priority", "waiting_since", "status_since", "number", "caseworker_id", "confidential",
        "id")
CURRENT = sa.column("current", sa.Boolean).is_(True)


def upgrade() -> None:
    op.drop_index("ix_family_status", "family")
    op.drop_index("ix_family_caseworker", "family")
    op.create_index("ix_family_list", "family", LIST)
    op.create_index("ix_family_caseworker", "family", ("tenant_id", "caseworker_id", "status"))
    op.create_index("ix_family_worker_of", "family", ("tenant_id", "id", "caseworker_id"))
    for table in ("proposal", "placement"):
        op.drop_index(f"ix_{table}_status", table)
        op.create_index(f"ix_{table}_status", table, ("tenant_id", "status", "family_id"))
    op.create_index(
        "ix_suggestion_run_current", "suggestion_run", ("tenant_id", "family_id"),
        sqlite_where=CURRENT, postgresql_where=CURRENT,
    )


def downgrade() -> None:
    op.drop_index("ix_suggestion_run_current", "suggestion_run")
    for table in ("proposal", "placement"):
        op.drop_index(f"ix_{table}_status", table)
        op.create_index(f"ix_{table}_status", table, ("tenant_id", "status"))
    op.drop_index("ix_family_worker_of", "family")
    op.drop_index("ix_family_caseworker", "family")
    op.drop_index("ix_family_list", "family")
    op.create_index("ix_family_caseworker", "family", ("tenant_id", "caseworker_id"))
    op.create_index("ix_family_status", "family", ("tenant_id", "status"))
