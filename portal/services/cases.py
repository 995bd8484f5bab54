"""A case after it was admitted: pauses, hand-overs, the end, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from portal import audit, clock, events, policy, workflow
from portal.errors import InvalidInputError
from portal.extensions import db
from portal.models import Family, Placement, Proposal
from portal.models.placement import OPEN as OPEN_PLACEMENT
from portal.models.proposal import OPEN as OPEN_PROPOSAL
from portal.policy import SYSTEM, Actor, Permission
from portal.queries import families, people
from portal.services import checks
from portal.workflow import Said

HAND_OVER_REASONS = ("left", "illness", "on_leave", "workload", "other")


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
    """Back to the supervisor's desk; a case that was never sent is a draft again, and passes the check of sending."""
    workflow.advance(family, "reopen", actor, Said(note=note, facts={"sent_before": families.was_sent(family.id)}))
    family.duplicate_of_id = None
    if family.status != "draft":
        events.announce("family.changed", family=family.id)


def assign(actor: Actor, family: Family, worker: UUID) -> None:
    """Give the case to somebody of the NGO who can work it. Raises InvalidInputError for anybody else."""
    policy.require(actor, Permission.FAMILY_ASSIGN, family)
    _refuse_unable(worker)
    family.caseworker_id = worker


def _refuse_unable(worker: UUID) -> None:
    if worker not in {one.user_id for one in people.responsible()}:
        raise InvalidInputError("cannot_answer", {"worker": ["cannot_answer"]})


@dataclass(frozen=True)
class HandOver:
    """Whose cases pass to whom, and why (one of HAND_OVER_REASONS)."""

    leaver: UUID
    worker: UUID
    reason: str


def hand_over(actor: Actor, wanted: HandOver, shown: Mapping[UUID, int]) -> tuple[list[Family], list[Family]]:
    """Give cases of one person to another: those given, and those left because somebody changed them meanwhile.

    `shown`: each chosen case with the version in which it was chosen. Raises InvalidInputError by field.
    """
    policy.require(actor, Permission.FAMILY_ASSIGN)
    checks.refuse({
        **({} if wanted.reason in HAND_OVER_REASONS else {"reason": ["reason_missing"]}),
        **({} if wanted.worker != wanted.leaver else {"worker": ["same_worker"]}),
        **({} if shown else {"cases": ["cases_missing"]}),
    })
    _refuse_unable(wanted.worker)
    given: list[Family] = []
    left: list[Family] = []
    for family in families.chosen(actor, shown):
        as_shown = (family.version, family.caseworker_id) == (shown[family.id], wanted.leaver)
        (given if as_shown else left).append(family)
    for family in given:
        policy.require(actor, Permission.FAMILY_ASSIGN, family)
        family.caseworker_id = wanted.worker
        audit.record("hand_over", family, reason=wanted.reason)
    db.session.flush()
    return given, left


def _facts(family: Family) -> dict[str, bool]:
    """What the guards of an ending ask."""
    placed = select(Placement.id).where(Placement.family_id == family.id, Placement.status.in_(OPEN_PLACEMENT))
    proposed = select(Proposal.id).where(Proposal.family_id == family.id, Proposal.status.in_(OPEN_PROPOSAL))
    return {
        "no_open_placement": db.session.scalars(placed).first() is None,
        "no_open_proposal": db.session.scalars(proposed).first() is None,
    }
