"""Logging in: how passwords are kept, how guessing is slowed, and what an answer gives away."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from portal.extensions import db
from portal.models import LoginThrottle, User
from portal.services.throttle import FREE, LONGEST_WAIT
from tests.ground import PASSWORD, opened
from tests.portal.people.doors import form, log_in

MAIL = "caseworker@semilla.example"
NOBODY = "nadie@semilla.example"
NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


def test_passwords_are_kept_as_argon2id(app: Flask) -> None:
    with app.app_context():
        kept = db.session.scalars(select(User.password)).all()
    assert kept
    assert all(one.startswith("$argon2id$") for one in kept)
    assert not any(PASSWORD in one for one in kept)


@pytest.mark.parametrize("mail", [MAIL, MAIL.upper(), f"  {MAIL} "])
def test_a_person_comes_in_however_the_mail_is_written(app: Flask, mail: str) -> None:
    assert log_in(app.test_client(), mail).headers["Location"] == "/"


def test_the_answer_does_not_tell_which_accounts_there_are(app: Flask) -> None:
    answers = [log_in(app.test_client(), mail, "no es esta") for mail in (MAIL, NOBODY)]
    texts = [answer.text.replace(mail, "") for answer, mail in zip(answers, (MAIL, NOBODY), strict=True)]
    plain = [_without_tokens(text) for text in texts]
    assert answers[0].status_code == answers[1].status_code == 200
    assert plain[0] == plain[1]


def _without_tokens(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if "csrf_token" not in line and "nonce" not in line)


@pytest.mark.parametrize("mail", [MAIL, NOBODY])
def test_too_many_failures_make_an_account_wait_known_or_not(app: Flask, mail: str) -> None:
    with time_machine.travel(NOW, tick=False):
        for _ in range(FREE):
            assert log_in(app.test_client(), mail, "no es esta").status_code == 200
        assert log_in(app.test_client(), mail, "no es esta").status_code == 429
        assert log_in(app.test_client(), mail, PASSWORD).status_code == 429, "the right password waits too"
        assert log_in(app.test_client(), "supervisor@semilla.example").status_code == 302, "others do not"


def test_the_wait_ends_and_a_login_forgets_the_failures(app: Flask) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        for _ in range(FREE):
            log_in(app.test_client(), MAIL, "no es esta")
        clock.shift(timedelta(seconds=31))
        assert log_in(app.test_client(), MAIL).status_code == 302
        for _ in range(FREE - 1):
            assert log_in(app.test_client(), MAIL, "no es esta").status_code == 200
        assert log_in(app.test_client(), MAIL).status_code == 302


def test_the_wait_grows_but_never_past_its_longest(app: Flask) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        for _ in range(FREE + 12):
            log_in(app.test_client(), MAIL, "no es esta")
            clock.shift(timedelta(seconds=LONGEST_WAIT + 1))
        log_in(app.test_client(), MAIL, "no es esta")
        clock.shift(timedelta(seconds=LONGEST_WAIT - 5))
        assert log_in(app.test_client(), MAIL).status_code == 429
        clock.shift(timedelta(seconds=6))
        assert log_in(app.test_client(), MAIL).status_code == 302


def test_the_count_is_in_the_database_and_names_nobody(app: Flask) -> None:
    with time_machine.travel(NOW, tick=False):
        for _ in range(FREE):
            log_in(app.test_client(), MAIL, "no es esta")
        with app.app_context():
            rows = db.session.scalars(select(LoginThrottle)).all()
            assert [row.failures for row in rows] == [FREE]
            assert MAIL not in repr([vars(row) for row in rows])
        with opened(app.config["SETTINGS"]) as another:  # it knows nothing but the database
            assert log_in(another.test_client(), MAIL).status_code == 429


@pytest.mark.parametrize("there", [
    "//evil.example", "https://evil.example/", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)",
    "///evil.example", "http:evil.example", "/%09/evil.example", "//evil.example@127.0.0.1/",
])
def test_after_the_login_nobody_is_sent_elsewhere(app: Flask, there: str) -> None:
    client = app.test_client()
    data = {**form(client, "/login"), "email": MAIL, "password": PASSWORD}
    answer = client.post("/login", query_string={"next": there}, data={**data, "next": there})
    for target in (answer.headers.get("Location", "/"), answer.headers.get("Location", "/").replace("\\", "/")):
        led = urlsplit(urljoin("http://127.0.0.1/login", target))
        assert (led.scheme, led.netloc) == ("http", "127.0.0.1"), target


def test_after_the_login_one_is_where_one_wanted_to_be(app: Flask) -> None:
    client = app.test_client()
    asked = client.get("/families/?status=waiting").headers["Location"]
    data = {**form(client, asked), "email": MAIL, "password": PASSWORD}
    assert client.post(asked, data=data).headers["Location"] == "/families/?status=waiting"


@pytest.mark.parametrize(("sent", "referrer", "back"), [
    ("/families/new", None, "/families/new"),
    ("/families/2b0c4a5e-0000-4000-8000-000000000000/move", "http://localhost/families/2b0c?x=1", "/families/2b0c"),
    ("/families/2b0c4a5e-0000-4000-8000-000000000000/move", "https://elsewhere.example/trap", None),
])
def test_what_was_sent_without_a_session_is_gone_on_with_where_it_was_typed(
    app: Flask, sent: str, referrer: str | None, back: str | None
) -> None:
    answer = app.test_client().post(sent, headers={"Referer": referrer} if referrer else {})
    asked = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert answer.status_code == 302
    assert asked["expired"] == ["1"]
    assert asked.get("next") == ([back] if back else None)
