"""The queue between the web process and the worker, on one machine: huey on SQLite, in `instance/`.

Only ids travel. What to do with an event is known to `portal.jobs.handlers`, which the web process never imports.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from huey import SqliteHuey

from portal import events
from portal.watching import readiness

URGENT = 10
Run = Callable[[UUID, UUID], None]
_runner: list[Run] = []


class Queue:
    """The queue of this process, opened once the instance folder is known."""

    def __init__(self) -> None:
        self.huey: SqliteHuey | None = None
        self.task: Any = None

    def open(self, path: str, immediate: bool) -> None:
        """Open the queue's file. `immediate` runs each task where it is sent: tests without a worker."""
        self.huey = SqliteHuey("ayni", filename=path, results=False, immediate=immediate, fsync=True)
        self.task = self.huey.task(name="run", retries=3, retry_delay=10)(_run)

    def send(self, tenant: UUID, job: UUID, can_wait: bool) -> None:
        """Hand a committed job to the worker; what somebody waits for overtakes what can wait."""
        self.task(str(tenant), str(job), priority=0 if can_wait else URGENT)

    def is_empty(self) -> bool:
        """Is it open, with nothing left to be taken?"""
        return self.huey is not None and self.huey.pending_count() == 0

    def is_there(self) -> bool:
        """Can it be asked? Raises what its storage raises."""
        return self.huey is not None and self.huey.pending_count() >= 0


queue = Queue()


def run_with(run: Run) -> None:
    """What the worker does with a job (replaces what was set before)."""
    _runner[:] = [run]


def _run(tenant: str, job: str) -> None:
    for run in _runner:
        run(UUID(tenant), UUID(job))


def init_app(app: Any) -> None:
    """Open the queue and send every announced job through it. With the queue off, jobs wait for a sweep."""
    settings = app.config["SETTINGS"]
    if settings.extra.get("QUEUE") == "off":
        events.send_with(lambda tenant, job, can_wait: None)
        return
    settings.instance.mkdir(parents=True, exist_ok=True)
    queue.open(str(settings.instance / "jobs.db"), immediate=False)
    events.send_with(queue.send)
    readiness.register(app, "queue", queue.is_there)
