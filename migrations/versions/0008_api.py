"""The HTTP interface: tokens of programs, and the answers kept for requests that are sent twice."""

import sqlalchemy as sa
from alembic import op

from migrations import isolation

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TABLES = ("api_token", "kept_answer")
PAGED = (("ix_proposal_made", "proposal", "made_at"), ("ix_placement_start", "placement", "starts_on"))


def upgrade() -> None:
    _tokens()
    _answers()
    for name, table, column in PAGED:
        op.create_index(name, table, ["tenant_id", column, "id"])
    for table in TABLES:
        op.create_index(op.f(f"ix_{table}_tenant_id"), table, ["tenant_id"])
        isolation.protect(table)


def _tokens() -> None:
    op.create_table(
        "api_token",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("ending", sa.String(length=4), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_api_token_tenant_id")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"], ["membership.tenant_id", "membership.user_id"],
            name=op.f("fk_api_token_tenant_id_user_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_api_token_tenant_id_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_token_token_hash")),
    )
    op.create_index("ix_api_token_user", "api_token", ["tenant_id", "user_id"])


def _answers() -> None:
    op.create_table(
        "kept_answer",
        sa.Column("token_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("asked", sa.String(length=32), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column("body_sealed", sa.Text(), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_kept_answer_tenant_id")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "token_id"], ["api_token.tenant_id", "api_token.id"],
            name=op.f("fk_kept_answer_tenant_id_token_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_answer")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_kept_answer_tenant_id_id")),
        sa.UniqueConstraint("tenant_id", "token_id", "key", name=op.f("uq_kept_answer_tenant_id_token_id_key")),
    )
    op.create_index("ix_kept_answer_made", "kept_answer", ["tenant_id", "made_at"])


def downgrade() -> None:
    for name, table, _ in PAGED:
        op.drop_index(name, table)
    for table in reversed(TABLES):
        op.drop_table(table)
