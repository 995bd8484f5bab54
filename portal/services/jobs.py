"""Background work that somebody wants, and that somebody wants to stop."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from portal import audit, clock, events
from portal.errors import ConflictError, NotFoundError
from portal.events import Job
from portal.extensions import db
from portal.policy import Actor
from portal.tenancy import take_turns


def ask(actor: Actor, name: str, alone: bool = False, **ids: UUID) -> Job:
    """Leave work for the worker in a person's name; `alone`: one such job at a time in the NGO.

    Raises ConflictError where another one waits or is at work.
    """
    if alone:
        take_turns(db.session, name)
        if db.session.scalars(select(Job.id).where(Job.event == name, Job.status == "waiting").limit(1)).first():
            raise ConflictError("job_runs")
    job = events.ask(name, actor.id, **ids)
    audit.record("ask", job, reason=name)
    return job


def cancel(job_id: UUID) -> None:
    """Ask a job to stop: one that nobody took is over at once, one at work when it next says how far it is.

    Raises NotFoundError, and ConflictError where it is over already.
    """
    job = db.session.get(Job, job_id, with_for_update=True)
    if job is None:
        raise NotFoundError
    if job.status != "waiting":
        raise ConflictError("job_over")
    job.cancel_asked = True
    if job.taken_until is None or job.taken_until < clock.now():
        job.status, job.done_at = "cancelled", clock.now()
    audit.record("cancel", job, reason=job.event)
