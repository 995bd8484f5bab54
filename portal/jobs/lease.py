"""A job belongs to whoever took it, for a while: taken by one conditional UPDATE, kept by renewing, free after silence.

What a job does and that it is done are one transaction, which holds only while the job still belongs to the worker. So
a job that comes twice is done once, and one whose worker was killed is free again when its lease ends.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from random import SystemRandom
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, and_, case, or_, select, update

from portal import clock
from portal.events import Job
from portal.extensions import db

LEASE = timedelta(seconds=30)
MOST_ATTEMPTS = 4
FIRST_PAUSE = 10.0  # seconds before a job that failed is tried again; four times as long after each further failure
DICE = SystemRandom()
JITTER = 0.5  # at most this share is added, so that what failed together does not come back together


class LostError(RuntimeError):
    """The lease ended meanwhile, and somebody else has the job: nothing of this attempt may be kept."""


@dataclass(frozen=True)
class Lease:
    """One attempt at a job. `holder` names machine, process and attempt."""

    job: UUID
    holder: str


def is_free() -> ColumnElement[bool]:
    """Jobs that could be taken now."""
    now = clock.now()
    return and_(
        Job.status == "waiting", or_(Job.taken_until.is_(None), Job.taken_until < now),
        or_(Job.due_at.is_(None), Job.due_at <= now),
    )


def take(job: UUID) -> Lease | None:
    """Take a job and commit; None where it is over, taken or not due. Whoever had it and died counts as a failure."""
    lease = Lease(job, f"{socket.gethostname()[:80]}:{os.getpid()}:{uuid4().hex[:8]}")
    died = case((Job.taken_until.is_(None), 0), else_=1)
    taken = _change(
        and_(Job.id == job, is_free()), taken_by=lease.holder, taken_until=clock.now() + LEASE,
        attempts=Job.attempts + died,
    )
    db.session.commit()
    return lease if taken else None


def renew(lease: Lease, doing: str = "", step: int = 0, steps: int = 0) -> bool:
    """Keep a job for as long again, say how far it is and commit. Returns whether somebody asked to cancel it."""
    told = update(Job).where(_is_held(lease)).returning(Job.cancel_asked)
    share = min(step / max(steps, 1), 1.0)
    values = {"taken_until": clock.now() + LEASE, "progress": share, "doing": doing[:80], "step": step, "steps": steps}
    asked = db.session.execute(told.values(values), execution_options={"synchronize_session": False}).scalar()
    db.session.commit()
    return bool(asked)


def end(lease: Lease, status: str, result: Mapping[str, Any] | None = None) -> None:
    """It is done, failed or cancelled, with what else the transaction holds. Raises LostError."""
    values: dict[str, Any] = {"progress": 1.0} if status == "done" else {}
    _release(lease, status=status, done_at=clock.now(), result=dict(result or {}), **values)


def fail(lease: Lease) -> float | None:
    """One more failure: seconds until it is tried again, None where it was given up. Raises LostError."""
    attempts = db.session.scalars(select(Job.attempts).where(Job.id == lease.job)).one() + 1
    if attempts >= MOST_ATTEMPTS:
        _release(lease, status="failed", attempts=attempts, done_at=clock.now())
        return None
    seconds = pause(attempts)
    _release(lease, attempts=attempts, due_at=clock.now() + timedelta(seconds=seconds))
    return seconds


def pause(attempts: int) -> float:
    """Seconds between a failure and the next attempt: 10 to 15, 40 to 60, 160 to 240."""
    return FIRST_PAUSE * 4 ** (attempts - 1) * (1 + DICE.random() * JITTER)


def seconds_until_free(job: UUID) -> float | None:
    """When a job that could not be taken may be free: None for one that is over or unknown."""
    wanted = select(Job.taken_until, Job.due_at).where(Job.id == job, Job.status == "waiting")
    found = db.session.execute(wanted).first()
    db.session.commit()
    if found is None:
        return None
    waits = [(moment - clock.now()).total_seconds() for moment in found if moment is not None]
    return max([*waits, 0.0]) + 1.0


def _is_held(lease: Lease) -> ColumnElement[bool]:
    return and_(Job.id == lease.job, Job.taken_by == lease.holder, Job.status == "waiting")


def _release(lease: Lease, **values: Any) -> None:
    if not _change(_is_held(lease), taken_by=None, taken_until=None, **values):
        raise LostError(f"job {lease.job} was taken by somebody else")


def _change(where: ColumnElement[bool], **values: Any) -> int:
    """How many rows changed: 1, or 0 where the condition did not hold."""
    done = db.session.execute(
        update(Job).where(where).values(**values), execution_options={"synchronize_session": False}
    )
    return int(done.rowcount)
