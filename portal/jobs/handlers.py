"""What the worker does with each event: load by id, call a service. The runner commits, once."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from sqlalchemy import select

from portal import clock, events
from portal.events import Job
from portal.extensions import db
from portal.jobs import lease, notices
from portal.jobs.giving_up import Result
from portal.jobs.plan import plan
from portal.jobs.train import train
from portal.models import Family, Provider
from portal.services import matching
from portal.services.webhooks import deliveries
from portal.tenancy import take_turns

Ids = dict[str, UUID]
Tell = Callable[[str, int, int], None]  # (what, done, total); raises where somebody asked to stop


def suggest(ids: Ids) -> None:
    """A family's case is new or changed. Two workers make one family's lists one after the other."""
    take_turns(db.session, f"suggest {ids['family']}")
    family = db.session.get(Family, ids["family"])
    if family is not None:
        matching.suggest_for(family)


def refresh_around(ids: Ids) -> None:
    """A provider changed: so may the lists of the families around it. Each is a job of its own, once."""
    provider = db.session.get(Provider, ids["provider"])
    touched = matching.touched_by(provider) if provider is not None else []
    waits = {job.ids["family"] for job in waiting() if job.event == events.REFRESH}
    for family in touched:
        if str(family) not in waits:
            events.announce(events.REFRESH, family=family)


HANDLERS: dict[str, Callable[[Ids], Result | None]] = {
    "intake.submitted": suggest,
    "family.changed": suggest,
    "provider.changed": refresh_around,
    events.REFRESH: suggest,
    events.DELIVER: lambda ids: deliveries.deliver(ids["delivery"]),
    events.WEBHOOK_DISABLED: notices.webhook_disabled,
    events.EXPIRING: notices.expiring,
}
LONG: dict[str, Callable[[Ids, Tell], Result | None]] = {  # those that tell how far they are, and can be stopped
    events.PLAN: plan,
    events.TRAIN: train,
}


def about(job: Job) -> Ids:
    """The rows a job is about."""
    return {name: UUID(value) for name, value in job.ids.items() if name != events.REQUEST}


def waiting(older_than_seconds: int = 0) -> list[Job]:
    """The jobs of the tenant at work that nobody did yet, nor does now, the oldest first."""
    found = db.session.scalars(select(Job).where(lease.is_free()).order_by(Job.made_at)).all()
    return [job for job in found if (clock.now() - (job.sent_at or job.made_at)).total_seconds() >= older_than_seconds]
