"""What will soon expire: its vetter is told at each of the NGO's marks, and the first sends a provider to renewal.

Of each provider one person is told, where it is known who is in charge of it; else all who vet. An NGO is warned once a
day, of all that came to a mark since: one mail a person. What comes to one later on that day is for the next. The marks
and the jobs that send the mails are committed together, so that none is lost or made twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time
from uuid import UUID

from sqlalchemy import select

from portal import clock, events, workflow
from portal.events import Job
from portal.extensions import db
from portal.models import VettingItem
from portal.models.provider import STANDING
from portal.policy import SYSTEM, Permission
from portal.queries import people, tenants, vetting

PERSON = "person"  # among the ids of a job: who is told; every other is an item


def warn_due() -> int:
    """Note each warning an expiring item is due, once, and have it sent. Returns how many items that are."""
    marks = sorted(int(days) for days in tenants.setting("warning_days"))
    items = vetting.expiring(clock.today(), marks[-1], STANDING) if marks else []
    due = [(item, mark) for item in items if (mark := _due(item, marks)) is not None]
    if not due or _told_today():
        return 0
    for item, mark in due:
        item.warned_days = mark
    warned = [item for item, _mark in due]
    _renew(warned)
    _tell(warned)
    return len(warned)


def _due(item: VettingItem, marks: list[int]) -> int | None:
    """The mark an item has come to and was not warned of."""
    left = days_left(item)
    mark = next((days for days in marks if left <= days), None)
    return None if mark is None or (item.warned_days is not None and item.warned_days <= mark) else mark


def days_left(item: VettingItem) -> int:
    """Days until the last one an item holds; ValueError for one that does not expire."""
    if item.expires_on is None:
        raise ValueError(item.id)
    return (item.expires_on - clock.today()).days


def _told_today() -> bool:
    midnight = datetime.combine(clock.today(), time(), clock.LIMA)
    found = select(Job.id).where(  # `asked_by_id` for the index: nobody asks for this job
        Job.asked_by_id.is_(None), Job.made_at >= midnight, Job.event == events.EXPIRING
    )
    return db.session.scalars(found.limit(1)).first() is not None


def _renew(warned: list[VettingItem]) -> None:
    for provider in {item.provider_id: item.provider for item in warned if item.checklist_item.mandatory}.values():
        if provider.status == "approved":
            workflow.advance(provider, "renewal_due", SYSTEM)


def _tell(warned: list[VettingItem]) -> None:
    able = {one.user_id for one in people.colleagues() if one.may(Permission.VETTING_WORK)}
    told: dict[UUID, list[UUID]] = {one: [] for one in able}
    for item in warned:
        for person in _in_charge(item, able):
            told[person].append(item.id)
    for person, items in told.items():
        if items:
            events.announce(events.EXPIRING, **{PERSON: person}, **{f"item{at}": one for at, one in enumerate(items)})


def _in_charge(item: VettingItem, able: set[UUID]) -> Iterable[UUID]:
    """Who began to vet its provider, else who verified it; where neither vets any more, everybody who does."""
    known = (item.provider.vetting_officer_id, item.verifier_id)
    return next(((one,) for one in known if one in able), able)


@dataclass(frozen=True)
class Warned:
    """A line of the mail: a provider by its code, how long its nearest item holds, and whether it must have it."""

    code: str
    days: int
    optional: bool


def lines(items: Iterable[UUID]) -> list[Warned]:
    """What to say of warned items, the nearest first; nothing of those that were renewed or ended meanwhile."""
    nearest: dict[tuple[str, bool], int] = {}
    for item in vetting.still_expiring(items, clock.today(), STANDING):
        key = item.provider.code, not item.checklist_item.mandatory
        nearest[key] = min(days_left(item), nearest.get(key, days_left(item)))
    return [Warned(code, days, optional) for (code, optional), days in sorted(
        nearest.items(), key=lambda one: (one[1], one[0])
    )]
