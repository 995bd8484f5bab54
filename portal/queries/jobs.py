"""How far the background work of the NGO at work is."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, select, true

from portal import clock
from portal.errors import NotFoundError
from portal.events import Job
from portal.extensions import db
from portal.policy import Actor, Permission, allowed

OPEN = "waiting"  # nobody is done with it: it waits, or somebody is at it


@dataclass(frozen=True)
class Standing:
    """Where a job stands: waiting, working, done, failed or cancelled; `share` 0 to 1 of what `doing` names."""

    state: str
    share: float
    doing: str
    cancel_asked: bool
    step: int = 0
    steps: int = 0

    @property
    def is_open(self) -> bool:
        """May anything still change?"""
        return self.state in (OPEN, "working")


@dataclass(frozen=True)
class _Job:
    """A job as the policy asks about it."""

    asked_by_id: UUID | None


def standing(job_id: UUID) -> Standing:
    """A job of the NGO at work. Raises NotFoundError."""
    job = db.session.get(Job, job_id)
    if job is None:
        raise NotFoundError
    return of(job)


def of(job: Job) -> Standing:
    """Where a job stands now."""
    works = job.status == OPEN and job.taken_until is not None and job.taken_until > clock.now()
    state = "working" if works else job.status
    return Standing(state, job.progress, job.doing, job.cancel_asked, job.step, job.steps)


def asked_for(actor: Actor, size: int, page: int = 0) -> tuple[list[Job], int]:
    """A page of what people asked for, as far as this person may see it, and how much there is in all.

    What is not over comes first, then the newest.
    """
    wanted = (Job.asked_by_id.is_not(None), _in_sight(actor))
    over = case((Job.status == OPEN, 0), else_=1)
    found = select(Job).where(*wanted).order_by(over, Job.made_at.desc(), Job.id)
    count = db.session.scalar(select(func.count(Job.id)).where(*wanted)) or 0
    return list(db.session.scalars(found.limit(size).offset(page * size))), count


def last(event: str) -> Job | None:
    """The newest job of a kind that somebody asked for."""
    found = select(Job).where(Job.event == event, Job.asked_by_id.is_not(None)).order_by(Job.made_at.desc())
    return db.session.scalars(found.limit(1)).first()


def _in_sight(actor: Actor) -> ColumnElement[bool]:
    """The policy's word on whose jobs a person sees, as a condition of a statement."""
    return true() if allowed(actor, Permission.JOB_READ, _Job(None)) else Job.asked_by_id == actor.id
