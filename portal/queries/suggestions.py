"""The current suggestions of a family, and whether the worker is still at it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ScalarSelect, select
from sqlalchemy.orm import joinedload

from portal.events import Job
from portal.extensions import db
from portal.models import Proposal, Provider, Suggestion, SuggestionRun, Transition
from portal.models.proposal import OPEN

ABOUT_FAMILY = ("intake.submitted", "family.changed")
DECIDED = ("shortlisted", "dismissed", "proposed")


def current_run(family: UUID) -> SuggestionRun | None:
    """The newest run for a family, while it counts."""
    found = select(SuggestionRun).where(SuggestionRun.family_id == family, SuggestionRun.current.is_(True))
    return db.session.scalars(found.order_by(SuggestionRun.made_at.desc())).first()


@dataclass(frozen=True)
class Listed:
    """A suggestion, the open proposal made of it, and the coded reason it was last set aside for."""

    suggestion: Suggestion
    proposal: UUID | None
    dismissed_for: str | None


def of_family(family: UUID, run: SuggestionRun | None) -> list[Suggestion]:
    """What a person decided about already, and what the run adds: the shortlist first, then by rank."""
    return [one.suggestion for one in listed(family, run)]


def listed(family: UUID, run: SuggestionRun | None) -> list[Listed]:
    """The same, with what became of each."""
    wanted = [Suggestion.status.in_(DECIDED)]
    if run is not None:
        wanted.append(Suggestion.run_id == run.id)
    condition = wanted[0] if run is None else wanted[0] | wanted[1]
    found = (
        select(Suggestion, _open_proposal(), _last_reason()).where(Suggestion.family_id == family, condition)
        .options(joinedload(Suggestion.provider).selectinload(Provider.items))
    )
    order = {"proposed": 0, "shortlisted": 1, "suggested": 2, "dismissed": 3}
    rows = [Listed(*row) for row in db.session.execute(found)]
    return sorted(rows, key=lambda one: (
        order[one.suggestion.status], one.suggestion.rank, str(one.suggestion.provider_id)
    ))


def _open_proposal() -> ScalarSelect[UUID]:
    found = select(Proposal.id).where(
        Proposal.family_id == Suggestion.family_id, Proposal.suggestion_id == Suggestion.id, Proposal.status.in_(OPEN)
    )
    return found.limit(1).correlate(Suggestion).scalar_subquery()


def _last_reason() -> ScalarSelect[str]:
    """Why a suggestion that is set aside was."""
    found = select(Transition.reason).where(
        Transition.flow == "suggestion", Transition.action == "dismiss", Transition.subject_id == Suggestion.id,
        Suggestion.status == "dismissed",
    )
    return found.order_by(Transition.at.desc()).limit(1).correlate(Suggestion).scalar_subquery()


def providers_named(ids: list[str]) -> dict[str, Provider]:
    """Providers by id, for the why-not table and for what would help."""
    wanted = [UUID(one) for one in ids]
    if not wanted:
        return {}
    found = select(Provider).where(Provider.id.in_(wanted)).options(joinedload(Provider.seats))
    return {str(one.id): one for one in db.session.scalars(found).unique()}


def is_pending(family: UUID) -> bool:
    """Does the worker still have a job about this family?"""
    waiting = select(Job.ids).where(Job.status == "waiting", Job.event.in_(ABOUT_FAMILY))
    return any(ids.get("family") == str(family) for ids in db.session.scalars(waiting))
