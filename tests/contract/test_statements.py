"""No page asks the database more than a few times, whoever opens it."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from portal.extensions import db
from tests.contract.test_policy import asked, ids
from tests.ground import OPERATOR
from tests.portal.worlds import Browser

__all__ = ["ids"]
MOST = 12  # statements about data; the line that begins a transaction or names its tenant is none
PEOPLE = ("caseworker@semilla.example", "supervisor@semilla.example", "ngo_admin@semilla.example", OPERATOR)


@pytest.mark.parametrize("email", PEOPLE)
def test_every_page_asks_a_few_times_only(app: Flask, ids: dict[str, Any], email: str) -> None:
    said: list[str] = []

    def note(_connection: Any, _cursor: Any, text: str, *_rest: Any) -> None:
        if not text.startswith(("BEGIN", "SET", "SELECT set_config")):
            said.append(text)

    person, too_many, seen = Browser(app, email), {}, 0
    person.get("/")  # the NGO's keys and checklist are read once for the process
    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    for endpoint, method, address in asked(app, ids):
        if method != "GET":
            continue
        said.clear()
        answer = person.get(address)
        if answer.status_code == 200 and answer.mimetype == "text/html":
            seen += 1
            if len(said) > MOST:
                too_many[f"{endpoint} {address}"] = [len(said), *said]
    event.remove(engine, "before_cursor_execute", note)
    assert too_many == {}
    assert seen > 3
