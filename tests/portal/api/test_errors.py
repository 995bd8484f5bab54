"""Every refusal is a problem (RFC 9457), in Spanish or in English, and says nothing it should not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask, abort

from portal.views import problems
from tests.ground import Ngo, opened
from tests.programs import V1, Program

MEMBERS = {"type", "title", "status", "detail", "reference", "errors", "reasons"}


def check(answer: Any, status: int) -> dict[str, Any]:
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
    assert set(answer.json) == MEMBERS
    assert answer.json["status"] == status
    return answer.json


def test_nobody_is_told_how_to_ask(app: Flask) -> None:
    answer = app.test_client().get(f"{V1}/families")
    check(answer, 401)
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert "Set-Cookie" not in answer.headers


def test_what_is_not_there(program: Program) -> None:
    check(program.get("/nothing"), 404)
    check(program.get("/families/x"), 404)
    check(program.get("/families/00000000-0000-0000-0000-000000000001"), 404)


def test_a_method_that_is_not_there_names_the_others(program: Program) -> None:
    answer = program.ask("DELETE", "/families")
    check(answer, 405)
    assert {"GET", "POST"} <= set(answer.headers["Allow"].split(", "))


def test_a_body_that_is_no_json(program: Program) -> None:
    check(program.ask("POST", "/families", data="x=1"), 415)
    check(program.ask("POST", "/families", data="{", content_type="application/json"), 400)
    check(program.ask("POST", "/families", data="[]", content_type="application/json"), 422)


def test_every_field_that_is_wrong_is_named(program: Program) -> None:
    wrong = {"caregiver": {"given_names": 5, "relation": "x", "phone_owner": "own"}, "ubigeo": 1, "extra": 1}
    told = check(program.post("/families", wrong), 422)
    assert {one["pointer"] for one in told["errors"]} == {
        "/caregiver/given_names", "/caregiver/relation", "/caregiver/paternal_surname", "/ubigeo", "/extra",
    }
    assert {one["in"] for one in told["errors"]} == {"body"}


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=x", "status=x", "cursor=x", "cursor=!", "other=1"])
def test_a_parameter_that_is_wrong(program: Program, query: str) -> None:
    assert check(program.get(f"/families?{query}"), 422)["errors"]


@pytest.mark.parametrize("cursor", ["W10", "WyJ4Il0", "Wy0xXQ", "Wzk5OTk5OTk5OTk5OTldCg", "bnVsbA", "e30", "W3RydWVd"])
def test_a_cursor_made_up_is_refused(program: Program, cursor: str) -> None:
    check(program.get(f"/families?cursor={cursor}"), 422)


def test_it_speaks_the_readers_language(program: Program) -> None:
    for asked, language, title in (("es", "es", "No existe"), ("en-GB", "en", "Not found"), ("qu", "es", "No existe")):
        answer = program.get("/families/x", Accept_Language=asked)
        assert (answer.headers["Content-Language"], answer.json["title"]) == (language, title)


def test_the_words_of_a_field_are_translated_too(program: Program) -> None:
    for language, said in (("es", "Falta este dato."), ("en", "This is missing.")):
        told = program.ask("POST", "/families", {"Accept-Language": language}, json={}).json
        assert {one["detail"] for one in told["errors"]} == {said}


@pytest.mark.parametrize(("query", "es", "en"), [
    ("limit=101", "Debe ir de 1 a 100.", "It must be from 1 to 100."),
    ("status=x", "Debe ser uno de: draft, submitted", "It must be one of: draft, submitted"),
])
def test_a_limit_is_told_in_the_readers_language(program: Program, query: str, es: str, en: str) -> None:
    for language, said in (("es", es), ("en", en)):
        (told,) = program.get(f"/families?{query}", Accept_Language=language).json["errors"]
        assert told["detail"].startswith(said)


def test_a_body_that_is_too_large(app: Flask, semilla: Ngo) -> None:
    app.config["MAX_CONTENT_LENGTH"] = 1000
    check(Program.of(app, semilla).post("/families", {"ubigeo": "1" * 2000}), 413)


def test_the_one_too_many(app: Flask, semilla: Ngo) -> None:
    with opened(replace(app.config["SETTINGS"], api_rate="2 per minute")) as slow:
        few = Program(slow, Program.of(app, semilla).text)
        first, second = few.get("/me"), few.get("/families")
        assert (first.status_code, second.status_code) == (200, 200)
        assert "Retry-After" not in first.headers
        assert second.headers["X-RateLimit-Remaining"] == "0"
        answer = few.get("/me")
        check(answer, 429)
        assert int(answer.headers["Retry-After"]) > 0
        assert Program.of(slow, semilla, "caseworker").get("/me").status_code == 200


def test_a_failure_of_ours_tells_nothing(app: Flask, semilla: Ngo) -> None:
    program = Program.of(app, semilla)
    app.view_functions["api-me.me"] = _failing(app.view_functions["api-me.me"])
    told = check(program.get("/me"), 500)
    assert "Jr. Los Pinos" not in str(told)


def _failing(view: Any) -> Any:
    def fail() -> None:
        raise RuntimeError("Jr. Los Pinos 123")

    fail.permission, fail.scope = view.permission, view.scope
    return fail


@pytest.mark.parametrize("status", sorted(problems.KINDS))
def test_each_status_has_words_in_both_languages(app: Flask, status: int) -> None:
    app.add_url_rule(f"{V1}/test", "test", lambda: abort(problems.answer(status)))
    app.view_functions["test"].permission = "public"
    es, en = (app.test_client().get(f"{V1}/test", headers={"Accept-Language": one}).json for one in ("es", "en"))
    assert es["type"] == en["type"]
    assert es["title"] != en["title"]
    assert es["detail"] != en["detail"]
