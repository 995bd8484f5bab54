"""What time brings: holds that end, seats that come free, vetting that lapses, pauses that end, jobs left lying."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask

from portal import database
from portal.extensions import db
from portal.jobs.handlers import waiting
from portal.jobs.queue import queue
from portal.queries import tenants
from portal.services import cases, placements, proposals, repeats, vetting
from portal.tenancy import acting_for, current

LEFT_LYING = 30  # seconds after which a job that waits, with nothing in the queue, is sent again: its sending was lost
EACH: tuple[Callable[[], int], ...] = (
    proposals.expire_due, placements.free_due, vetting.lapse_due, vetting.warn_due, vetting.return_from_leave_due,
    cases.resume_due, repeats.forget_old,
)


def nightly(app: Flask) -> None:
    """What is done while nobody works."""
    with app.app_context():
        database.take_stock(db.engine)


def sweep(app: Flask) -> dict[str, int]:
    """Go through every NGO once. Returns how many rows each step moved; a second sweep at once moves none."""
    moved: dict[str, int] = {}
    with app.app_context():
        ids = [tenant.id for tenant in tenants.every()]
        for tenant in ids:
            with acting_for(tenant):
                for step in EACH:
                    moved[step.__name__] = moved.get(step.__name__, 0) + step()
                    db.session.commit()
                for job in waiting(LEFT_LYING) if queue.is_empty() else ():
                    queue.send(current(), job.id, job.can_wait)
    return moved
