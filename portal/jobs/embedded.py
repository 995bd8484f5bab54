"""The queue of one machine: huey on a SQLite file. One worker takes every lane and keeps the schedule itself.

What takes long has a queue and a thread of its own, so that nobody who waits for a list waits for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol

from huey import SqliteHuey, crontab
from huey.consumer import Consumer

from portal.events import BULK, INTERACTIVE, TRAINING
from portal.jobs.hands import Hands

PRIORITY = {INTERACTIVE: 10, BULK: 5, TRAINING: 0}  # the highest first
JOB = "run"  # the name of a task that is a job, and not of the schedule
POLL = 0.2  # seconds between two looks at the queue, at most: a suggestion is awaited on screen
SELDOM = 2.0  # and at the queue of what takes long


class Timed(Protocol):
    """An entry of the schedule."""

    name: str
    minute: str
    hour: str


class Embedded:
    """The queue in a file."""

    def __init__(self, path: str, hands: Hands) -> None:
        self.huey = SqliteHuey("ayni", filename=path, results=False, fsync=True)
        self.slow = SqliteHuey("ayni-slow", filename=path, results=False, fsync=True)
        self._run, self._tick = {one: one.task(name=JOB)(hands.deliver) for one in (self.huey, self.slow)}, hands.tick

    def send(self, ids: tuple[str, str], lane: str, delay: float) -> None:
        """Write it into the file."""
        run = self._run[self._of(lane)]
        if delay:
            run.schedule((*ids, lane), delay=delay, priority=PRIORITY[lane])
        else:
            run(*ids, lane, priority=PRIORITY[lane])

    def is_empty(self, lane: str) -> bool:
        """Is nothing of this lane, or of one before it in the same queue, left to be taken?"""
        return all(task.priority < PRIORITY[lane] for task in self._of(lane).pending() if task.name == JOB)

    def is_there(self) -> bool:
        """Can the file be read?"""
        return bool(self.huey.pending_count() >= 0)

    def keep(self, schedule: Iterable[Timed]) -> None:
        """Do periodic work when its time comes."""
        for entry in schedule:
            when = crontab(minute=entry.minute, hour=entry.hour)  # UTC
            self.huey.periodic_task(when, name=entry.name)(self._ticking(entry.name))

    def work(self) -> None:
        """Take and do, until told to end. What takes long is not waited for then: it begins again."""
        Consumer(self.slow, workers=1, periodic=False, initial_delay=0.05, backoff=1.2, max_delay=SELDOM).start()
        Consumer(self.huey, workers=1, periodic=True, initial_delay=0.05, backoff=1.2, max_delay=POLL).run()

    def _of(self, lane: str) -> SqliteHuey:
        return self.slow if lane == TRAINING else self.huey

    def _ticking(self, name: str) -> Callable[[], None]:
        return lambda: self._tick(name)
