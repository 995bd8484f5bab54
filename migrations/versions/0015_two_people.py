"""Who made an intake and who ever proposed stay known; and what was said of cases that may be the same family."""

from uuid import UUID

import sqlalchemy as sa
from alembic import op

from migrations.isolation import each_tenant

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

UNDECIDED = ("draft", "submitted", "needs_information")
OPEN = ("proposed", "returned")
family = sa.table(
    "family", sa.column("id", sa.Uuid), sa.column("tenant_id", sa.Uuid), sa.column("status", sa.String),
    sa.column("caseworker_id", sa.Uuid), sa.column("authors", sa.JSON),
)
proposal = sa.table(
    "proposal", sa.column("id", sa.Uuid), sa.column("tenant_id", sa.Uuid), sa.column("status", sa.String),
    sa.column("suggestion_id", sa.Uuid), sa.column("proposer_id", sa.Uuid), sa.column("earlier_proposers", sa.JSON),
)
transition = sa.table(
    "transition", sa.column("tenant_id", sa.Uuid), sa.column("flow", sa.String), sa.column("subject_id", sa.Uuid),
    sa.column("action", sa.String), sa.column("actor_id", sa.Uuid),
)


def upgrade() -> None:
    for table, column in (("family", "authors"), ("proposal", "earlier_proposers")):
        op.add_column(table, sa.Column(column, sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("family", sa.Column("told_apart", sa.JSON(), nullable=False, server_default="{}"))
    op.add_column("family", sa.Column("duplicate_of_id", sa.Uuid(), nullable=True))
    for one in each_tenant():
        _remember_authors(one)
        _remember_proposers(one)


def _remember_authors(ngo: UUID) -> None:
    """Of the cases that nobody has decided on: who answers for them, and whoever sent them."""
    found = sa.select(family.c.id, family.c.caseworker_id).where(
        family.c.tenant_id == ngo, family.c.status.in_(UNDECIDED)
    )
    sent = _who_moved(ngo, "family", "submit")
    for row in op.get_bind().execute(found).all():
        authors = {row.caseworker_id, *sent.get(row.id, ())}
        op.execute(family.update().where(family.c.id == row.id).values(authors=_told(authors)))


def _remember_proposers(ngo: UUID) -> None:
    """Of the proposals that nobody has decided on: the move of the suggestion knows who proposed it at first."""
    found = sa.select(proposal.c.id, proposal.c.suggestion_id, proposal.c.proposer_id).where(
        proposal.c.tenant_id == ngo, proposal.c.status.in_(OPEN)
    )
    first, again = _who_moved(ngo, "suggestion", "propose"), _who_moved(ngo, "proposal", "propose_again")
    for row in op.get_bind().execute(found).all():
        if row.id in again:
            others = {*first.get(row.suggestion_id, ()), *again[row.id]} - {row.proposer_id}
            op.execute(proposal.update().where(proposal.c.id == row.id).values(earlier_proposers=_told(others)))


def _who_moved(ngo: UUID, flow: str, action: str) -> dict[UUID, set[UUID]]:
    """Row → the people who made this move of it."""
    moves = sa.select(transition.c.subject_id, transition.c.actor_id).where(
        transition.c.tenant_id == ngo, transition.c.flow == flow, transition.c.action == action,
        transition.c.actor_id.is_not(None),
    )
    found: dict[UUID, set[UUID]] = {}
    for subject, actor in op.get_bind().execute(moves).all():
        found.setdefault(subject, set()).add(actor)
    return found


def _told(people: set[UUID]) -> list[str]:
    return sorted(map(str, people))


def downgrade() -> None:
    op.drop_column("proposal", "earlier_proposers")
    for column in ("duplicate_of_id", "told_apart", "authors"):
        op.drop_column("family", column)
