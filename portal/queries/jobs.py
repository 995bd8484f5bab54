"""How far the background work of the NGO at work is."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from portal import clock
from portal.errors import NotFoundError
from portal.events import Job
from portal.extensions import db


@dataclass(frozen=True)
class Standing:
    """Where a job stands: waiting, working, done, failed or cancelled; `share` 0 to 1 of what `doing` names."""

    state: str
    share: float
    doing: str
    cancel_asked: bool


def standing(job_id: UUID) -> Standing:
    """A job of the NGO at work. Raises NotFoundError."""
    job = db.session.get(Job, job_id)
    if job is None:
        raise NotFoundError
    works = job.status == "waiting" and job.taken_until is not None and job.taken_until > clock.now()
    return Standing("working" if works else job.status, job.progress, job.doing, job.cancel_asked)
