"""A real nginx with the file of `docker/`, before web processes of this machine."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import ssl
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPResponse, HTTPSConnection
from pathlib import Path
from typing import Any

import pytest

from portal.commands import secret_files
from portal.commands.processes import Processes
from tests import ports
from tests.docker.documents import DOCKER
from tests.waiting import until

HOST = "localhost"
REQUIRED = "CI"  # in its presence a missing nginx is a failure


def program() -> str:
    """The nginx of this machine; without one the tests are skipped, except where they are required."""
    found = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if found is None and REQUIRED in os.environ:
        pytest.fail("nginx is not installed, and its tests are required here")
    if found is None:
        pytest.skip("nginx is not installed (Debian: apt-get install nginx-light)")
    return found


@dataclass(frozen=True)
class Answer:
    """`headers` as they came, in lower case, doubled ones too."""

    status: int
    headers: list[tuple[str, str]]
    text: str

    def header(self, name: str) -> str:
        """The one header of this name, "" where there is none."""
        found = [value for key, value in self.headers if key == name.lower()]
        assert len(found) < 2, f"{name}: {found}"
        return found[0] if found else ""


@dataclass(frozen=True)
class Front:
    """The front door: where it listens, whom it trusts, what it wrote down."""

    folder: Path
    plain: int
    port: int

    def tls(self, *protocols: str) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=str(self.folder / "TLS_CERTIFICATE"))
        if protocols:
            context.set_alpn_protocols(list(protocols))
        return context

    def ask(self, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        """GET over TLS, on a connection of its own."""
        return self.send("GET", path, headers or {})

    def send(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None = None) -> Answer:
        connection = HTTPSConnection(HOST, self.port, timeout=30, context=self.tls())
        try:
            connection.request(method, path, body, dict(headers))
            return read(connection.getresponse())
        finally:
            connection.close()

    def lines(self, name: str, wanted: Collection[str]) -> list[dict[str, Any]]:
        """The lines of the log, once each wanted value of a field is in it: nginx writes after it has answered."""
        until(lambda: set(wanted) <= {line[name] for line in self._lines()})
        return self._lines()

    def errors(self) -> str:
        """What the other log holds so far."""
        return (self.folder / "error.log").read_text(encoding="utf-8")

    def _lines(self) -> list[dict[str, Any]]:
        whole = (self.folder / "access.log").read_text(encoding="utf-8").rpartition("\n")[0]
        return [json.loads(line) for line in whole.splitlines()]


def read(response: HTTPResponse) -> Answer:
    headers = [(name.lower(), value) for name, value in response.getheaders()]
    return Answer(response.status, headers, response.read().decode(errors="replace"))


def configuration(folder: Path, front: Front, upstreams: Sequence[int]) -> str:
    """The file as it is, but for the places and ports of this machine."""
    text = re.sub(r"(?<= )/tmp/", f"{folder}/", (DOCKER / "nginx.conf").read_text(encoding="utf-8"))
    for old, new in (
        ("/etc/nginx/tls/certificate.pem", str(folder / "TLS_CERTIFICATE")),
        ("/etc/nginx/tls/key.pem", str(folder / "TLS_KEY")),
        ("/etc/nginx/pages/", f"{DOCKER / 'pages'}/"),
        ("/dev/stdout", str(folder / "access.log")),
        ("/dev/stderr", str(folder / "error.log")),
        ("listen 8080;", f"listen 127.0.0.1:{front.plain};"),
        ("listen 8443 ", f"listen 127.0.0.1:{front.port} "),
        *((f"web-{place}:8000", f"127.0.0.1:{port}") for place, port in enumerate(upstreams, start=1)),
    ):
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def start(processes: Processes, folder: Path, upstreams: Sequence[int]) -> Front:
    """Start nginx among these processes and wait until it answers."""
    secret_files.write(folder, secret_files.network(HOST))
    front = Front(folder, ports.free(), ports.free())
    (folder / "nginx.conf").write_text(configuration(folder, front, upstreams), encoding="utf-8")
    account = "user root; " if os.getuid() == 0 else ""
    here = ["-e", "stderr", "-c", str(folder / "nginx.conf"), "-g", f"{account}daemon off;"]
    processes.start("nginx", [program(), *here])

    def is_up() -> bool:
        processes.refuse_ended()
        return listens(front.port)

    until(is_up)
    return front


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
