"""Follow-ups: planned when care begins, answered by the caseworker, and the next one planned from the last."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from portal import clock, workflow
from portal.errors import InvalidInputError
from portal.extensions import db
from portal.models import FollowUp, Placement
from portal.models.followup import AGAIN_DAYS, BADLY
from portal.policy import Actor
from portal.queries import followups as queries
from portal.queries import tenants
from portal.workflow import Said

CHANNELS = ("visit", "call", "message")
ANSWERED_BY = ("caregiver", "provider", "both")


@dataclass(frozen=True)
class Answers:
    """What the caregiver or the provider said; `values` holds the coded answers, and no text."""

    channel: str
    answered_by: str
    values: dict[str, Any] = field(default_factory=dict)
    problem: str = ""
    note: str = ""


def plan(placement: Placement) -> None:
    """The first follow-ups of a placement that begins."""
    for days in tenants.setting("followup_days"):
        _add(placement, int(days))


def complete(actor: Actor, followup: FollowUp, answers: Answers) -> None:
    """Write the answers down and plan the next one, within three days while the child is not known to be well.

    Raises InvalidInputError for an unknown channel or person.
    """
    wrong = {}
    if answers.channel not in CHANNELS:
        wrong["channel"] = ["choice_missing"]
    if answers.answered_by not in ANSWERED_BY:
        wrong["answered_by"] = ["choice_missing"]
    if wrong:
        raise InvalidInputError("choice_missing", wrong)
    workflow.advance(followup, "complete", actor)
    followup.channel, followup.answered_by = answers.channel, answers.answered_by
    followup.answers, followup.problem, followup.note = dict(answers.values), answers.problem, answers.note
    _close(actor, followup)


def not_reached(actor: Actor, followup: FollowUp, note: str = "") -> None:
    """Nobody answered: try again in three days."""
    workflow.advance(followup, "not_reached", actor, Said(note=note))
    followup.note = note
    followup.done_on, followup.done_by_id = clock.today(), actor.id
    db.session.add(
        FollowUp(placement_id=followup.placement_id, due_on=clock.today() + timedelta(days=AGAIN_DAYS),
                 after_days=followup.after_days)
    )


def cancel_open(placement: Placement, actor: Actor) -> None:
    """A placement that ended needs no more follow-ups."""
    for one in scheduled(placement):
        workflow.advance(one, "cancel", actor, Said(reason="placement_ended"))


def plan_again(placement: Placement) -> None:
    """The follow-ups that fell away with an end of today are due again on their days."""
    dropped = db.session.scalars(
        select(FollowUp).where(FollowUp.placement_id == placement.id, FollowUp.status == "cancelled")
    ).all()
    for one in dropped:
        if one.status_since and one.status_since.astimezone(clock.LIMA).date() == clock.today():
            db.session.add(FollowUp(placement_id=placement.id, due_on=one.due_on, after_days=one.after_days))


def scheduled(placement: Placement) -> list[FollowUp]:
    """The follow-ups that are still to come."""
    found = select(FollowUp).where(FollowUp.placement_id == placement.id, FollowUp.status == "scheduled")
    return list(db.session.scalars(found))


def _close(actor: Actor, followup: FollowUp) -> None:
    followup.done_on, followup.done_by_id = clock.today(), actor.id
    db.session.flush()
    placement = followup.placement
    if placement.status not in {"active", "interrupted"}:
        return
    coming = scheduled(placement)
    again = clock.today() + timedelta(days=AGAIN_DAYS)
    if queries.last_known(placement.id) == BADLY and not any(one.due_on <= again for one in coming):
        db.session.add(FollowUp(placement_id=placement.id, due_on=again, after_days=followup.after_days))
    elif not coming:
        _add(placement, _next(placement, clock.today()))


def _next(placement: Placement, today: date) -> int:
    """Days after the start of the next quarter that is still to come."""
    days, every = max(tenants.setting("followup_days")), int(tenants.setting("followup_every_days"))
    while placement.starts_on + timedelta(days=days) <= today:
        days += every
    return int(days)


def _add(placement: Placement, days: int) -> None:
    due = placement.starts_on + timedelta(days=days)
    db.session.add(FollowUp(placement_id=placement.id, due_on=due, after_days=days))
