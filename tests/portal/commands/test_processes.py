"""Child processes start together and end together; a command that starts one says why it cannot."""

from __future__ import annotations

import gc
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from http.server import BaseHTTPRequestHandler, HTTPServer

import click
import pytest

from portal.commands import serving, web_process
from portal.commands.processes import PortTakenError, Processes, refuse_taken_port
from portal.config import ROOT
from tests import ports
from tests.portal.commands.conftest import Manage

FOR_EVER = [sys.executable, "-c", "import time; time.sleep(600)"]
PARENT = """
import os, sys
from portal.commands.processes import Processes
with Processes(dict(os.environ)) as processes:
    processes.start("portal", [sys.executable, "-c", "import time; time.sleep(600)"])
    print(processes.running["portal"].pid, flush=True)
    processes.wait()
"""
AT_ONCE = [sys.executable, "-c", "raise SystemExit(3)"]


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which somebody listens."""
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


class Health(BaseHTTPRequestHandler):
    """Fails twice, then answers."""

    asked = 0

    def do_GET(self) -> None:
        Health.asked += 1
        self.send_response(200 if Health.asked > 2 else 503)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def portal() -> Iterator[str]:
    Health.asked = 0
    with HTTPServer(("127.0.0.1", 0), Health) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/health"
        server.shutdown()
        thread.join()


def test_a_taken_port_is_refused_and_a_free_one_is_not(taken: int) -> None:
    with pytest.raises(PortTakenError, match=str(taken)):
        refuse_taken_port("127.0.0.1", taken)
    refuse_taken_port("127.0.0.1", ports.free())


def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(PortTakenError, match="cannot be used"):
        refuse_taken_port("192.0.2.1", 8000)


def test_the_demo_offers_another_port(manage: Manage, taken: int) -> None:
    done = manage("demo", "--port", str(taken), APP_ENV="demo")
    assert done.exit_code == 1
    assert f"manage.py demo --port {taken + 1}" in done.stderr


def test_leaving_ends_every_process() -> None:
    with Processes(dict(os.environ)) as processes:
        processes.start("one", FOR_EVER)
        processes.start("other", FOR_EVER)
        running = list(processes.running.values())
        assert [process.poll() for process in running] == [None, None]
    assert all(process.returncode is not None for process in running)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no background jobs of a shell")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_every_process_also_of_what_a_shell_started_in_the_background(number: signal.Signals) -> None:
    as_a_script_does = ["/bin/sh", "-c", 'trap "" INT; exec "$0" -c "$1"', sys.executable, PARENT]
    with subprocess.Popen(  # noqa: S603 - our own lines
        as_a_script_does, cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as parent:
        child = int(parent.stdout.readline())
        parent.send_signal(number)
        with suppress(subprocess.TimeoutExpired):
            parent.wait(60)
        parent.kill()
    assert not was_there(child)


def was_there(pid: int) -> bool:
    """Is there such a process? Then there is none any more."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


def test_leaving_gives_the_signals_back() -> None:
    before = [signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM)]
    with Processes({}):
        assert signal.getsignal(signal.SIGTERM) is signal.default_int_handler
    assert [signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM)] == before


def until_it_ends(processes: Processes, url: str = "") -> None:
    """What the demo does: a portal, a worker that ends at once, and the wait."""
    with processes:
        processes.start("portal", FOR_EVER)
        processes.start("worker", AT_ONCE)
        if url:
            processes.wait_until_answers(url)
        processes.wait()


def test_one_that_ends_by_itself_ends_the_rest_and_is_named() -> None:
    processes = Processes(dict(os.environ))
    with pytest.raises(click.ClickException, match=r"The worker ended \(exit status 3\)"):
        until_it_ends(processes)
    assert len(processes.running) == 2
    assert all(process.returncode is not None for process in processes.running.values())


def test_children_get_the_environment_they_were_given() -> None:
    with Processes({**os.environ, "AYNI_TEST": "7"}) as processes:
        processes.start("one", [sys.executable, "-c", "import os; raise SystemExit(int(os.environ['AYNI_TEST']))"])
        (process,) = processes.running.values()
        assert process.wait() == 7


def test_waiting_ends_when_the_portal_answers_well(portal: str) -> None:
    with Processes(dict(os.environ)) as processes:
        processes.start("portal", FOR_EVER)
        processes.wait_until_answers(portal)
    assert Health.asked == 3


def test_waiting_ends_when_the_portal_has_ended(taken: int) -> None:
    processes = Processes(dict(os.environ))
    with pytest.raises(click.ClickException, match="exit status 3"):
        until_it_ends(processes, f"http://127.0.0.1:{taken}/health")  # somebody listens, and says nothing
    assert all(process.returncode is not None for process in processes.running.values())


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_the_portal_is_served_on_the_address_asked_for(host: str) -> None:
    command = serving.web_command(host, 8123)
    assert command[0] == sys.executable
    assert f"{host}:8123" in command or {host, "8123"} <= set(command)  # gunicorn, or Flask's own on Windows


def test_what_is_there_when_serving_begins_is_left_out_of_the_search_for_garbage() -> None:
    before = gc.get_freeze_count()
    web_process.post_worker_init(None)
    assert gc.get_freeze_count() > before
    gc.unfreeze()
