"""Walking through the portal by its links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from playwright.sync_api import Page

from tests.browser.pages import Person

ROLES = ("caseworker@semilla.example", "supervisor@semilla.example", "admin@semilla.example",
         "data@semilla.example", "operator@platform.example")
LINKS = "[...document.querySelectorAll('a[href]:not([download])')].map(a => a.href)"


def _kind(url: str) -> str:
    """The address with its ids left out: a page of each kind is enough."""
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+", "*", urlsplit(url).path)


def pages(person: Person, base_url: str) -> Iterator[Page]:
    """Breadth first from the first page, one page of each kind."""
    waiting, seen = [f"{base_url}/"], {"/"}
    while waiting:
        answer = person.page.goto(waiting.pop(0))
        if answer is None or not answer.headers.get("content-type", "").startswith("text/html"):
            continue
        yield person.page
        for link in person.page.evaluate(LINKS):
            if link.startswith(base_url) and _kind(link) not in seen and "/documents/" not in link:
                seen.add(_kind(link))
                waiting.append(link)
