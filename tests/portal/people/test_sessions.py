"""Sessions: kept on the server, ended by logout, by time, by another device, and with the account."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal import tenancy
from portal.extensions import db
from portal.models import LoginSession, Membership, User
from tests.ground import Ngo, opened
from tests.portal.people.doors import form, log_in, send

MAIL = "caseworker@semilla.example"
START = datetime(2026, 3, 2, 13, 0, tzinfo=UTC)


def come_in(app: Flask, mail: str = MAIL) -> FlaskClient:
    client = app.test_client()
    assert log_in(client, mail).status_code == 302
    return client


def with_cookie(app: Flask, value: str) -> FlaskClient:
    thief = app.test_client()
    thief.set_cookie("ayni", value)
    return thief


def cookie(client: FlaskClient) -> str:
    found = client.get_cookie("ayni")
    assert found is not None
    return found.value


def test_the_cookie_is_a_random_token_and_the_database_keeps_its_hash_only(app: Flask) -> None:
    token = cookie(come_in(app))
    assert len(token) >= 43
    with app.app_context():
        kept = db.session.scalars(select(LoginSession)).all()
    assert not any(token in str(vars(row)) for row in kept)


def test_a_login_gives_a_new_token(app: Flask) -> None:
    client = app.test_client()
    client.get("/login")
    before = cookie(client)
    log_in(client, MAIL)
    assert cookie(client) != before
    assert with_cookie(app, before).get("/").status_code == 302


def test_a_cookie_replayed_after_logout_is_refused(app: Flask) -> None:
    client = come_in(app)
    stolen = cookie(client)
    assert with_cookie(app, stolen).get("/").status_code == 200
    send(client, "/logout", page="/")
    assert with_cookie(app, stolen).get("/").status_code == 302
    assert client.get("/").status_code == 302


@pytest.mark.parametrize("address", [
    "/static/none.js", "/metrics", "/healthz", "/health/none", "/api/v1/families", "/api/v1/none",
])
def test_an_address_that_knows_nobody_leaves_who_works_logged_in(app: Flask, address: str) -> None:
    """Its error page once began a session of its own, in the place of the one that the browser had."""
    client = come_in(app)
    before = cookie(client)
    with app.app_context():
        rows = db.session.query(LoginSession).count()
    for accept in ("text/html", "application/json"):
        answer = client.get(address, headers={"Accept": accept})
        assert "Set-Cookie" not in answer.headers
    assert (cookie(client), client.get("/").status_code) == (before, 200)
    with app.app_context():
        assert db.session.query(LoginSession).count() == rows


def test_a_session_ends_after_half_an_hour_without_use(app: Flask) -> None:
    with time_machine.travel(START, tick=False) as clock:
        client = come_in(app)
        for _ in range(5):
            clock.shift(timedelta(minutes=29))
            assert client.get("/").status_code == 200
        clock.shift(timedelta(minutes=32))
        assert client.get("/").status_code == 302


def test_a_page_that_asks_by_itself_keeps_no_session_alive(app: Flask) -> None:
    with time_machine.travel(START, tick=False) as clock:
        client = come_in(app)
        for _ in range(2):
            clock.shift(timedelta(minutes=14))
            assert client.get("/jobs/list", headers={"X-Requested-With": "refresh"}).status_code == 200
        clock.shift(timedelta(minutes=4))
        assert client.get("/").status_code == 302


def test_a_session_ends_after_twelve_hours_however_busy(app: Flask) -> None:
    with time_machine.travel(START, tick=False) as clock:
        client = come_in(app)
        for _ in range(12 * 3 - 1):
            clock.shift(timedelta(minutes=20))
            assert client.get("/").status_code == 200
        clock.shift(timedelta(minutes=21))
        assert client.get("/").status_code == 302


def test_one_ends_a_session_of_ones_own_on_another_device(app: Flask) -> None:
    here, there = come_in(app), come_in(app)
    ends = re.findall(r'action="(/account/sessions/[^"]+/end)"', here.get("/account/").text)
    assert ends
    for end in ends:
        here.post(end, data=form(here, "/account/"))
        if here.get("/").status_code == 302:
            break
    assert there.get("/").status_code == 302 or here.get("/").status_code == 302


def test_nobody_ends_a_session_of_somebody_else(app: Flask) -> None:
    mine, theirs = come_in(app), come_in(app, "supervisor@semilla.example")
    with app.app_context():
        found = select(LoginSession.id).join(User, User.id == LoginSession.user_id)
        row = db.session.scalars(found.where(User.email == "supervisor@semilla.example")).one()
    answer = send(mine, f"/account/sessions/{row}/end", page="/account/")
    assert answer.status_code == 404
    assert theirs.get("/").status_code == 200


def test_a_member_without_access_is_out_at_the_next_request(app: Flask, semilla: Ngo) -> None:
    client = come_in(app)
    with app.app_context(), tenancy.acting_for(semilla.id):
        found = select(Membership).where(Membership.user_id == semilla.people["caseworker"])
        db.session.scalars(found).one().active = False
        db.session.commit()
    assert client.get("/families/").status_code == 403


def test_an_account_that_is_switched_off_is_out_at_the_next_request(app: Flask, semilla: Ngo) -> None:
    client = come_in(app)
    with app.app_context():
        db.session.get_one(User, semilla.people["caseworker"]).active = False
        db.session.commit()
    assert client.get("/families/").status_code == 302
    assert log_in(app.test_client(), MAIL).status_code == 200


@pytest.mark.parametrize("secure", [True, False])
def test_the_cookie_is_for_this_site_and_for_no_script(app: Flask, secure: bool) -> None:
    with opened(replace(app.config["SETTINGS"], secure_cookies=secure)) as apart:
        answer = apart.test_client().get("/login", base_url="https://127.0.0.1" if secure else "http://127.0.0.1")
    given = answer.headers["Set-Cookie"]
    assert "HttpOnly" in given
    assert "SameSite=Lax" in given
    assert "Domain" not in given
    assert ("Secure" in given) is secure
    assert given.startswith("__Host-ayni=" if secure else "ayni=")
