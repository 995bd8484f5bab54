"""Spanish pages speak Spanish, English pages English: no message of the other language on any page of any role."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache

import pytest
from babel.messages.pofile import read_po
from playwright.sync_api import Page, expect

from portal.config import ROOT
from tests.browser.crawl import ROLES, pages
from tests.browser.pages import Person

pytestmark = pytest.mark.browser
CATALOGUE = ROOT / "portal" / "translations" / "en" / "LC_MESSAGES" / "messages.po"
ENGLISH = re.compile(
    r"\b(the|and|your|list|create|edit|delete|save|submit|with selected|are you sure|please|invalid|required|field|"
    r"yes|search|home|next|previous|records?|filter|apply|reset|login|password)\b", re.IGNORECASE,
)
SAID = """() => {
  const texts = [...document.querySelectorAll("[placeholder], [aria-label], [title], [alt], [data-confirm]")]
    .flatMap(e => ["placeholder", "aria-label", "title", "alt", "data-confirm"].map(name => e.getAttribute(name)));
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const of_no_language = "script, style, code, [lang]:not(html), .note, .quote, option[data-raw]";
    if (!walker.currentNode.parentElement.closest(of_no_language))
      texts.push(walker.currentNode.textContent);
  }
  return [...new Set(texts.filter(Boolean).map(text => text.trim()).filter(Boolean))];
}"""


@cache
def _messages() -> dict[str, set[str]]:
    """Per language, whole messages that are no message of the other one."""
    with CATALOGUE.open("rb") as file:
        catalogue = [one for one in read_po(file) if one.id and isinstance(one.id, str) and "%(" not in one.id]
    spanish, english = ({getattr(one, name) for one in catalogue} for name in ("id", "string"))
    return {"es": spanish - english, "en": english - spanish}


def _leaks(page: Page, language: str) -> list[str]:
    other = _messages()["en" if language == "es" else "es"]
    said = page.evaluate(SAID)
    strange = [text for text in said if text in other]
    if language == "es":
        strange += [text for text in said if ENGLISH.search(text)]
    return [f"{page.url}: {text}" for text in strange]


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("email", ROLES)
def test_no_word_of_the_other_language(
    person: Callable[..., Person], base_url: str, email: str, language: str
) -> None:
    who = person(email)
    with _reading(who, language):
        assert [leak for page in pages(who, base_url) for leak in _leaks(page, language)] == []


@contextmanager
def _reading(who: Person, language: str) -> Iterator[None]:
    """The choice is kept with the account, which other tests use in Spanish."""
    try:
        _switch(who, language)
        yield
    finally:
        _switch(who, "es")


def _switch(who: Person, language: str) -> None:
    who.open("/account/")
    who.press({"es": "Español", "en": "English"}[language])
    expect(who.page.locator("html")).to_have_attribute("lang", language)
