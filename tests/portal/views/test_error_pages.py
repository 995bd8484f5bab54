"""Errors as pages: what happened and what to do, in the reader's language, with a reference and nothing else."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask, abort
from sqlalchemy import create_engine, update
from sqlalchemy.exc import DataError, IntegrityError, OperationalError, ProgrammingError, StatementError
from sqlalchemy.orm.exc import StaleDataError
from sqlalchemy.pool import NullPool

from portal.errors import ConflictError, NotAllowedError, NotFoundError, TooManyError, UnavailableError
from portal.extensions import db
from portal.models import User
from portal.views.access import PUBLIC, needs
from tests.ground import Ngo
from tests.portal.worlds import Browser
from tests.programs import Program

VALUE = "Rosa Quispe 41234567"
SQL = "INSERT INTO family (story) VALUES ('Rosa Quispe 41234567')"


def _fail(error: Exception) -> Callable[[], None]:
    def view() -> None:
        raise error

    return view


KINDS: dict[str, tuple[int, Callable[[], Any]]] = {
    "bad request": (400, lambda: abort(400, VALUE)),
    "statement": (400, _fail(StatementError(VALUE, SQL, {"story": VALUE}, ValueError(VALUE)))),
    "value": (400, _fail(DataError(SQL, {"story": VALUE}, Exception(VALUE)))),
    "not allowed": (403, _fail(NotAllowedError("family.read"))),
    "not found": (404, _fail(NotFoundError(VALUE))),
    "moved on": (409, _fail(ConflictError())),
    "stale row": (409, _fail(StaleDataError(VALUE))),
    "same key": (409, _fail(IntegrityError(SQL, {"story": VALUE}, Exception(VALUE)))),
    "too large": (413, lambda: abort(413)),
    "too many": (429, _fail(TooManyError("login"))),
    "a bug": (500, _fail(ZeroDivisionError(VALUE))),
    "no such column": (500, _fail(ProgrammingError(SQL, {"story": VALUE}, Exception(VALUE)))),
    "database away": (503, _fail(OperationalError(SQL, {"story": VALUE}, Exception(VALUE)))),
    "part away": (503, _fail(UnavailableError(VALUE))),
}
WORDS = {  # status → a word of the page in each language
    400: ("No entendimos el pedido", "understand"), 403: ("No tiene permiso", "You have no permission"),
    404: ("No encontramos esa página", "find"), 409: ("El caso cambió mientras tanto", "changed"),
    413: ("El archivo es muy grande", "large"), 429: ("Demasiados intentos", "many"),
    500: ("Algo falló de nuestro lado", "failed on our side"),
    503: ("El sistema no responde por ahora", "does not answer"),
}


@pytest.fixture
def failing(app: Flask) -> Flask:
    """The portal with an address for each way to fail."""
    for number, (_, view) in enumerate(KINDS.values()):
        app.add_url_rule(f"/fail/{number}", f"fail{number}", needs(PUBLIC)(lambda view=view: view()))
    return app


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("name", KINDS)
def test_an_error_is_a_page_that_helps_and_tells_nothing(
    failing: Flask, caplog: pytest.LogCaptureFixture, name: str, language: str
) -> None:
    status, _ = KINDS[name]
    person = Browser(failing, "caseworker@semilla.example")
    person.post("/account/language", "/", language=language)
    caplog.set_level(logging.DEBUG)
    answer = person.get(f"/fail/{list(KINDS).index(name)}")
    assert answer.status_code == status
    assert WORDS[status][language == "en"].lower() in answer.text.lower()
    assert re.search(r"\b[0-9a-f]{12}\b", answer.text), "a reference number"
    assert f'<html lang="{language}' in answer.text
    for secret in (VALUE, "INSERT", "Traceback", "ZeroDivision", "sqlalchemy", ".py"):
        assert secret not in answer.text
        assert secret == ".py" or secret not in _loud(caplog), "an error's own text is no business of the log"


def _loud(caplog: pytest.LogCaptureFixture) -> str:
    return "\n".join(record.getMessage() for record in caplog.records if "INSERT" in record.getMessage())


def test_a_failure_of_ours_is_in_the_log_with_its_reference(failing: Flask, caplog: pytest.LogCaptureFixture) -> None:
    answer = failing.test_client().get(f"/fail/{list(KINDS).index('a bug')}")
    reference = re.search(r"\b[0-9a-f]{12}\b", answer.text)
    assert reference
    assert any(reference[0] in record.getMessage() for record in caplog.records)
    assert VALUE not in caplog.text


def test_a_page_that_does_not_exist_looks_the_same_to_a_stranger(app: Flask) -> None:
    answer = app.test_client().get("/families/x/y/z")
    assert answer.status_code == 404
    assert "No encontramos esa página" in answer.text


def test_a_request_above_the_limit_is_refused_before_it_is_read(app: Flask) -> None:
    person = Browser(app, "caseworker@semilla.example")
    limit = app.config["MAX_CONTENT_LENGTH"]
    kind = "multipart/form-data; boundary=x"
    answer = person.client.post("/families/new", data=b"x" * (limit + 1), content_type=kind)
    assert answer.status_code == 413
    assert "10 MB" in answer.text


def test_an_address_opened_the_wrong_way_says_how_it_opens(app: Flask) -> None:
    person = Browser(app, "caseworker@semilla.example")
    answer = person.get("/logout")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]


def test_what_was_typed_is_on_the_page_again(app: Flask) -> None:
    person = Browser(app, "caseworker@semilla.example")
    typed = {"given_names": "Rosa Elvira", "paternal_surname": "Quispe", "relation": "mother", "phone": "987 654 321",
             "phone_owner": "own", "no_document_reason": "", "dni": "123", "ubigeo": ""}
    answer = person.post("/families/new", "/families/new", **typed)
    assert answer.status_code == 422
    for text in ("Rosa Elvira", "Quispe", "987", "123"):
        assert f'value="{text}' in answer.text


def _damage(app: Flask, fault: str) -> None:
    """What a forgotten migration or grant leaves behind. A file has no grants: there the table is not found."""
    owner = create_engine(app.config["SETTINGS"].owner_database_url, poolclass=NullPool)
    with owner.begin() as connection:
        if fault == "column":
            connection.exec_driver_sql("ALTER TABLE family RENAME COLUMN waiting_since TO waited_since")
        elif owner.dialect.name == "postgresql":
            connection.exec_driver_sql("REVOKE SELECT ON family FROM ayni_app")
        else:
            connection.exec_driver_sql("ALTER TABLE family RENAME TO families")


@pytest.mark.parametrize("fault", ["column", "grant"])
def test_a_fault_of_the_database_is_ours_and_in_the_log(
    app: Flask, semilla: Ngo, caplog: pytest.LogCaptureFixture, fault: str
) -> None:
    person, program = Browser(app, "caseworker@semilla.example"), Program.of(app, semilla)
    assert (person.get("/families/").status_code, program.get("/families").status_code) == (200, 200)
    _damage(app, fault)
    page, problem = person.get("/families/"), program.get("/families")
    assert (page.status_code, problem.status_code) == (500, 500)
    assert WORDS[500][0] in page.text
    assert '"urn:ayni:problem:failed"' in problem.text
    assert sum("'event': 'failure'" in record.getMessage() for record in caplog.records) == 2


@pytest.mark.parametrize("value", ["a\0b", "x" * 200])
def test_a_value_that_the_database_cannot_hold_is_the_senders(app: Flask, value: str) -> None:
    """SQLite holds whatever is sent; the forms keep that short."""

    def write() -> str:
        db.session.execute(update(User).values(name=value))
        return "written"

    with app.app_context():
        expected = 400 if db.engine.dialect.name == "postgresql" else 200
    addresses = ("/write", "/api/v1/write")
    for address in addresses:
        app.add_url_rule(address, address, needs(PUBLIC)(write))
    for address in addresses:
        assert app.test_client().get(address).status_code == expected
