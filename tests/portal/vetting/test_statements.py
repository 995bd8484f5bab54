"""How often a page asks the database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from portal.extensions import db
from portal.models import Provider

MOST = 12


@pytest.fixture
def statements(app: Flask) -> Iterator[list[str]]:
    said: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        said.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield said
    event.remove(db.engine, "before_cursor_execute", note)


@pytest.mark.parametrize("path", [
    "/providers/", "/providers/new", "/providers/{id}", "/providers/{id}/edit", "/checklist/", "/settings/", "/trail/",
])
def test_a_page_asks_a_few_times_only(
    approved: Provider, person: Callable[..., Any], statements: list[str], path: str
) -> None:
    url, admin = path.format(id=approved.id), person("ngo_admin")
    admin.get(url)  # the keys and the checklist are read once for the process
    statements.clear()
    assert admin.get(url).status_code == 200
    asked = [one for one in statements if not one.startswith(("BEGIN", "SELECT set_config"))]
    assert len(asked) <= MOST, "\n".join(asked)
