"""What programs read page by page: the same rows as the screens' lists, in an order that does not move."""

from __future__ import annotations

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import defer, joinedload, selectinload

from portal import clock
from portal.models import Family, ImportFile, Placement, Proposal, ProposalChild, Provider
from portal.policy import Actor
from portal.queries.keyset import Key, Order, Page, page
from portal.queries.sight import of_own, of_readable

FAMILIES = Order((Family.number,))
PROVIDERS = Order((Provider.number,))
PROPOSALS = Order((Proposal.made_at, Proposal.id), newest_first=True)
PLACEMENTS = Order((Placement.starts_on, Placement.id), newest_first=True)
IMPORTS = Order((ImportFile.added_at, ImportFile.id), newest_first=True)


def families(actor: Actor, asked: dict[str, object], after: Key | None, limit: int) -> Page:
    """The families this person may read, by number; `asked`: status, mine."""
    found = select(Family).where(of_readable(actor)).options(
        selectinload(Family.caregivers), selectinload(Family.children)
    )
    if asked.get("mine"):
        found = found.where(of_own(actor))
    return page(_in_status(found, Family, asked), FAMILIES, after, limit)


def providers(asked: dict[str, object], after: Key | None, limit: int) -> Page:
    """The providers of the NGO, by number; `asked`: status, kind."""
    found = select(Provider).options(selectinload(Provider.seats))
    if asked.get("kind"):
        found = found.where(Provider.kind == asked["kind"])
    return page(_in_status(found, Provider, asked), PROVIDERS, after, limit)


def proposals(actor: Actor, asked: dict[str, object], after: Key | None, limit: int) -> Page:
    """The proposals of families this person may read, the newest first; `asked`: status, family_id,
    proposer_id.
    """
    found = select(Proposal).join(Family, Family.id == Proposal.family_id).where(of_readable(actor)).options(
        joinedload(Proposal.provider), selectinload(Proposal.children).joinedload(ProposalChild.child)
    )
    if asked.get("family_id"):
        found = found.where(Proposal.family_id == asked["family_id"])
    if asked.get("proposer_id"):
        found = found.where(Proposal.proposer_id == asked["proposer_id"])
    return page(_in_status(found, Proposal, asked), PROPOSALS, after, limit)


def placements(actor: Actor, asked: dict[str, object], after: Key | None, limit: int) -> Page:
    """The placements of families this person may read, the latest start first; `asked`: status, family_id."""
    found = select(Placement).join(Family, Family.id == Placement.family_id).where(of_readable(actor))
    if asked.get("family_id"):
        found = found.where(Placement.family_id == asked["family_id"])
    return page(_in_status(found, Placement, asked), PLACEMENTS, after, limit)


def imports(asked: dict[str, object], after: Key | None, limit: int) -> Page:
    """The imports of the NGO, the newest first, without what they hold; `asked`: status.

    One whose time is over has expired, whether or not it was swept away yet.
    """
    found = select(ImportFile).options(defer(ImportFile.content_sealed, raiseload=True))
    waits, is_late = ImportFile.status == "waiting", ImportFile.until <= clock.now()
    if asked.get("status") == "waiting":
        found = found.where(waits, ~is_late)
    elif asked.get("status") == "expired":
        found = found.where(or_(ImportFile.status == "expired", and_(waits, is_late)))
    else:
        found = _in_status(found, ImportFile, asked)
    return page(found, IMPORTS, after, limit)


def _in_status(found: Select, kind: type, asked: dict[str, object]) -> Select:
    return found.where(kind.status == asked["status"]) if asked.get("status") else found
