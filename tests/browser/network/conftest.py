"""The demo network on many machines' parts, all real: nginx, two web processes, two workers, Redis and PostgreSQL."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from portal.commands.drills.postgres import Postgres
from portal.commands.processes import Processes
from portal.config import ROOT
from tests.browser.conftest import LOAD, PASSWORD
from tests.docker import front as door
from tests.docker.front import HOST, Front
from tests.portal.jobs.network.conftest import Broker, redis_server
from tests.ports import free

MANAGE = [sys.executable, "-m", "portal.cli"]


@dataclass(frozen=True)
class Network:
    """The front door, and the processes behind it by name."""

    front: Front
    processes: Processes
    broker: Broker
    database: Postgres
    commands: dict[str, list[str]]

    def mend(self) -> None:
        """Start what was killed."""
        if not self.broker.answers():
            self.broker.start()
        for name, command in self.commands.items():
            if name not in self.processes.running:
                self.processes.start(name, command)

    @contextmanager
    def root(self) -> Iterator[psycopg.Connection]:
        """The database's superuser, who sees the rows of all NGOs."""
        address = self.database.environment["DATABASE_OWNER_URL"].replace("+psycopg://ayni_owner@", "://postgres@")
        with closing(psycopg.connect(address)) as connection:
            yield connection

    def count(self, statement: str, *values: str) -> int:
        with self.root() as connection:
            return int(connection.execute(statement, values).fetchall()[0][0])

    def manage(self, *arguments: str, **changes: str) -> str:
        """A command beside the running processes; what it said. It must succeed."""
        done = subprocess.run(  # noqa: S603 - the environment's own Python
            [*MANAGE, *arguments], cwd=ROOT, env={**self.processes.environment, **changes}, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True,
        )
        assert done.returncode == 0, done.stdout
        return done.stdout

    def kill(self, name: str) -> None:
        """kill -9, the process and those it has."""
        process = self.processes.running.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.fixture(scope="session")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    """The whole of it, with the demo's people in it."""
    folder = tmp_path_factory.mktemp("network")
    with postgres(tmp_path_factory.mktemp("pg")) as database:
        broker = Broker(redis_server(), tmp_path_factory.mktemp("redis"))
        try:
            with Processes(_environment(folder, database.environment, broker.url)) as processes:
                front, commands = _start(processes, folder / "tls")
                yield Network(front, processes, broker, database, commands)
        finally:
            broker.kill()


@contextmanager
def postgres(folder: Path) -> Iterator[Postgres]:
    """A server that can be killed."""
    made = Postgres(folder / "data")
    try:
        yield made
    finally:
        made.stop()


def _environment(folder: Path, database: dict[str, str], queue: str) -> dict[str, str]:
    return {
        **os.environ, **database, "QUEUE_URL": queue, "INSTANCE_PATH": str(folder), "APP_ENV": "demo",
        "INSECURE_COOKIES": "0", "PROXY_HOPS": "1", "TRUSTED_HOSTS": f"{HOST},127.0.0.1", "DEMO_PASSWORD": PASSWORD,
        "PYTHONPATH": str(ROOT),
    }


def _start(processes: Processes, folder: Path) -> tuple[Front, dict[str, list[str]]]:
    processes.start("loading", [sys.executable, "-c", LOAD])
    assert processes.running.pop("loading").wait() == 0
    ports = {"web-1": free(), "web-2": free()}
    commands = {name: [*MANAGE, "serve", "--port", str(port)] for name, port in ports.items()}
    for name, port in ports.items():
        processes.start(name, commands[name])
        processes.wait_until_answers(f"http://127.0.0.1:{port}/health")
    for name in ("worker-1", "worker-2"):
        commands[name] = [*MANAGE, "worker", "--beat"]
        processes.start(name, commands[name])
    folder.mkdir()
    return door.start(processes, folder, list(ports.values())), commands


@pytest.fixture(scope="session")
def base_url(network: Network) -> str:
    return f"https://{HOST}:{network.front.port}"


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """The certificate of this network is signed by nobody the browser knows."""
    return {**browser_context_args, "ignore_https_errors": True}
