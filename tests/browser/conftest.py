"""A real Chromium before the portal as `manage.py demo` starts it: web process, worker and demo network."""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage

from portal.commands.processes import Processes
from portal.config import ROOT
from tests import ports
from tests.browser.pages import Person

PASSWORD = "una clave larga de paseo"
NAMES = ("chromium", "chromium-browser", "google-chrome")
DESKTOP = {"width": 1280, "height": 800}
REQUIRED = "CI"  # in its presence a missing Chromium is a failure
MAKING = 300  # seconds another worker process may take to make the demo's network
LOAD = """
import os
from pathlib import Path
from portal.commands import demo
instance = Path(os.environ["INSTANCE_PATH"])
demo.make_demo_keys(instance)
demo.load(instance, 7)
"""


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """The system's Chromium; without one these tests are skipped, except where they are required."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None and REQUIRED in os.environ:
        pytest.fail("no Chromium is installed, and the browser tests are required here")
    if found is None:
        pytest.skip("no Chromium is installed (Debian: apt-get install chromium)")
    return {"executable_path": found, "args": ["--no-sandbox", "--disable-dev-shm-usage"]}


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """One process at a time; whoever is killed inside lets the next one in."""
    with closing(sqlite3.connect(folder / "demo.lock", timeout=MAKING, isolation_level=None)) as lock:
        lock.execute("BEGIN EXCLUSIVE")
        yield


@pytest.fixture(scope="session")
def loaded(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The instance folder of a demo that was loaded and never started: made once for all worker processes of a run."""
    mine = tmp_path_factory.getbasetemp()
    shared = mine if worker_id == "master" else mine.parent
    done = shared / "demo-loaded"
    with alone(shared):
        if not done.exists():
            making = shared / "demo-in-the-making"
            shutil.rmtree(making, ignore_errors=True)
            with Processes(environment(making)) as processes:
                processes.start("loading", [sys.executable, "-c", LOAD])
                assert processes.running.pop("loading").wait() == 0
            making.rename(done)
    return done


def environment(instance: Path) -> dict[str, str]:
    return {**os.environ, "INSTANCE_PATH": str(instance), "DEMO_PASSWORD": PASSWORD, "PYTHONPATH": str(ROOT)}


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory, loaded: Path) -> Iterator[tuple[str, Path]]:
    """(address, instance folder) of a demo of this worker process's own."""
    instance = shutil.copytree(loaded, tmp_path_factory.mktemp("demo"), dirs_exist_ok=True)
    port = ports.free()
    address = f"http://127.0.0.1:{port}"
    with Processes(environment(instance)) as processes:
        processes.start("demo", [sys.executable, str(ROOT / "manage.py"), "demo", "--port", str(port)])
        processes.wait_until_answers(f"{address}/health")
        yield address, instance


@pytest.fixture(scope="session")
def base_url(demo: tuple[str, Path]) -> str:
    return demo[0]


@pytest.fixture
def complaints() -> Iterator[list[str]]:
    """What the browser complains of while a test runs: script errors and whatever the content policy refused."""
    found: list[str] = []
    yield found
    assert found == []


@pytest.fixture
def person(
    new_context: Callable[..., BrowserContext], complaints: list[str]
) -> Callable[..., Person]:
    """Somebody at work: `person("caseworker@semilla.example", viewport=PHONE)`. Without a mail: a stranger."""

    def hear(message: ConsoleMessage) -> None:
        answered = "Failed to load resource" in message.text  # a page with status 4xx, which the test asked for
        if message.type == "error" and not answered:
            complaints.append(f"{message.location.get('url', '')}: {message.text}")

    def make(email: str = "", viewport: dict[str, int] | None = None) -> Person:
        context = new_context(viewport=viewport or DESKTOP, locale="es-PE", timezone_id="America/Lima")
        context.set_default_timeout(10_000)
        context.on("console", hear)
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        made = Person(context.new_page())
        if email:
            made.log_in(email, PASSWORD)
        return made

    return make
