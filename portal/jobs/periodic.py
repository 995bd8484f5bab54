"""What time brings: holds that end, seats that come free, vetting that lapses, pauses that end, jobs left lying.

`SCHEDULE` is the one table of what is done when; every queue keeps it. However many processes keep it, each entry is
done once at a time (`portal.jobs.turns`).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from flask import Flask

from portal import audit, clock, database
from portal.events import LANES, PLANNING
from portal.extensions import db
from portal.jobs.handlers import waiting
from portal.jobs.queue import queue
from portal.jobs.turns import Turn
from portal.queries import state, tenants
from portal.services import cases, expiry, matching, placements, plans, proposals, repeats, vetting
from portal.services.imports import waiting as imports
from portal.services.webhooks import deliveries
from portal.tenancy import acting_for, current
from portal.watching import logs, metrics, notes

log = logs.get(__name__)
LEFT_LYING = 30  # seconds after which a job that waits, with nothing in its queue, is sent again: its sending was lost
LONG_LYING = 15 * 60  # and after these whatever else is in its queue
EACH: tuple[Callable[[], int], ...] = (
    proposals.expire_due, placements.end_due, placements.free_due, vetting.lapse_due, expiry.warn_due,
    vetting.return_from_leave_due, cases.resume_due, imports.expire_due, repeats.forget_old, plans.forget_old,
    deliveries.tell_due, deliveries.pick_up,
)


@dataclass(frozen=True)
class Periodic:
    """Work that time brings: at which minute of which hour (UTC, `*` for each), and how long apart at least."""

    name: str
    work: Callable[[Flask], object]
    minute: str
    hour: str
    apart: timedelta


def nightly(app: Flask) -> None:
    """What is done while nobody works."""
    with app.app_context():
        database.take_stock(db.engine)


def trails(app: Flask) -> int:
    """Walk every NGO's trail, and write where it ends to the log: an end of before, put back, does not fit that line.

    Returns how many trails do not hold.
    """
    broken = 0
    with app.app_context(), database.reading():
        for tenant in [one.id for one in tenants.every()]:
            with acting_for(tenant):
                count, fault = audit.verify()
                head = audit.end()
                if fault is not None:
                    broken += 1
                    log.error("trail_broken", tenant=str(tenant), count=count, outcome=fault.why)
                if head is not None:
                    log.info("trail_end", tenant=str(tenant), count=head.number, head=head.hash)
                db.session.rollback()
    return broken


def forget(app: Flask) -> int:
    """Delete what is kept for a month only. Returns how many rows of all NGOs."""
    gone = 0
    with app.app_context():
        for tenant in [one.id for one in tenants.every()]:
            with acting_for(tenant):
                gone += deliveries.forget()
                db.session.commit()
    return gone


def measure(app: Flask) -> None:
    """What takes too long to be found out each time somebody asks: four times an hour."""
    with app.app_context(), database.reading():
        scores = []
        for tenant in [one.id for one in tenants.every()]:
            with acting_for(tenant):
                scores += matching.drift.firsts()
        psi = matching.drift.moved(scores)
        notes.write(app.config["SETTINGS"].instance, state.DRIFT, {"psi": None if math.isnan(psi) else psi})


def sweep(app: Flask) -> dict[str, int]:
    """Go through every NGO once. Returns how many rows each step moved; a second sweep at once moves none."""
    moved: dict[str, int] = {}
    found = state.State()
    with app.app_context():
        ids = [tenant.id for tenant in tenants.every()]
        empty = {lane for lane in (*LANES, PLANNING) if queue.is_empty(lane)}
        for tenant in ids:
            with acting_for(tenant):
                for step in EACH:
                    moved[step.__name__] = moved.get(step.__name__, 0) + step()
                    db.session.commit()
                state.add(found)
                db.session.rollback()
                if queue.is_open:
                    _send_again(empty)
    notes.write(app.config["SETTINGS"].instance, state.SWEPT, found.told())
    metrics.HOLDS_EXPIRED.inc(moved.get(proposals.expire_due.__name__, 0))
    metrics.SWEEP_AT.set(clock.now().timestamp())
    return moved


def _send_again(empty: set[str]) -> None:
    """Jobs of the NGO at work that the queue has lost. What only waits its turn in a full queue is not sent again."""
    long_ago = clock.now() - timedelta(seconds=LONG_LYING)
    lost = [job for job in waiting(LEFT_LYING) if job.lane in empty or (job.sent_at or job.made_at) < long_ago]
    found = [(job.id, job.lane) for job in lost]
    for job in lost:
        job.sent_at = clock.now()
    db.session.commit()
    for job_id, lane in found:
        queue.send(current(), job_id, lane)


SCHEDULE = (
    Periodic("sweep", sweep, minute="*", hour="*", apart=timedelta(seconds=30)),
    Periodic("measure", measure, minute="*/15", hour="*", apart=timedelta(minutes=10)),
    Periodic("forget", forget, minute="30", hour="8", apart=timedelta(hours=12)),
    Periodic("trails", trails, minute="15", hour="8", apart=timedelta(hours=12)),
    Periodic("nightly", nightly, minute="0", hour="8", apart=timedelta(hours=12)),  # three in the morning in Peru
)


def take_turn(app: Flask, name: str) -> bool:
    """Do what the schedule has under a name, unless another process does it or has just done it. Returns whether."""
    entry = next(one for one in SCHEDULE if one.name == name)
    with app.app_context():
        turn = Turn.take(entry.name, entry.apart)
        if turn is None:
            return False
        try:
            entry.work(app)
        finally:
            turn.end()
    return True
