"""The queue between the web process and the workers: huey on SQLite on one machine, Celery on Redis in a network.

Only ids travel. What to do with an event is known to `portal.jobs.handlers`, which the web process never imports.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol
from uuid import UUID

from portal import events
from portal.config import Settings
from portal.jobs.embedded import Embedded
from portal.jobs.network import Network
from portal.watching import readiness

Run = Callable[[UUID, UUID], float | None]  # (tenant id, job id) → in how many seconds it is sent again, None: never
Tick = Callable[[str], object]  # (name of an entry of the schedule)
_runner: list[Run] = []
_ticker: list[Tick] = []


class Backend(Protocol):
    """What carries the ids."""

    def send(self, ids: tuple[str, str], lane: str, delay: float) -> None:
        """Hand over a tenant's job: (tenant id, job id), to be taken after `delay` seconds."""

    def is_empty(self, lane: str) -> bool:
        """Is nothing left to be taken in a lane?"""

    def is_there(self) -> bool:
        """Can jobs be handed over? A queue that may be away without harm says yes."""


class Queue:
    """The queue of this process, opened once the settings are known."""

    def __init__(self) -> None:
        self.backend: Backend | None = None

    @property
    def is_open(self) -> bool:
        return self.backend is not None

    def open(self, settings: Settings) -> Backend:
        """Open Redis where QUEUE_URL names one, or the file in the instance folder."""
        if settings.queue_url:
            self.backend = Network(settings.queue_url, _deliver, _tick)
        else:
            settings.instance.mkdir(parents=True, exist_ok=True)
            self.backend = Embedded(str(settings.instance / "jobs.db"), _deliver, _tick)
        return self.backend

    def close(self) -> None:
        self.backend = None

    def send(self, tenant: UUID, job: UUID, lane: str, delay: float = 0.0) -> None:
        """Hand a committed job to the workers; what somebody waits for overtakes what can wait."""
        if self.backend is not None:
            self.backend.send((str(tenant), str(job)), lane, delay)

    def is_empty(self, lane: str) -> bool:
        """Is it open, with nothing left to be taken in a lane?"""
        return self.backend is not None and self.backend.is_empty(lane)

    def is_there(self) -> bool:
        """Can jobs be handed over? Raises what its storage raises."""
        return self.backend is not None and self.backend.is_there()


queue = Queue()


def work_with(run: Run, tick: Tick) -> None:
    """What the worker does with a job, and when its time has come for periodic work (replaces what was set before)."""
    _runner[:], _ticker[:] = [run], [tick]


def _deliver(tenant: str, job: str, lane: str = events.INTERACTIVE) -> None:
    for run in _runner:
        seconds = run(UUID(tenant), UUID(job))
        if seconds is not None:
            queue.send(UUID(tenant), UUID(job), lane, seconds)


def _tick(name: str) -> None:
    for tick in _ticker:
        tick(name)


def init_app(app: Any) -> None:
    """Open the queue and send every announced job through it. With the queue off, jobs wait for a sweep."""
    settings = app.config["SETTINGS"]
    if settings.extra.get("QUEUE") == "off":
        events.send_with(lambda tenant, job, lane: None)
        return
    queue.open(settings)
    events.send_with(queue.send)
    readiness.register(app, "queue", queue.is_there)
