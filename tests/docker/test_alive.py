"""What a container asks itself: is my process there, and does it answer without failing?"""

from __future__ import annotations

import os
import socket
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from tests.docker.documents import DOCKER
from tests.docker.programs import run


class Answer(BaseHTTPRequestHandler):
    """Well where a web process is asked, locked where a worker shows its figures, failing elsewhere."""

    def do_GET(self) -> None:
        self.send_response({"/healthz": 200, "/metrics": 401}.get(self.path, 500))
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def port() -> Iterator[int]:
    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def ask(kind: str, **environment: str) -> int:
    command = [sys.executable, "-I", str(DOCKER / "alive.py"), kind]
    return run(command, {**os.environ, **environment}).returncode


def test_a_process_that_answers_is_alive(port: int) -> None:
    assert ask("web", PORT=str(port)) == 0
    assert ask("worker", METRICS_PORT=str(port)) == 0


@pytest.mark.parametrize(("kind", "name"), [("web", "PORT"), ("worker", "METRICS_PORT")])
def test_a_process_that_is_gone_is_not(kind: str, name: str) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        assert ask(kind, **{name: str(probe.getsockname()[1])}) == 1


def test_a_process_that_fails_is_not(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Answer, "do_GET", lambda self: (self.send_response(503), self.end_headers()))
    assert ask("web", PORT=str(port)) == 1
