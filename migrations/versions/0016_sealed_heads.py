"""The end of each trail is sealed: whoever can change the table cannot move it back to an entry of before.

The heads there are get their seal here, and only here: a head without one never counts again.
"""

import hmac
import json

import sqlalchemy as sa
from alembic import op
from flask import current_app

from migrations.isolation import each_tenant

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

HEAD = sa.table(
    "audit_head", sa.column("tenant_id", sa.Uuid()), sa.column("number", sa.Integer()), sa.column("hash", sa.String()),
    sa.column("seal", sa.String()),
)


def upgrade() -> None:
    op.add_column("audit_head", sa.Column("seal", sa.String(64), nullable=False, server_default=""))
    database = op.get_bind()
    for tenant in each_tenant():
        own = HEAD.c.tenant_id == tenant
        for number, last in database.execute(sa.select(HEAD.c.number, HEAD.c.hash).where(own)).all():
            database.execute(sa.update(HEAD).where(own).values(seal=_seal(str(tenant), number, last)))


def downgrade() -> None:
    op.drop_column("audit_head", "seal")


def _seal(tenant: str, number: int, last: str) -> str:
    text = json.dumps(["head", tenant, number, last], separators=(",", ":"))
    return hmac.digest(current_app.config["SETTINGS"].audit_key.encode(), text.encode(), "sha256").hex()
