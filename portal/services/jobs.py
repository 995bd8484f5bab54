"""Background work that somebody wants to stop."""

from __future__ import annotations

from uuid import UUID

from portal import clock
from portal.errors import ConflictError, NotFoundError
from portal.events import Job
from portal.extensions import db


def cancel(job_id: UUID) -> None:
    """Ask a job to stop: one that nobody took is over at once, one at work when it next says how far it is.

    Raises NotFoundError, and ConflictError where it is over already.
    """
    job = db.session.get(Job, job_id, with_for_update=True)
    if job is None:
        raise NotFoundError
    if job.status != "waiting":
        raise ConflictError
    job.cancel_asked = True
    if job.taken_until is None or job.taken_until < clock.now():
        job.status, job.done_at = "cancelled", clock.now()
