"""Events: what happened, told to the worker after the commit, with the tenant.

`announce` adds a waiting job to the same transaction. After the commit its id is sent to the queue; a job that was
committed but never sent (a crash between the two), or lost with the queue, is found by the periodic `sweep` and sent
again. A job is done once however often it is sent: whoever does it takes its row first (`portal.jobs.lease`).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index, String, event, false
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal import clock
from portal.columns import UTCDateTime
from portal.extensions import db
from portal.tenancy import TenantScoped, in_tenant
from portal.watching import work

REQUEST = "request"  # among the ids of a job: the number of the request that left it behind
INTERACTIVE, BULK, TRAINING = LANES = ("interactive", "bulk", "training")  # somebody waits; can wait; takes long
PARTS = "parts"  # of a plan, solved for whoever makes it: never a job
QUEUES = (INTERACTIVE, BULK, PARTS, TRAINING)  # of a network, in the order in which a worker of several takes from them
PLANNING = "planning"  # can wait and takes a while: in a network in the queue of what can wait
REFRESH = "family.refresh"  # something around a family changed: its list is made anew when nobody waits for another
TRAIN = "model.train"  # somebody wants the score to learn from the NGO's decisions
PLAN = "plan.make"  # somebody wants a plan of who goes where
DELIVER = "webhook.deliver"  # a message waits for an NGO's own system
WEBHOOK_DISABLED = "webhook.disabled"  # it failed for days: a person who looks after it is told
EXPIRING = "vetting.expiring"  # papers of providers will soon end: a person who vets is told
_LANE = {  # of an event; what is not named here somebody waits for
    REFRESH: BULK, DELIVER: BULK, WEBHOOK_DISABLED: BULK, EXPIRING: BULK, PLAN: PLANNING, TRAIN: TRAINING,
}
SLOW = tuple(name for name, lane in _LANE.items() if lane in (PLANNING, TRAINING))  # jobs that take long
CARRIED = 60.0  # seconds a queue holds a job for: Redis would hand out again what it holds for hours
Send = Callable[[UUID, UUID, str], None]  # (tenant id, job id, lane) → sent to the queue
_senders: list[Send] = []


class Job(TenantScoped, db.Model):
    """Work for the worker: an event's name and the ids it is about. Never a value, never a text.

    `doing` names what it is at, `step` of `steps` how far that is, `progress` the same as a share of 1. `result` are
    codes and counts: what came of it, or under `reason` why it was given up. Who asked is kept as in the trail, by id
    alone: whoever supports the NGO is no member of it.
    """

    __tablename__ = "job"
    __trail__ = False
    __table_args__ = in_tenant(Index("ix_job_asked", "tenant_id", "asked_by_id", "made_at"))

    event: Mapped[str] = mapped_column(String(60))
    ids: Mapped[dict[str, str]] = mapped_column(JSON)
    status: Mapped[str] = mapped_column(String(12), default="waiting", index=True)  # done | failed | cancelled
    attempts: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    done_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=clock.now)  # to the queue, the last time
    due_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # not before: it failed and is tried again then
    taken_by: Mapped[str | None] = mapped_column(String(120))
    taken_until: Mapped[datetime | None] = mapped_column(UTCDateTime)  # past it, whoever took it has died
    progress: Mapped[float] = mapped_column(default=0.0, server_default="0")
    doing: Mapped[str] = mapped_column(String(80), default="", server_default="")
    step: Mapped[int] = mapped_column(default=0, server_default="0")
    steps: Mapped[int] = mapped_column(default=0, server_default="0")
    cancel_asked: Mapped[bool] = mapped_column(default=False, server_default=false())
    asked_by_id: Mapped[UUID | None]  # a person's, None where something that happened left the job behind
    result: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, server_default="{}")

    def __init__(self, **values: Any) -> None:
        super().__init__(**{"status": "waiting", "attempts": 0, "result": {}, **values})

    @property
    def lane(self) -> str:
        """Which of the queues it waits in."""
        return _LANE.get(self.event, INTERACTIVE)


def announce(name: str, **ids: UUID) -> None:
    """Say that something happened: `announce("intake.submitted", family=family.id)`."""
    _announce(Job(event=name, ids=_about(ids)))


def announce_for(due_at: datetime, name: str, **ids: UUID) -> None:
    """Say it for later: the queue carries what is due soon, the sweep finds the rest when its time has come."""
    job = Job(event=name, ids=_about(ids), due_at=due_at)
    if (due_at - clock.now()).total_seconds() > CARRIED:
        db.session.add(job)
    else:
        _announce(job)


def ask(name: str, person: UUID | None, **ids: UUID) -> Job:
    """Work that a person wants: it is theirs to look at and to stop."""
    return _announce(Job(event=name, ids=_about(ids), asked_by_id=person))


def _about(ids: dict[str, UUID]) -> dict[str, str]:
    number = work.request_number()
    about = {key: str(value) for key, value in ids.items()}
    return {**about, **({REQUEST: number} if number else {})}


def _announce(job: Job) -> Job:
    db.session.add(job)
    db.session.info.setdefault("announced", []).append((job.tenant_id, job.id, job.lane))
    return job


def send_with(send: Send) -> None:
    """How a committed job reaches the queue of this process (replaces what was set before)."""
    _senders[:] = [send]


def _send(session: Session) -> None:
    if session.in_nested_transaction():  # a savepoint is no commit
        return
    for tenant, job, lane in session.info.pop("announced", []):
        for send in _senders:
            send(tenant, job, lane)


def _drop(session: Session) -> None:
    if not session.in_nested_transaction():
        session.info.pop("announced", None)


def init_app(_: Any) -> None:
    """Listen on every session. Listening twice is harmless."""
    if not event.contains(Session, "after_commit", _send):
        event.listen(Session, "after_commit", _send)
        event.listen(Session, "after_rollback", _drop)
