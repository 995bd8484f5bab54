"""Proposals as a queue of decisions and as one page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import contains_eager, joinedload, load_only, selectinload

from portal import clock
from portal.extensions import db
from portal.models import (
    Family,
    Placement,
    Proposal,
    ProposalChild,
    Provider,
    Suggestion,
    SuggestionRun,
    Transition,
    VettingItem,
)
from portal.policy import Actor
from portal.queries import brief
from portal.queries.sight import of_readable

TO_DECIDE = ("proposed", "decline_pending")
SOON_HOURS = 12  # a hold that ends within this many hours is urgent
MOST = 200  # a queue longer than this is shown by its oldest

# What the page about one proposal reads, in a few statements.
WHOLE = (
    joinedload(Proposal.family).options(
        selectinload(Family.children), joinedload(Family.caregivers), joinedload(Family.exclusions),
        selectinload(Family.consents),
    ),
    joinedload(Proposal.provider).options(
        joinedload(Provider.seats), selectinload(Provider.items).joinedload(VettingItem.checklist_item)
    ),
    joinedload(Proposal.suggestion).joinedload(Suggestion.run).load_only(SuggestionRun.need, SuggestionRun.made_at),
    joinedload(Proposal.proposer),
    joinedload(Proposal.children).joinedload(ProposalChild.child),
)


@dataclass(frozen=True)
class Wanted:
    """What the queue is narrowed by; "" narrows nothing."""

    status: str = ""
    proposer: str = ""
    soon: bool = False


def queue(actor: Actor, wanted: Wanted) -> list[Proposal]:
    """What waits for a decision, the hold that ends first on top."""
    found = (
        select(Proposal).join(Family, Family.id == Proposal.family_id).where(of_readable(actor))
        .options(
            brief.family(contains_eager(Proposal.family)), brief.provider(joinedload(Proposal.provider)),
            joinedload(Proposal.suggestion).load_only(*brief.SUGGESTION), joinedload(Proposal.proposer),
            brief.child(selectinload(Proposal.children).joinedload(ProposalChild.child)),
        )
        .order_by(Proposal.hold_until, Proposal.made_at)
    )
    return list(db.session.scalars(_narrowed(found, wanted)).unique())[:MOST]


def waiting(actor: Actor) -> list[Proposal]:
    """The queue's proposals in its order, with no more than tells who may decide them."""
    found = (
        select(Proposal).join(Family, Family.id == Proposal.family_id).where(of_readable(actor))
        .options(
            load_only(Proposal.status, Proposal.proposer_id, Proposal.earlier_proposers, Proposal.family_id),
            contains_eager(Proposal.family).load_only(Family.confidential, Family.caseworker_id),
        )
        .order_by(Proposal.hold_until, Proposal.made_at)
    )
    return list(db.session.scalars(_narrowed(found, Wanted()).limit(MOST)))


def proposers() -> set[UUID]:
    """Who made what waits for a decision."""
    return set(db.session.scalars(select(Proposal.proposer_id).where(Proposal.status.in_(TO_DECIDE)).distinct()))


def _narrowed(query: Select[Any], wanted: Wanted) -> Select[Any]:
    query = query.where(Proposal.status.in_([wanted.status] if wanted.status in TO_DECIDE else TO_DECIDE))
    if wanted.proposer:
        query = query.where(Proposal.proposer_id == UUID(wanted.proposer))
    if wanted.soon:
        query = query.where(Proposal.hold_until <= clock.now() + timedelta(hours=SOON_HOURS))
    return query


def ends_to_confirm(actor: Actor) -> list[Placement]:
    """Unplanned ends that a supervisor has to confirm, the oldest first."""
    found = (
        select(Placement).join(Family, Family.id == Placement.family_id)
        .where(and_(Placement.status == "ending", Placement.ends_on <= clock.today(), of_readable(actor)))
        .options(contains_eager(Placement.family), joinedload(Placement.child), joinedload(Placement.provider))
        .order_by(Placement.status_since)
    )
    return list(db.session.scalars(found))[:MOST]


def moves_of(proposal: UUID) -> list[Transition]:
    """The proposal's moves, newest first."""
    found = select(Transition).where(Transition.flow == "proposal", Transition.subject_id == proposal)
    return list(db.session.scalars(found.order_by(Transition.at.desc()).limit(100)))


def of_case(family: UUID) -> list[Proposal]:
    """Every proposal of a family, newest first."""
    found = select(Proposal).where(Proposal.family_id == family).options(joinedload(Proposal.provider))
    return list(db.session.scalars(found.order_by(Proposal.made_at.desc())))


def placements_of(proposal: UUID) -> list[Placement]:
    """What became of an accepted proposal."""
    found = select(Placement).where(Placement.proposal_id == proposal).options(joinedload(Placement.child))
    return list(db.session.scalars(found))
