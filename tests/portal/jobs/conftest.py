"""The real queue on a file of its own, and the worker's hand that takes from it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from portal import events, tenancy
from portal.events import Job
from portal.extensions import db
from portal.jobs import periodic
from portal.jobs.queue import Queue, Work, queue, work_with
from portal.jobs.runner import Runner
from tests.ground import Ngo

Worker = Callable[[], list[str]]


@pytest.fixture
def line(app: Flask) -> Iterator[Queue]:
    """The queue as the web process and the worker have it."""
    queue.open(app.config["SETTINGS"])
    events.send_with(queue.send)
    work_with(Work(Runner(app), partial(periodic.take_turn, app), bytes))
    yield queue
    events.send_with(lambda tenant, job, lane: None)
    queue.backend.huey.storage.close()
    queue.backend.slow.storage.close()
    queue.close()


@pytest.fixture
def work(line: Queue) -> Worker:
    """Take and do everything that waits in the queue, as the consumer does. Returns the ids of the jobs, in order."""

    def take_all() -> list[str]:
        done = []
        for one in (line.backend.huey, line.backend.slow):
            while (task := one.dequeue()) is not None:
                done.append(task.args[1])
                one.execute(task)
        return done

    return take_all


@pytest.fixture
def announce(app: Flask, semilla: Ngo) -> Callable[..., UUID]:
    """Announce something in `semilla` and commit: the id of the job."""

    def tell(name: str, **ids: UUID) -> UUID:
        with app.app_context(), tenancy.acting_for(semilla.id):
            events.announce(name, **ids)
            db.session.commit()
            return db.session.scalars(select(Job.id).order_by(Job.made_at.desc())).first()

    return tell


@pytest.fixture
def state(app: Flask, semilla: Ngo) -> Callable[[UUID], tuple[str, int]]:
    """(status, attempts) of a job now."""

    def read(job_id: UUID) -> tuple[str, int]:
        with app.app_context(), tenancy.acting_for(semilla.id):
            job = db.session.get_one(Job, job_id)
            return job.status, job.attempts

    return read
