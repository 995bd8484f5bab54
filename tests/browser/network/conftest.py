"""The demo network on many machines' parts, all real: nginx, two web processes, two workers, Redis and PostgreSQL."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from portal.commands.processes import Processes
from portal.config import ROOT
from tests import ground
from tests.browser.conftest import LOAD, PASSWORD
from tests.docker import front as door
from tests.docker.front import HOST, Front
from tests.portal.jobs.network.conftest import Broker, redis_server
from tests.ports import free


@dataclass(frozen=True)
class Network:
    """The front door, and the processes behind it by name."""

    front: Front
    processes: Processes

    def kill(self, name: str) -> None:
        """kill -9, the process and those it has."""
        process = self.processes.running.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.fixture(scope="session")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    """The whole of it, with the demo's people in it."""
    folder = tmp_path_factory.mktemp("network")
    with ground.cluster(tmp_path_factory.mktemp("pg")) as cluster:
        broker = Broker(redis_server(), tmp_path_factory.mktemp("redis"))
        try:
            with Processes(_environment(folder, cluster.empty(folder), broker.url)) as processes:
                yield Network(_start(processes, folder / "tls"), processes)
        finally:
            broker.kill()


def _environment(folder: Path, database: dict[str, str], queue: str) -> dict[str, str]:
    return {
        **os.environ, **database, "QUEUE_URL": queue, "INSTANCE_PATH": str(folder), "APP_ENV": "demo",
        "INSECURE_COOKIES": "0", "PROXY_HOPS": "1", "TRUSTED_HOSTS": f"{HOST},127.0.0.1", "DEMO_PASSWORD": PASSWORD,
        "PYTHONPATH": str(ROOT),
    }


def _start(processes: Processes, folder: Path) -> Front:
    processes.start("loading", [sys.executable, "-c", LOAD])
    assert processes.running.pop("loading").wait() == 0
    ports = {"web-1": free(), "web-2": free()}
    manage = [sys.executable, "-m", "portal.cli"]
    for name, port in ports.items():
        processes.start(name, [*manage, "serve", "--port", str(port)])
        processes.wait_until_answers(f"http://127.0.0.1:{port}/health")
    for name in ("worker-1", "worker-2"):
        processes.start(name, [*manage, "worker", "--beat"])
    folder.mkdir()
    return door.start(processes, folder, list(ports.values()))


@pytest.fixture(scope="session")
def base_url(network: Network) -> str:
    return f"https://{HOST}:{network.front.port}"


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """The certificate of this network is signed by nobody the browser knows."""
    return {**browser_context_args, "ignore_https_errors": True}
