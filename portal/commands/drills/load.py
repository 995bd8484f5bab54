"""People who write through the portal while its parts are killed, and what the portal told them it has kept."""

from __future__ import annotations

import random
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from uuid import UUID

import requests

from portal.commands.drills.stage import PASSWORD, PLACE, Stage, Writer

HIDDEN = re.compile(r'type="hidden" name="([^"]+)" value="([^"]*)"')
VERSION = re.compile(r'name="version"[^>]*value="([^"]*)"')
PATIENCE = 120  # seconds
PAUSE = 0.05  # seconds between two looks
SECONDS = 10  # an answer that takes longer is none
NEW = {"given_names": "Rosa", "relation": "mother", "phone_owner": "own", "no_document_reason": "in_process",
       "ubigeo": PLACE["ubigeo"]}
HOME = {"ubigeo": PLACE["ubigeo"], "sisfoh": "unknown", "referral_source": ""}
KEPT, REFUSED = 302, (400, 403, 404, 409, 422)  # nobody else changes these cases: a refusal is a fault of the drill


@dataclass(frozen=True)
class Write:
    """Something that was sent. `family` is the case it changed; None for a case it registered."""

    mark: str
    family: UUID | None
    is_known: bool  # did the portal say that it is kept?


@dataclass
class Ledger:
    """Everything that was sent, in order for each case."""

    writes: list[Write] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)

    def acknowledged(self) -> int:
        return sum(one.is_known for one in self.writes)

    def wait_for_more(self) -> None:
        """Until people write again. Raises TimeoutError when nobody could for too long."""
        before, end = self.acknowledged(), time.monotonic() + PATIENCE
        while self.acknowledged() == before:
            if time.monotonic() > end:
                raise TimeoutError(f"no write was acknowledged for {PATIENCE} s")
            time.sleep(PAUSE)


class Person(threading.Thread):
    """One of the writers: registers cases, and changes one case again and again."""

    def __init__(self, stage: Stage, writer: Writer, ledger: Ledger, end: threading.Event) -> None:
        super().__init__(daemon=True)
        self._stage, self._writer, self._ledger, self._end = stage, writer, ledger, end
        self._session = requests.Session()
        self._dice = random.Random(writer.email)  # noqa: S311 - guards nothing
        self._count = 0

    def run(self) -> None:
        with self._session:
            while not self._end.is_set():
                with suppress(requests.RequestException):  # nobody is there now: the next try comes soon
                    self._work()
                self._end.wait(self._dice.uniform(0.02, 0.3))

    def _work(self) -> None:
        """One write. A page that is not the one asked for means logging in first."""
        edits = self._dice.random() < 0.4
        path = f"/intake/{self._writer.family}/home" if edits else "/families/new"
        page = self._session.get(self._stage.address + path, timeout=SECONDS)
        if urlsplit(page.url).path == "/login":
            self._log_in(page.text)
            return
        if page.status_code != 200:
            return
        self._count += 1
        mark = f"{self._writer.email.partition('@')[0]}-{self._count}"
        values = {**HOME, "address": mark} if edits else {**NEW, "paternal_surname": mark}
        status = 0
        try:
            status = self._send(path, page.text, values).status_code
        finally:
            self._ledger.writes.append(Write(mark, self._writer.family if edits else None, status == KEPT))
        if status in REFUSED:
            self._ledger.refusals.append(f"{mark} was refused with status {status}")

    def _log_in(self, page: str) -> None:
        self._send("/login", page, {"email": self._writer.email, "password": PASSWORD})

    def _send(self, path: str, page: str, values: dict[str, str]) -> requests.Response:
        hidden = [*HIDDEN.findall(page), *(("version", found) for found in VERSION.findall(page))]
        return self._session.post(
            self._stage.address + path, data={**dict(hidden), **values}, timeout=SECONDS, allow_redirects=False
        )


@contextmanager
def written_on(stage: Stage) -> Iterator[Ledger]:
    """Everybody writes for as long as the context lasts."""
    ledger, end = Ledger(), threading.Event()
    people = [Person(stage, writer, ledger, end) for writer in stage.writers]
    for person in people:
        person.start()
    try:
        yield ledger
    finally:
        end.set()
        for person in people:
            person.join()
