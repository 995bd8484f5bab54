"""Events: what happened, told to the worker after the commit, with the tenant.

`announce` adds a waiting job to the same transaction. After the commit its id is sent to the queue; a job that was
committed but never sent (a crash between the two) is found by the periodic `sweep` and sent again. Handlers are
idempotent, so sending twice is harmless.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, String, event
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal import clock
from portal.columns import UTCDateTime
from portal.extensions import db
from portal.tenancy import TenantScoped, in_tenant
from portal.watching import work

REQUEST = "request"  # among the ids of a job: the number of the request that left it behind
REFRESH = "family.refresh"  # something around a family changed: its list is made anew when nobody waits for another
Send = Callable[[UUID, UUID, bool], None]  # (tenant id, job id, can it wait?) → sent to the queue
_senders: list[Send] = []


class Job(TenantScoped, db.Model):
    """Work for the worker: an event's name and the ids it is about. Never a value, never a text."""

    __tablename__ = "job"
    __trail__ = False
    __table_args__ = in_tenant()

    event: Mapped[str] = mapped_column(String(60))
    ids: Mapped[dict[str, str]] = mapped_column(JSON)
    status: Mapped[str] = mapped_column(String(12), default="waiting", index=True)  # waiting | done | failed
    attempts: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    done_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    def __init__(self, **values: Any) -> None:
        super().__init__(**{"status": "waiting", "attempts": 0, **values})

    @property
    def can_wait(self) -> bool:
        """Does nobody sit in front of a page that waits for it?"""
        return self.event == REFRESH


def announce(name: str, **ids: UUID) -> None:
    """Say that something happened: `announce("intake.submitted", family=family.id)`."""
    number = work.request_number()
    about = {key: str(value) for key, value in ids.items()}
    job = Job(event=name, ids={**about, **({REQUEST: number} if number else {})})
    db.session.add(job)
    db.session.info.setdefault("announced", []).append((job.tenant_id, job.id, job.can_wait))


def send_with(send: Send) -> None:
    """How a committed job reaches the queue of this process (replaces what was set before)."""
    _senders[:] = [send]


def _send(session: Session) -> None:
    for tenant, job, can_wait in session.info.pop("announced", []):
        for send in _senders:
            send(tenant, job, can_wait)


def _drop(session: Session) -> None:
    session.info.pop("announced", None)


def init_app(_: Any) -> None:
    """Listen on every session. Listening twice is harmless."""
    if not event.contains(Session, "after_commit", _send):
        event.listen(Session, "after_commit", _send)
        event.listen(Session, "after_rollback", _drop)
