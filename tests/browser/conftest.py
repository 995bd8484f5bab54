"""A real Chromium before the portal as `manage.py demo` starts it: web process, worker and demo network."""

from __future__ import annotations

import os
import shutil
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage

from portal.commands.processes import Processes
from portal.config import ROOT
from tests.browser.pages import Person

PASSWORD = "una clave larga de paseo"
NAMES = ("chromium", "chromium-browser", "google-chrome")
DESKTOP = {"width": 1280, "height": 800}
REQUIRED = "CI"  # in its presence a missing Chromium is a failure


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """The system's Chromium; without one these tests are skipped, except where they are required."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None and REQUIRED in os.environ:
        pytest.fail("no Chromium is installed, and the browser tests are required here")
    if found is None:
        pytest.skip("no Chromium is installed (Debian: apt-get install chromium)")
    return {"executable_path": found, "args": ["--no-sandbox", "--disable-dev-shm-usage"]}


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """(address, instance folder) of a demo of this worker process's own."""
    instance = tmp_path_factory.mktemp("demo")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    with Processes({**os.environ, "INSTANCE_PATH": str(instance), "DEMO_PASSWORD": PASSWORD}) as processes:
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
