"""The processes of the throw-away installation: how each is started, killed, and seen to answer again."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from http.client import HTTPConnection, HTTPException

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from portal import clock
from portal.commands.drills.postgres import Postgres
from portal.commands.drills.stage import Stage
from portal.commands.serving import web_command, worker_command
from portal.config import ROOT
from portal.events import Job
from portal.extensions import db

PAUSE = 0.05  # seconds between two looks
PATIENCE = 180  # seconds a part may take to answer again


class Child:
    """A process group that can be killed whole."""

    def __init__(self, stage: Stage, name: str, command: list[str]) -> None:
        self._stage, self._name, self._command = stage, name, command
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with (self._stage.folder / f"{self._name}.log").open("ab") as log:
            self._process = subprocess.Popen(
                self._command, cwd=ROOT, env=self._stage.environment, stdout=log, stderr=log, start_new_session=True
            )

    def kill(self) -> None:
        """kill -9 of the process and of all it started."""
        if self._process is not None:
            with suppress(ProcessLookupError):  # it ended by itself, which whoever waits for it will notice
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    stop = kill


class Crew:
    """Everything that runs: web processes, worker, and the database's server where there is one."""

    def __init__(self, stage: Stage, postgres: Postgres | None) -> None:
        self._stage = stage
        self.web = Child(stage, "web", web_command("127.0.0.1", stage.port))
        self.worker = Child(stage, "worker", worker_command())
        self.parts: dict[str, Child | Postgres] = {"web": self.web, "worker": self.worker}
        if postgres is not None:
            self.parts["database"] = postgres

    def start(self) -> None:
        """Start the web processes and the worker; return when the portal answers."""
        self.web.start()
        self.worker.start()
        self._until(self._answers)

    def hurt(self, name: str) -> float:
        """Kill a part, start it again, and return how many seconds it took until its work went on."""
        part, killed = self.parts[name], clock.now()
        part.kill()
        started = time.monotonic()
        part.start()
        self._until((lambda: self._worked_since(killed)) if name == "worker" else self._answers)
        return time.monotonic() - started

    def stop(self) -> None:
        for child in (self.web, self.worker):
            child.stop()

    def _until(self, done: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE
        while not done():
            if time.monotonic() > end:
                raise TimeoutError(f"nothing answered within {PATIENCE} s")
            time.sleep(PAUSE)

    def _answers(self) -> bool:
        connection = HTTPConnection("127.0.0.1", self._stage.port, timeout=5)
        try:
            connection.request("GET", "/health")
            return connection.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()

    def _worked_since(self, moment: datetime) -> bool:
        try:
            with self._stage.inside():
                return db.session.scalars(select(Job.id).where(Job.done_at > moment)).first() is not None
        except SQLAlchemyError:
            return False
