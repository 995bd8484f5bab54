"""The real processes: several that count as one, and nothing on their stdout but lines of JSON without a word."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from contextlib import closing
from http.client import HTTPConnection
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from portal import events, tenancy
from portal.commands import serving, web_process
from portal.commands.processes import Processes
from portal.extensions import db
from portal.jobs.queue import Queue
from portal.watching import folder
from tests import ports
from tests.attack.canary import CANARY
from tests.ground import Ngo
from tests.portal.commands.conftest import environment
from tests.portal.jobs.test_handlers import case
from tests.portal.watching.test_figures import TOKEN, read
from tests.portal.worlds import World
from tests.waiting import until


def ask(port: int, address: str, **headers: str) -> str:
    with closing(HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        connection.request("GET", address, headers=headers)
        return connection.getresponse().read().decode()


def counting(environ: dict[str, str]) -> set[str]:
    """The processes that have a file to count in."""
    return {path.stem.rpartition("_")[2] for path in Path(environ[folder.VARIABLE]).glob("counter_*.db")}


@pytest.fixture
def environ(app: Flask) -> dict[str, str]:
    return {**os.environ, **environment(app.config["SETTINGS"]), "PYTHONPATH": str(serving.ROOT)}


def test_two_processes_count_as_one_and_say_nothing_of_anybody(
    environ: dict[str, str], capfd: pytest.CaptureFixture[str]
) -> None:
    port = ports.free()
    with Processes({**environ, "METRICS_TOKEN": TOKEN}) as processes:
        environ = serving.figures(processes.environment, port)
        processes.start("portal", serving.web_command("127.0.0.1", port), environ)
        processes.wait_until_answers(f"http://127.0.0.1:{port}/healthz")
        asked = count(1)

        def everyone_answered() -> bool:
            ask(port, f"/login?q={CANARY}{next(asked)}", Referer=CANARY)
            return len(counting(environ)) == 1 + web_process.workers  # the master counts nothing, but could

        until(everyone_answered)  # the first process answers alone until the others are up
        found = read(ask(port, "/metrics", Authorization=f"Bearer {TOKEN}"))
    logins = next(asked) - 1
    assert found[("ayni_requests_total", "GET", "/login", "200")] == logins
    assert found[("ayni_request_seconds_count", "/login")] == logins
    said = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    assert len([line for line in said if line.get("route") == "/login"]) == logins
    assert CANARY not in str(said)


def test_the_folder_of_a_server_is_its_own_and_empty(tmp_path: Path) -> None:
    first, second = (Path(folder.environment(tmp_path, name)[folder.VARIABLE]) for name in ("web-1", "web-2"))
    (first / "counter_1.db").touch()
    (second / "counter_1.db").touch()
    folder.environment(tmp_path, "web-1")
    assert (list(first.iterdir()), len(list(second.iterdir()))) == ([], 1)


def test_the_worker_says_and_counts_what_it_did(
    app: Flask, semilla: Ngo, made: Callable[..., str], line: Queue, environ: dict[str, str],
    capfd: pytest.CaptureFixture[str]
) -> None:
    def waiting(world: World) -> Any:
        return case(world, story=f"{CANARY} trabaja en el mercado.")

    family = made(waiting)
    with app.app_context(), tenancy.acting_for(semilla.id):
        events.announce("family.changed", family=UUID(family))
        db.session.commit()
    port = ports.free()
    with Processes({**environ, "METRICS_PORT": str(port)}) as processes:
        processes.start("worker", serving.worker_command())
        processes.wait_until_answers(f"http://127.0.0.1:{port}/metrics")
        while ("ayni_job_seconds_count", "family.changed", "done") not in read(ask(port, "/metrics")):
            processes.refuse_ended()
    said = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    (job,) = [one for one in said if one["event"] == "job"]
    assert (job["job"], job["outcome"], job["tenant"]) == ("family.changed", "done", str(semilla.id))
    assert CANARY not in str(said)
