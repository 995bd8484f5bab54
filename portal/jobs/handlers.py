"""What the worker does with each event: load by id, call a service. The job base commits, once."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from flask import Flask
from sqlalchemy import select

from portal import clock, events
from portal.events import Job
from portal.extensions import db
from portal.models import Family, Provider
from portal.services import matching
from portal.tenancy import acting_for
from portal.watching import jobs as watched

MOST_ATTEMPTS = 4


def suggest(ids: dict[str, UUID]) -> None:
    """A family's case is new or changed."""
    family = db.session.get(Family, ids["family"])
    if family is not None:
        matching.suggest_for(family)


def refresh_around(ids: dict[str, UUID]) -> None:
    """A provider changed: so may the lists of the families around it. Each is a job of its own, once."""
    provider = db.session.get(Provider, ids["provider"])
    touched = matching.touched_by(provider) if provider is not None else []
    waits = {job.ids["family"] for job in waiting() if job.event == events.REFRESH}
    for family in touched:
        if str(family) not in waits:
            events.announce(events.REFRESH, family=family)


HANDLERS: dict[str, Callable[[dict[str, UUID]], None]] = {
    "intake.submitted": suggest,
    "family.changed": suggest,
    "provider.changed": refresh_around,
    events.REFRESH: suggest,
}


def about(job: Job) -> dict[str, UUID]:
    """The rows a job is about."""
    return {name: UUID(value) for name, value in job.ids.items() if name != events.REQUEST}


class Runner:
    """Does jobs for one application."""

    def __init__(self, app: Flask) -> None:
        self.app = app

    def __call__(self, tenant: UUID, job_id: UUID) -> None:
        """Do a job, once: a job that is done is left alone, one that fails is tried again later."""
        with self.app.app_context(), acting_for(tenant):
            job = db.session.get(Job, job_id)
            if job is None or job.status != "waiting":
                return
            event, made_at = job.event, job.made_at
            with watched.job(event, tenant, job.ids.get(events.REQUEST, "")):
                self._do(job)
            watched.ready(event, made_at)

    def _do(self, job: Job) -> None:
        job_id = job.id
        try:
            HANDLERS[job.event](about(job))
            job.status, job.done_at = "done", clock.now()
            db.session.commit()
        except Exception:
            db.session.rollback()
            self._failed(job_id)
            raise

    def _failed(self, job_id: UUID) -> None:
        job = db.session.get(Job, job_id)
        if job is not None:
            job.attempts += 1
            job.status = "failed" if job.attempts >= MOST_ATTEMPTS else "waiting"
            db.session.commit()


def waiting(older_than_seconds: int = 0) -> list[Job]:
    """The jobs of the tenant at work that nobody did yet."""
    found = db.session.scalars(select(Job).where(Job.status == "waiting").order_by(Job.made_at)).all()
    return [job for job in found if (clock.now() - job.made_at).total_seconds() >= older_than_seconds]
