"""What is said and counted of a job of the worker."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from portal import clock
from portal.watching import logs, metrics, work
from portal.watching.work import Work

log = logs.get("portal.jobs")
AWAITED = frozenset({"intake.submitted", "family.changed"})  # somebody sits in front of a page that waits for the list


class Stopped(Exception):  # noqa: N818 - no error: a job that ended otherwise than done, on purpose
    """How a job ended that is neither done nor broken."""

    outcome = ""


@contextmanager
def job(event: str, tenant: UUID, request: str) -> Iterator[Work]:
    """Around one job: its time by outcome, and one line. `request`: the number of the request that left it behind."""
    found = Work(request or work.number(), tenant=str(tenant), event=event)
    started = time.perf_counter()
    with work.working(found):
        try:
            yield found
        except Stopped as stopped:
            _done(found, stopped.outcome, time.perf_counter() - started)
            raise
        except Exception as error:
            _done(found, "failed", time.perf_counter() - started, error)
            raise
        _done(found, "done", time.perf_counter() - started)


def _done(found: Work, outcome: str, seconds: float, error: Exception | None = None) -> None:
    metrics.JOB_TIME.labels(found.event, outcome).observe(seconds)
    say = log.error if error else log.info
    say("job", outcome=outcome, seconds=round(seconds, 4), statements=found.statements, exc_info=error)


def ready(event: str, made_at: datetime) -> None:
    """The list a page waits for is there (after the commit)."""
    if event in AWAITED:
        metrics.SUGGESTION_TIME.labels(event).observe((clock.now() - made_at).total_seconds())
