"""Asking once more for long work that failed or was stopped, through the service that was asked the first time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

from portal import events
from portal.errors import ConflictError
from portal.events import Job
from portal.policy import Actor, Permission, allowed, require
from portal.queries import jobs
from portal.services import plans, versions

ENDED = ("failed", "cancelled")


@dataclass(frozen=True)
class Kind:
    """A kind of job: who may ask for it, and how; `known` says of which jobs it is still known what was asked."""

    permission: Permission
    ask: Callable[[Actor, Job], Job]
    known: Callable[[Iterable[Job]], set[UUID]]


def _newest(asked: Iterable[Job]) -> set[UUID]:
    """Nobody wants again what was asked for again already."""
    last = jobs.last(events.TRAIN)
    return {one.id for one in asked if last is not None and one.id == last.id}


KINDS = {
    events.PLAN: Kind(Permission.PLAN_MAKE, plans.ask_again, plans.remembered),
    events.TRAIN: Kind(Permission.MODEL_TRAIN, lambda actor, _: versions.teach(actor), _newest),
}


def offered(actor: Actor, found: Iterable[Job]) -> set[UUID]:
    """Which of these jobs this person may ask for once more."""
    ended = [one for one in found if one.status in ENDED]
    may: set[UUID] = set()
    for event, kind in KINDS.items():
        mine = [one for one in ended if one.event == event]
        if mine and allowed(actor, kind.permission):
            may |= kind.known(mine)
    return may


def ask(actor: Actor, job: Job) -> Job:
    """The same work once more, as a job of its own.

    NotAllowedError as for asking that kind; ConflictError for a kind that is not asked for again, for a job that is
    not over or did not fail, and for whatever stands in the way of asking now.
    """
    kind = KINDS.get(job.event)
    if kind is None or job.status not in ENDED:
        raise ConflictError("job_once")
    require(actor, kind.permission)
    return kind.ask(actor, job)
