"""Forms as a page shows them, filled in as somebody would who writes one word into everything."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from tests.portal.worlds import Browser

WRITTEN = frozenset({"text", "search", "textarea"})
CHOSEN = frozenset({"checkbox", "submit", "button", "file", "image", "reset"})


@dataclass
class Form:
    """Where it goes, what it holds, and which fields are written by hand."""

    action: str
    values: dict[str, str] = field(default_factory=dict)
    free: set[str] = field(default_factory=set)


class Reader(HTMLParser):
    """The forms of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._list = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(found.get("action", "")))
        elif self.forms and tag in {"input", "textarea"}:
            self._field(found, found.get("type", "text") if tag == "input" else tag)
        elif tag == "select":
            self._list = found.get("name", "")
        elif self._list and tag == "option" and ("selected" in found or not self.forms[-1].values.get(self._list)):
            self.forms[-1].values[self._list] = found.get("value", "")

    def _field(self, found: dict[str, str], kind: str) -> None:
        form, name = self.forms[-1], found.get("name", "")
        if not name or kind in CHOSEN:
            return
        if kind == "radio":
            form.values.setdefault(name, found.get("value", ""))
            return
        form.values[name] = found.get("value", "")
        if kind in WRITTEN:
            form.free.add(name)

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._list = ""


def fill(person: Browser, page: str, word: str, to: str = "", **given: Any) -> Any:
    """Send the form of `page` that goes `to` an address (the largest one): `word` wherever nothing else is given."""
    forms = [one for one in Reader(person.get(page).text).forms if to in one.action]
    form = max(forms, key=lambda one: len(one.values))
    return person.client.post(to or page, data={**form.values, **dict.fromkeys(form.free, word), **given})
