"""What was suggested and what became of it, for learning: suggestions with their runs, proposals and outcomes."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import selectinload

from portal.extensions import db
from portal.models import Consent, Family, Outcome, Placement, Proposal, Suggestion, SuggestionRun, Transition
from portal.models.family import consent_now

ACTED = ("dismissed", "proposed")


@dataclass(frozen=True)
class Shown:
    """What of a suggestion teaches: which list it stood in, where, with which values, and what was done with it."""

    id: UUID
    run_id: UUID
    family_id: UUID
    provider_id: UUID
    children: list[str]
    status: str
    rank: int
    features: dict[str, Any]
    made_at: datetime


def _acted_on(column: Any) -> Select[Any]:
    """This column of every suggestion that somebody dismissed or proposed."""
    proposed = select(Proposal.suggestion_id).where(Proposal.suggestion_id.is_not(None))
    return select(column).where(or_(Suggestion.status.in_(ACTED), Suggestion.id.in_(proposed)))


def may_teach() -> dict[UUID, Family]:
    """The families that consented to training now, with a suggestion acted on. Confidential cases teach nothing."""
    acted = Family.id.in_(_acted_on(Suggestion.family_id))
    found = select(Family).where(Family.confidential.is_(False), acted).options(
        selectinload(Family.consents), selectinload(Family.children), selectinload(Family.caregivers)
    )
    return {one.id: one for one in db.session.scalars(found) if consent_now(one, "training")}


def teachable() -> int:
    """How many families consented to training and had somebody act on a suggestion; about what training will use."""
    acted = (
        select(Suggestion.family_id).join(Family, Family.id == Suggestion.family_id)
        .where(Suggestion.status.in_(ACTED), Family.confidential.is_(False))
    )
    answers = (
        select(Consent.family_id, Consent.given).order_by(Consent.recorded_at)
        .where(Consent.purpose == "training", Consent.family_id.in_(acted))
    )
    return sum(dict(db.session.execute(answers).all()).values())


def recent_lists(most: int) -> list[Suggestion]:
    """The suggestions of the newest runs that count, each list together, by rank."""
    runs = (
        select(SuggestionRun.id).where(SuggestionRun.current.is_(True))
        .order_by(SuggestionRun.made_at.desc()).limit(most)
    )
    found = select(Suggestion).where(Suggestion.run_id.in_(runs)).order_by(Suggestion.run_id, Suggestion.rank)
    return list(db.session.scalars(found))


def shown() -> list[Shown]:
    """Every suggestion of the runs in which somebody acted on one, the oldest run first, by rank."""
    columns = (Suggestion.id, Suggestion.run_id, Suggestion.family_id, Suggestion.provider_id, Suggestion.children,
               Suggestion.status, Suggestion.rank, Suggestion.features, SuggestionRun.made_at)
    found = (
        select(*columns).join(SuggestionRun, SuggestionRun.id == Suggestion.run_id)
        .where(SuggestionRun.id.in_(_acted_on(Suggestion.run_id)))
        .order_by(SuggestionRun.made_at, SuggestionRun.id, Suggestion.rank, Suggestion.id)
    )
    return [Shown(*row) for row in db.session.execute(found)]


def dismissed_for() -> dict[UUID, str]:
    """Suggestion → the coded reason of its last dismissal."""
    found = (
        select(Transition.subject_id, Transition.reason)
        .where(Transition.flow == "suggestion", Transition.action == "dismiss").order_by(Transition.at)
    )
    return dict(db.session.execute(found).all())


def last_proposals() -> dict[UUID, Proposal]:
    """Suggestion → its newest proposal."""
    found = select(Proposal).where(Proposal.suggestion_id.is_not(None)).order_by(Proposal.made_at)
    return {one.suggestion_id: one for one in db.session.scalars(found) if one.suggestion_id is not None}


def outcomes() -> dict[UUID, list[bool | None]]:
    """Proposal → for each of its placements whether it held; None while nobody knows."""
    found: dict[UUID, list[bool | None]] = defaultdict(list)
    rows = select(Placement.proposal_id, Outcome.held).outerjoin(Outcome, Outcome.placement_id == Placement.id)
    for proposal, held in db.session.execute(rows):
        found[proposal].append(held)
    return dict(found)
