"""The current suggestions of a family, and whether the worker is still at it."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

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


def of_family(family: UUID, run: SuggestionRun | None) -> list[Suggestion]:
    """What a person decided about already, and what the run adds: the shortlist first, then by rank."""
    wanted = [Suggestion.status.in_(DECIDED)]
    if run is not None:
        wanted.append(Suggestion.run_id == run.id)
    condition = wanted[0] if run is None else wanted[0] | wanted[1]
    found = (
        select(Suggestion).where(Suggestion.family_id == family, condition)
        .options(joinedload(Suggestion.provider).selectinload(Provider.items))
    )
    order = {"proposed": 0, "shortlisted": 1, "suggested": 2, "dismissed": 3}
    return sorted(db.session.scalars(found), key=lambda one: (order[one.status], one.rank, str(one.provider_id)))


def reasons_dismissed(rows: list[Suggestion]) -> dict[UUID, str]:
    """Suggestion → the coded reason it was last set aside for."""
    wanted = [one.id for one in rows if one.status == "dismissed"]
    found = select(Transition.subject_id, Transition.reason).where(
        Transition.flow == "suggestion", Transition.action == "dismiss", Transition.subject_id.in_(wanted)
    )
    return {row.subject_id: row.reason for row in db.session.execute(found.order_by(Transition.at))} if wanted else {}


def open_proposals(rows: list[Suggestion]) -> dict[UUID, UUID]:
    """Suggestion → its open proposal."""
    wanted = [one.id for one in rows if one.status == "proposed"]
    found = select(Proposal.suggestion_id, Proposal.id).where(
        Proposal.suggestion_id.in_(wanted), Proposal.status.in_(OPEN)
    )
    return {row.suggestion_id: row.id for row in db.session.execute(found)} if wanted else {}


def providers_named(ids: list[str]) -> dict[str, Provider]:
    """Providers by id, for the why-not table and for what would help."""
    wanted = [UUID(one) for one in ids]
    if not wanted:
        return {}
    found = select(Provider).where(Provider.id.in_(wanted)).options(selectinload(Provider.seats))
    return {str(one.id): one for one in db.session.scalars(found)}


def is_pending(family: UUID) -> bool:
    """Does the worker still have a job about this family?"""
    waiting = select(Job.ids).where(Job.status == "waiting", Job.event.in_(ABOUT_FAMILY))
    return any(ids.get("family") == str(family) for ids in db.session.scalars(waiting))
