"""A case after it was admitted: pauses, hand-overs, the end, and back."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import select

from portal import clock, events, policy, workflow
from portal.errors import InvalidInputError
from portal.extensions import db
from portal.models import Family, Placement, Proposal
from portal.models.placement import OPEN as OPEN_PLACEMENT
from portal.models.proposal import OPEN as OPEN_PROPOSAL
from portal.policy import SYSTEM, Actor, Permission
from portal.queries import people
from portal.workflow import Said


def pause(actor: Actor, family: Family, said: Said, until: date) -> None:
    """The family waits without being matched until a day, at most a year ahead."""
    if not clock.today() < until or (until - clock.today()).days > 366:
        raise InvalidInputError("date_past", {"until": ["date_past"]})
    workflow.advance(family, "pause", actor, said)
    family.paused_until = until


def resume(actor: Actor, family: Family) -> None:
    """The pause is over: suggestions are made again."""
    workflow.advance(family, "resume", actor)
    family.paused_until = None
    events.announce("family.changed", family=family.id)


def resume_due() -> int:
    """End every pause whose day has come. Returns how many; twice changes nothing."""
    due = db.session.scalars(
        select(Family).where(Family.status == "paused", Family.paused_until <= clock.today())
    ).all()
    for family in due:
        resume(SYSTEM, family)
    return len(due)


def wait_again(actor: Actor, family: Family) -> None:
    """Care ended and is still needed: the family waits again, since its first day."""
    workflow.advance(family, "wait_again", actor, Said(facts=_facts(family)))
    events.announce("family.changed", family=family.id)


def close(actor: Actor, family: Family, reason: str, note: str) -> None:
    """End the case, with a coded reason and a note; no proposal or placement may be open."""
    workflow.advance(family, "close", actor, Said(reason=reason, note=note, facts=_facts(family)))


def reopen(actor: Actor, family: Family, note: str) -> None:
    """Back to the supervisor's desk."""
    workflow.advance(family, "reopen", actor, Said(note=note))
    events.announce("family.changed", family=family.id)


def assign(actor: Actor, family: Family, worker: UUID) -> None:
    """Give the case to somebody of the NGO who can work it. Raises InvalidInputError for anybody else."""
    policy.require(actor, Permission.FAMILY_ASSIGN, family)
    if worker not in {one.user_id for one in people.responsible()}:
        raise InvalidInputError("cannot_answer", {"worker": ["cannot_answer"]})
    family.caseworker_id = worker


def _facts(family: Family) -> dict[str, bool]:
    """What the guards of an ending ask."""
    placed = select(Placement.id).where(Placement.family_id == family.id, Placement.status.in_(OPEN_PLACEMENT))
    proposed = select(Proposal.id).where(Proposal.family_id == family.id, Proposal.status.in_(OPEN_PROPOSAL))
    return {
        "no_open_placement": db.session.scalars(placed).first() is None,
        "no_open_proposal": db.session.scalars(proposed).first() is None,
    }
