"""Many people at once: a locust file. Each has an account of their own, reads, thinks for 1 to 3 seconds, and writes.

Times count from the moment everybody has come; a refusal or an error counts whenever it happens.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import re
from collections import defaultdict
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import gevent
from locust import FastHttpUser, between, events, task

from tests.bench.network import PASSWORD, account
from tests.bench.visit import HIDDEN, LINK

WORDS = ("quispe", "huaman", "flores", "rosa", "thiago", "luz marina", "mamani")
FAMILY = {
    "given_names": "Rosa", "relation": "mother", "phone": "", "phone_owner": "own", "dni": "", "no_document_reason": "",
    "ubigeo": "150132",
}
_number = itertools.count()
_times: dict[str, list[float]] = defaultdict(list)
_failures: list[str] = []
_came: list[str] = []
_measuring: list[bool] = []


class Caseworker(FastHttpUser):
    """A working day in small: my day, lists, files, suggestions, a search, providers, and now and then an intake."""

    wait_time = between(1, 3)

    def on_start(self) -> None:
        email = account(next(_number))
        self._send("/login", "login", {"email": email, "password": PASSWORD})
        self.families = self._listed("/families/", "families")
        self.providers = self._listed("/providers/", "providers")
        _came.append(email)
        if len(_came) == int(os.environ["BENCH_USERS"]):
            _measuring.append(True)
            gevent.spawn_later(float(os.environ["BENCH_SECONDS"]), self.environment.runner.quit)


    def _listed(self, start: str, name: str) -> list[str]:
        links = LINK.findall(self.client.get(start, name=name).text)
        return [link for link in dict.fromkeys(links) if re.fullmatch(rf"{start}[0-9a-f-]{{36}}", link)]

    def _send(self, path: str, name: str, values: dict[str, str]) -> None:
        """Open a form and send it filled in; being shown the form again is a failure."""
        data = {**dict(HIDDEN.findall(self.client.get(path, name=f"{name} form").text)), **values}
        with self.client.post(path, data=data, name=name, catch_response=True) as answer:
            if answer.ok and urlsplit(answer.url or "").path == path:
                answer.failure("shown again")

    @task(3)
    def my_day(self) -> None:
        self.client.get("/", name="my day")

    @task(3)
    def list_of_families(self) -> None:
        self.client.get(f"/families/?page={random.randrange(4)}", name="families")

    @task(5)
    def file_of_a_family(self) -> None:
        self.client.get(random.choice(self.families), name="family")

    @task(3)
    def suggestions(self) -> None:
        family = random.choice(self.families).rpartition("/")[2]
        self.client.get(f"/suggestions/{family}", name="suggestions")

    @task(2)
    def search(self) -> None:
        page = self.client.get("/search/", name="search form")
        data = {**dict(HIDDEN.findall(page.text)), "q": random.choice(WORDS)}
        self.client.post("/search/", data=data, name="search")

    @task(2)
    def list_of_providers(self) -> None:
        self.client.get("/providers/", name="providers")

    @task(2)
    def file_of_a_provider(self) -> None:
        self.client.get(random.choice(self.providers), name="provider")

    @task(2)
    def care(self) -> None:
        self.client.get(random.choice(("/placements/", "/followups/")), name="care")

    @task(1)
    def register_a_family(self) -> None:
        surname = f"Medida {random.randrange(10**6)}"
        self._send("/families/new", "new family", {**FAMILY, "paternal_surname": surname})


@events.request.add_listener
def _note(name: str, response_time: float, exception: Exception | None, **_: Any) -> None:
    if exception is not None:
        _failures.append(f"{name}: {exception}")
    if _measuring:
        _times[name].append(response_time)


@events.quitting.add_listener
def _write(**_: Any) -> None:
    Path(os.environ["BENCH_OUT"]).write_text(json.dumps({"times": _times, "failures": _failures}), encoding="utf-8")
