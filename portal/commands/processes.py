"""Child processes that start together and end together."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException
from types import TracebackType
from typing import Any, Self
from urllib.parse import SplitResult, urlsplit

import click

from portal.config import ROOT

STARTING = 90  # seconds a portal may take to answer, on a slow machine
ENDING = 15  # seconds a process may take to end before it is killed
PAUSE = 0.2  # seconds between two looks


def _answers(place: SplitResult) -> bool:
    """Does the portal say that it is there?"""
    connection = HTTPConnection(place.hostname or "", place.port, timeout=5)
    try:
        connection.request("GET", place.path)
        return connection.getresponse().status < 400
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


class PortTakenError(RuntimeError):
    """Another program listens on the port."""


def refuse_taken_port(host: str, port: int) -> None:
    """Raise PortTakenError when nobody could listen there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        if os.name != "nt":  # elsewhere the option would let two programs share a port
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortTakenError(f"Port {port} of {host} cannot be used: {error.strerror}.") from error


def heed_signals() -> dict[int, Any]:
    """Be stopped by SIGINT and by SIGTERM as by Ctrl-C. Returns what answered before.

    SIGINT too is named: a shell has what it starts in the background ignore it, and Python leaves that as it is.
    """
    return {one: signal.signal(one, signal.default_int_handler) for one in (signal.SIGINT, signal.SIGTERM)}


class Processes:
    """A context whose processes have all ended when it is left, also by a signal."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.environment = environment
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.heeded: dict[int, Any] = {}

    def start(self, name: str, command: list[str], environment: Mapping[str, str] | None = None) -> None:
        """Start a process in a group of its own: Ctrl-C reaches this process alone, which then ends the others."""
        group = {"creationflags": 0x200} if os.name == "nt" else {"start_new_session": True}
        self.running[name] = subprocess.Popen(command, cwd=ROOT, env={**self.environment, **(environment or {})},
                                              **group)

    def wait_until_answers(self, url: str) -> None:
        """Return once the address answers; raise ClickException when a process ends or time runs out before."""
        place, end = urlsplit(url), time.monotonic() + STARTING
        while time.monotonic() < end:
            self.refuse_ended()
            if _answers(place):
                return
            time.sleep(PAUSE)
        raise click.ClickException(f"{url} did not answer within {STARTING} s.")

    def wait(self) -> None:
        """Until Ctrl-C, or until a process ends by itself (ClickException)."""
        try:
            while True:
                self.refuse_ended()
                time.sleep(PAUSE)
        except KeyboardInterrupt:
            click.echo("Ending …", err=True)

    def refuse_ended(self) -> None:
        for name, process in self.running.items():
            if process.poll() is not None:
                raise click.ClickException(f"The {name} ended (exit status {process.returncode}); see above.")

    def __enter__(self) -> Self:
        self.heeded = heed_signals()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        for process in self.running.values():
            if process.poll() is None:
                process.terminate()
        for process in self.running.values():
            try:
                process.wait(ENDING)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        for number, before in self.heeded.items():
            signal.signal(number, before)
