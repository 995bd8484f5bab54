"""Tokens: made once, shown once, never more than their person, gone when they should be."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from portal import clock, tenancy
from portal.audit import AuditEvent
from portal.errors import InvalidInputError
from portal.extensions import db
from portal.models import ApiToken, LoginSession, Membership, User
from portal.services import tokens
from tests.ground import Ngo
from tests.portal.worlds import Browser
from tests.programs import Program, token


def kept(app: Flask, ngo: Ngo, token_id: UUID) -> ApiToken:
    with app.app_context(), tenancy.acting_for(ngo.id):
        return db.session.get_one(ApiToken, token_id)


def test_a_token_says_whom_it_acts_for(app: Flask, semilla: Ngo) -> None:
    told = Program.of(app, semilla, "caseworker", ("read:families",)).get("/me").json
    assert (told["person_id"], told["ngo"]) == (str(semilla.people["caseworker"]), "Semilla")
    assert (told["roles"], told["scopes"]) == (["caseworker"], ["read:families"])


def test_the_token_itself_is_not_kept(app: Flask, semilla: Ngo) -> None:
    made, text = token(app, semilla, "caseworker")
    row = kept(app, semilla, made)
    assert text.startswith(f"ayni_{semilla.id.hex}_")
    assert text not in {str(value) for value in vars(row).values()}
    assert row.token_hash != text


def test_its_last_use_is_kept_and_is_no_entry_of_the_trail(app: Flask, semilla: Ngo) -> None:
    made, text = token(app, semilla, "caseworker")
    assert kept(app, semilla, made).used_at is None
    assert Program(app, text).get("/me").status_code == 200
    assert kept(app, semilla, made).used_at is not None
    with app.app_context(), tenancy.acting_for(semilla.id):
        found = select(AuditEvent.action).where(AuditEvent.subject_id == made)
        assert db.session.scalars(found).all() == ["create"]


def test_a_scope_that_is_missing_is_refused_and_noted(app: Flask, semilla: Ngo) -> None:
    reader = Program.of(app, semilla, "supervisor", ("read:families",))
    assert reader.get("/families").status_code == 200
    assert reader.get("/providers").status_code == 403
    with app.app_context(), tenancy.acting_for(semilla.id):
        entry = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "refused")).one()
        assert entry.reason == "scope read:providers"


def test_a_token_may_no_more_than_its_person(works_for: Callable[..., Program]) -> None:
    admin = works_for("ngo_admin")
    assert admin.get("/providers").status_code == 200
    assert admin.get("/families").status_code == 403
    assert works_for("caseworker").post("/families", {}).status_code == 422


def test_who_leaves_takes_their_tokens_along(app: Flask, semilla: Ngo) -> None:
    worker = Program.of(app, semilla, "caseworker")
    assert worker.get("/me").status_code == 200
    with app.app_context(), tenancy.acting_for(semilla.id):
        found = select(Membership).where(Membership.user_id == semilla.people["caseworker"])
        db.session.scalars(found).one().active = False
        db.session.commit()
    assert worker.get("/me").status_code == 401
    assert worker.post("/families", {}).status_code == 401


def test_an_account_that_is_closed_opens_nothing(app: Flask, semilla: Ngo) -> None:
    worker = Program.of(app, semilla, "caseworker")
    with app.app_context():
        db.session.get_one(User, semilla.people["caseworker"]).active = False
        db.session.commit()
    assert worker.get("/me").status_code == 401


def test_a_token_ends_on_its_day(app: Flask, semilla: Ngo) -> None:
    program = Program(app, token(app, semilla, "caseworker", days=30)[1])
    with clock.at(clock.now() + timedelta(days=29)):
        assert program.get("/me").status_code == 200
    with clock.at(clock.now() + timedelta(days=31)):
        assert program.get("/me").status_code == 401


@pytest.mark.parametrize(("name", "scopes", "days", "wrong"), [
    (" ", ["read:families"], 30, "name"), ("x", [], 30, "scopes"), ("x", ["all"], 30, "scopes"),
    ("x", ["read:families"], 366, "days"), ("x", ["read:families"], 0, "days"),
])
def test_a_token_is_for_something_and_for_a_year_at_most(
    app: Flask, semilla: Ngo, name: str, scopes: list[str], days: int, wrong: str
) -> None:
    with app.app_context(), tenancy.acting_for(semilla.id), pytest.raises(InvalidInputError) as error:
        tokens.make(semilla.actor("caseworker"), name, scopes, days)
    assert list(error.value.fields) == [wrong]


def made_on_the_page(person: Browser) -> str:
    answer = person.post("/tokens/make", "/tokens/", name="Tablero", scopes="read:families", days="30")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/tokens/")
    return person.get("/tokens/").text.partition('id="token" readonly value="')[2].partition('"')[0]


def test_a_person_makes_a_token_that_is_shown_once(app: Flask) -> None:
    person = Browser(app, "caseworker@semilla.example")
    text = made_on_the_page(person)
    assert Program(app, text).get("/families").status_code == 200
    again = person.get("/tokens/").text
    assert "Tablero" in again
    assert text not in again


def test_reloading_the_page_of_a_new_token_makes_no_second_one(app: Flask, semilla: Ngo) -> None:
    person = Browser(app, "caseworker@semilla.example")
    assert made_on_the_page(person)
    person.get("/tokens/")
    with app.app_context(), tenancy.acting_for(semilla.id):
        assert len(db.session.scalars(select(ApiToken)).all()) == 1


def test_a_new_token_waits_sealed_and_for_its_own_ngo_alone(app: Flask, semilla: Ngo, wasi: Ngo) -> None:
    with app.app_context(), tenancy.acting_for(wasi.id):
        db.session.add(Membership(user_id=semilla.people["caseworker"], roles=["caseworker"]))
        db.session.commit()
    person = Browser(app, "caseworker@semilla.example")
    work_for(person, semilla)
    person.post("/tokens/make", "/tokens/", name="Tablero", scopes="read:families", days="30")
    with app.app_context(), tenancy.platform_scope("login"):
        sessions = db.session.scalars(select(LoginSession)).all()
        assert [one for one in sessions if "_once" in one.data]
        assert not [one for one in sessions if "ayni_" in str(one.data)]
    work_for(person, wasi)
    assert 'id="token"' not in person.get("/tokens/").text
    work_for(person, semilla)
    assert 'id="token"' in person.get("/tokens/").text
    assert 'id="token"' not in person.get("/tokens/").text


def work_for(person: Browser, ngo: Ngo) -> None:
    assert person.post("/account/ngo", "/account/", tenant=str(ngo.id)).status_code == 302


def test_the_page_says_what_is_missing(app: Flask) -> None:
    person = Browser(app, "caseworker@semilla.example")
    assert person.post("/tokens/make", "/tokens/", name="", days="30").status_code == 422


def test_the_administrator_sees_and_revokes_everybodys(app: Flask, semilla: Ngo) -> None:
    made, text = token(app, semilla, "caseworker")
    admin = Browser(app, "ngo_admin@semilla.example")
    assert "prueba" in admin.get("/tokens/").text
    assert admin.post(f"/tokens/{made}/revoke", "/tokens/").status_code == 302
    assert Program(app, text).get("/me").status_code == 401


def test_nobody_else_sees_or_revokes_it(app: Flask, semilla: Ngo) -> None:
    made, text = token(app, semilla, "caseworker")
    other = Browser(app, "supervisor@semilla.example")
    assert "prueba" not in other.get("/tokens/").text
    assert other.post(f"/tokens/{made}/revoke", "/tokens/").status_code == 403
    assert Program(app, text).get("/me").status_code == 200
