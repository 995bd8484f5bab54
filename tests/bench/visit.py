"""One person at work: every page of each role, one after the other, as a browser with nothing cached would ask."""

from __future__ import annotations

import itertools
import re
import statistics
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import requests

from tests.bench.network import PASSWORD

LINK = re.compile(r'href="(/[^"#]*)')
HIDDEN = re.compile(r'type="hidden" name="([^"]+)" value="([^"]*)"')
IDS = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+")
LEFT_OUT = ("/static/", "/fs-static/", "/documents/", "/logout", "/admin/static/")
EXAMPLES = 15  # different addresses of a kind: a page asked for twice would be warm


@dataclass(frozen=True)
class Timed:
    """Milliseconds from the request to the last byte of the answer, over the rounds."""

    p50: float
    p95: float
    rounds: int

    @classmethod
    def of(cls, milliseconds: list[float]) -> Timed:
        ranked = sorted(milliseconds)
        place = max(0, -(-95 * len(ranked) // 100) - 1)
        return cls(round(statistics.median(ranked), 1), round(ranked[place], 1), len(ranked))


def log_in(address: str, email: str) -> requests.Session:
    """A session of this account. Raises RuntimeError when the login is refused."""
    session = requests.Session()
    page = session.get(f"{address}/login")
    data = {**dict(HIDDEN.findall(page.text)), "email": email, "password": PASSWORD}
    answer = session.post(f"{address}/login", data=data)
    if urlsplit(answer.url).path == "/login":
        raise RuntimeError(f"{email} could not log in: status {answer.status_code}")
    return session


def kind(path: str) -> str:
    """The address with its ids left out and its query by names alone: what a page is of."""
    place = urlsplit(path)
    names = "&".join(sorted(part.partition("=")[0] for part in place.query.split("&") if part))
    return IDS.sub("*", place.path) + (f"?{names}" if names else "")


def addresses(address: str, session: requests.Session) -> dict[str, list[str]]:
    """Breadth first from the first page: kind of page → some addresses of that kind."""
    found: dict[str, list[str]] = defaultdict(list)
    waiting, seen = ["/"], {"/"}
    while waiting:
        path = waiting.pop(0)
        if len(found[kind(path)]) >= EXAMPLES:
            continue
        answer = session.get(address + path)
        if not answer.headers.get("content-type", "").startswith("text/html") or not answer.ok:
            continue
        found[kind(path)].append(path)
        for link in LINK.findall(answer.text.replace("&amp;", "&")):
            if link not in seen and not link.startswith(LEFT_OUT):
                seen.add(link)
                waiting.append(link)
    return {name: paths for name, paths in found.items() if paths}


def walk(address: str, email: str, rounds: int) -> Iterator[tuple[str, Timed]]:
    """Every kind of page this account reaches, and how long it took."""
    session = log_in(address, email)
    for name, paths in sorted(addresses(address, session).items()):
        yield name, ask(session, [address + path for path in paths], rounds)


def ask(session: requests.Session, urls: list[str], rounds: int) -> Timed:
    """Ask for the addresses in turn, so often. Raises RuntimeError at an answer that is none."""
    spent = []
    for url in itertools.islice(itertools.cycle(urls), rounds):
        started = time.perf_counter()
        answer = session.get(url)
        spent.append(1000 * (time.perf_counter() - started))
        if not answer.ok:
            raise RuntimeError(f"{url} answered {answer.status_code}")
    return Timed.of(spent)
