"""Every page a role can reach by its links, at the width of a desk and of a phone: readable, reachable, unbroken."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.crawl import ROLES, pages
from tests.browser.pages import Person

pytestmark = pytest.mark.browser
PHONE, DESKTOP = {"width": 360, "height": 740}, {"width": 1280, "height": 800}
GRAVE = {"serious", "critical"}
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
TWICE = "[...document.querySelectorAll('[id]')].map(e => e.id).filter((id, i, all) => all.indexOf(id) !== i)"


def _faults(page: Page) -> Iterator[str]:
    """What is wrong with the page on the screen."""
    address = urlsplit(page.url).path
    if (over := page.evaluate(OVERFLOW)) > 0:
        yield f"{address} is {over} px wider than the screen"
    if twice := page.evaluate(TWICE):
        yield f"{address} has ids twice: {twice}"
    for found in Axe().run(page).response["violations"]:
        if found["impact"] in GRAVE:
            yield f"{address} {found['id']}: {found['nodes'][0]['html'][:160]}"


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize("email", ROLES)
def test_every_page_can_be_read_and_used(
    person: Callable[..., Person], base_url: str, email: str, viewport: dict[str, int]
) -> None:
    who = person(email, viewport=viewport)
    visited, faults = 0, []
    for page in pages(who, base_url):
        visited += 1
        faults += _faults(page)
    assert faults == []
    assert visited > (3 if email.startswith(("operator", "data")) else 8)
