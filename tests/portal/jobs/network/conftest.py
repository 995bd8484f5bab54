"""A real Redis, a real database and real workers, for the queue of a network."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from flask import Flask
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import select

from portal import create_app, events, tenancy
from portal.config import ROOT
from portal.events import Job
from portal.extensions import db
from portal.jobs.queue import queue
from portal.models import PlatformMark
from portal.queries import jobs as read
from portal.queries.jobs import Standing
from portal.services import jobs as service
from tests import ground, ports
from tests.ground import Ground, Ngo
from tests.waiting import until

REQUIRED = "CI"  # in its presence a missing redis-server is a failure


class Broker:
    """A Redis that keeps nothing on disk: killed and started again, it is empty."""

    def __init__(self, program: str, folder: Path) -> None:
        self.program, self.folder = program, folder
        self.port = ports.free()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(  # noqa: S603 - the system's own redis-server
            [self.program, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
            cwd=self.folder, stdout=subprocess.DEVNULL,
        )
        until(self.answers)

    def answers(self) -> bool:
        try:
            with Redis.from_url(self.url) as client:
                return client.ping()
        except RedisError:
            return False

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


class Site:
    """An installation on a broker: its application, and the workers that were started for it."""

    def __init__(self, app: Flask, ngo: Ngo, environment: dict[str, str]) -> None:
        self.app, self.ngo, self.environment = app, ngo, environment
        self.folder = app.config["SETTINGS"].instance
        self.workers: list[subprocess.Popen[bytes]] = []

    def worker(self, *options: str) -> subprocess.Popen[bytes]:
        """A worker with the jobs of `drill_worker` beside the portal's own. What it says goes to workers.log."""
        with (self.folder / "workers.log").open("ab") as log:
            started = subprocess.Popen(  # noqa: S603 - the environment's own Python
                [sys.executable, "-m", "tests.portal.jobs.network.drill_worker", *options], cwd=ROOT, stdout=log,
                stderr=log, env={**os.environ, **self.environment}, start_new_session=True,
            )
        self.workers.append(started)
        return started

    def said(self) -> str:
        return (self.folder / "workers.log").read_text(encoding="utf-8")

    def announce(self, event: str) -> UUID:
        with self.app.app_context(), tenancy.acting_for(self.ngo.id):
            events.announce(event, family=uuid4())
            db.session.commit()
            return db.session.scalars(select(Job.id).order_by(Job.made_at.desc())).first()

    def job(self, job_id: UUID) -> Job:
        with self.app.app_context(), tenancy.acting_for(self.ngo.id):
            return db.session.get_one(Job, job_id)

    def standing(self, job_id: UUID) -> Standing:
        with self.app.app_context(), tenancy.acting_for(self.ngo.id):
            return read.standing(job_id)

    def cancel(self, job_id: UUID) -> None:
        with self.app.app_context(), tenancy.acting_for(self.ngo.id):
            service.cancel(job_id)
            db.session.commit()

    def begun(self) -> list[str]:
        """A line for each time a job was begun: the process that did."""
        path = self.folder / "begun"
        return path.read_text(encoding="utf-8").split() if path.exists() else []

    def hold(self) -> None:
        """Parts of a plan that are begun from now on wait too."""
        (self.folder / "hold").touch()

    def go_on(self) -> None:
        """Let the jobs end that wait for it."""
        (self.folder / "go").touch()

    def effects(self) -> int:
        """How often a job had its effect."""
        with self.app.app_context():
            return len(db.session.scalars(select(PlatformMark).where(PlatformMark.value == "drill")).all())

    def last_turn(self, name: str) -> str:
        """When periodic work of this name was done last, empty if never."""
        with self.app.app_context():
            marks = select(PlatformMark.value).where(PlatformMark.name == f"turn.{name}")
            return db.session.scalars(marks).first() or ""

    def end(self) -> None:
        for one in self.workers:
            kill(one)


def kill(worker: subprocess.Popen[bytes]) -> None:
    """kill -9, the worker and the processes it has."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()


def redis_server() -> str:
    """The program; without it the test is skipped, except where it is required."""
    program = shutil.which("redis-server")
    if program is None and REQUIRED in os.environ:
        pytest.fail("no redis-server is installed, and the queue's tests are required here")
    if program is None:
        pytest.skip("no redis-server is installed (Debian: apt-get install redis-server)")
    return program


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    """A Redis of the test's own."""
    started = Broker(redis_server(), tmp_path)
    yield started
    started.kill()


@contextlib.contextmanager
def installed(prepared: Ground, folder: Path, url: str) -> Iterator[Site]:
    """An installation whose queue is there."""
    place = {**prepared.database.copy(folder), "QUEUE_URL": url}
    environment = {
        "APP_ENV": "test", "INSTANCE_PATH": str(folder), "INSECURE_COOKIES": "1", **prepared.secrets, **place,
    }
    app = create_app(dataclasses.replace(prepared.settings(folder, place), extra={}))
    made = Site(app, ground.ngo(app, "semilla"), environment)
    yield made
    made.end()
    queue.close()
    events.send_with(lambda tenant, job, lane: None)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    prepared.database.drop(place)


@pytest.fixture
def site(prepared: Ground, broker: Broker, tmp_path: Path) -> Iterator[Site]:
    """An installation whose queue is the broker."""
    with installed(prepared, tmp_path, broker.url) as made:
        yield made


@pytest.fixture
def machine(prepared: Ground, tmp_path: Path) -> Iterator[Site]:
    """An installation on one machine: its queue is a file."""
    with installed(prepared, tmp_path, "") as made:
        yield made
