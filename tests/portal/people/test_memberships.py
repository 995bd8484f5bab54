"""People of several NGOs: one at a time, each with its own role."""

from __future__ import annotations

import pytest
from flask import Flask

from portal import tenancy
from portal.extensions import db
from portal.models import Membership
from tests.ground import Ngo
from tests.portal.people.doors import form, log_in
from tests.portal.worlds import Browser

MAIL = "caseworker@semilla.example"


@pytest.fixture
def both(app: Flask, semilla: Ngo, wasi: Ngo) -> Browser:
    """A caseworker of one NGO who supervises at the other, logged in."""
    with app.app_context(), tenancy.acting_for(wasi.id):
        db.session.add(Membership(user_id=semilla.people["caseworker"], roles=["supervisor"]))
        db.session.commit()
    return Browser(app, MAIL)


def choose(person: Browser, ngo: object) -> int:
    data = {**form(person.client, "/account/"), "tenant": str(ngo)}
    return int(person.client.post("/account/ngo", data=data).status_code)


def test_with_one_ngo_there_is_nothing_to_choose(app: Flask) -> None:
    client = app.test_client()
    assert log_in(client, MAIL).headers["Location"] == "/"
    assert client.get("/families/").status_code == 200


def test_with_several_the_person_is_asked_before_anything_is_shown(both: Browser) -> None:
    home = both.get("/")
    assert home.status_code in {200, 302}
    if home.status_code == 302:
        assert home.headers["Location"] == "/account/"
    else:
        assert 'href="/account/"' in home.text
    assert both.get("/families/").status_code == 403
    page = both.get("/account/").text
    assert "Semilla" in page
    assert "Wasi" in page


def test_the_role_is_the_one_of_the_ngo_one_works_for(both: Browser, semilla: Ngo, wasi: Ngo) -> None:
    assert choose(both, semilla.id) == 302
    assert both.get("/families/").status_code == 200
    assert both.get("/queue/").status_code == 403
    assert choose(both, wasi.id) == 302
    assert both.get("/queue/").status_code == 200


def test_one_works_for_no_ngo_one_is_not_a_member_of(app: Flask, wasi: Ngo) -> None:
    person = Browser(app, MAIL)
    assert choose(person, wasi.id) == 404
    assert choose(person, "x") == 404
    assert person.get("/families/").status_code == 200
