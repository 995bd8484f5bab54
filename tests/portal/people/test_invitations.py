"""Invitations: a link by mail, for one person, once, for a week."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import time_machine
from flask import Flask

from portal import tenancy
from portal.extensions import db
from portal.models import Invitation, Membership
from portal.queries import people
from tests.ground import PASSWORD, Ngo
from tests.portal.people.doors import form, log_in, mails, send
from tests.portal.worlds import Browser

GUEST = "nueva@correo.example"
NEW = "otra clave bien larga"
NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


def invite(app: Flask, folder: Path, email: str = GUEST, roles: tuple[str, ...] = ("caseworker",)) -> str:
    """The address in the mail."""
    admin = Browser(app, "ngo_admin@semilla.example")
    answer = admin.post("/team/invite", "/team/", name="Nueva Persona", email=email, roles=list(roles))
    assert answer.status_code == 302
    found = re.search(r"https?://\S+/account/invitation/\S+", mails(folder)[-1])
    assert found
    return urlsplit(found[0]).path


def accept(app: Flask, link: str, password: str = NEW) -> int:
    return int(send(app.test_client(), link, name="Nueva", password=password, repeated=password).status_code)


def test_the_link_makes_an_account_with_the_role_it_was_given(app: Flask, tmp_path: Path) -> None:
    link = invite(app, tmp_path, roles=("supervisor",))
    assert accept(app, link) == 302
    client = app.test_client()
    assert log_in(client, GUEST, NEW).status_code == 302
    assert client.get("/queue/").status_code == 200
    assert client.get("/settings/").status_code == 403


def test_the_link_works_once(app: Flask, tmp_path: Path) -> None:
    link = invite(app, tmp_path)
    assert accept(app, link) == 302
    again = app.test_client().get(link)
    assert (again.status_code, "pida otra invitación" in again.text) == (404, True)
    client = app.test_client()
    assert client.post(link, data={**form(client, "/login"), "password": NEW, "repeated": NEW}).status_code == 404


def test_the_link_ends_after_a_week(app: Flask, tmp_path: Path) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        link = invite(app, tmp_path)
        clock.shift(timedelta(days=7, seconds=-1))
        assert app.test_client().get(link).status_code == 200
        clock.shift(timedelta(seconds=1))
        assert app.test_client().get(link).status_code == 404


def test_a_revoked_link_opens_nothing(app: Flask, tmp_path: Path, semilla: Ngo) -> None:
    link = invite(app, tmp_path)
    with app.app_context(), tenancy.acting_for(semilla.id):
        row = db.session.query(Invitation).one().id
    assert Browser(app, "ngo_admin@semilla.example").post(
        f"/team/invitations/{row}/revoke", "/team/"
    ).status_code == 302
    assert app.test_client().get(link).status_code == 404


@pytest.mark.parametrize("change", ["token", "tenant"])
def test_a_link_with_anything_changed_opens_nothing(app: Flask, tmp_path: Path, wasi: Ngo, change: str) -> None:
    link = invite(app, tmp_path)
    start, tenant, token = link.rsplit("/", 2)
    other = f"{start}/{tenant}/{token[:-2]}xx" if change == "token" else f"{start}/{wasi.id}/{token}"
    assert app.test_client().get(other).status_code == 404


def test_only_the_hash_of_the_token_is_kept(app: Flask, tmp_path: Path, semilla: Ngo) -> None:
    token = invite(app, tmp_path).rpartition("/")[2]
    with app.app_context(), tenancy.acting_for(semilla.id):
        assert token not in repr(vars(db.session.query(Invitation).one()))


@pytest.mark.parametrize(("password", "repeated"), [("corta", "corta"), (NEW, "otra distinta y larga"), ("", "")])
def test_a_password_that_does_not_do_is_asked_for_again(
    app: Flask, tmp_path: Path, password: str, repeated: str
) -> None:
    link = invite(app, tmp_path)
    answer = send(app.test_client(), link, name="Nueva", password=password, repeated=repeated)
    assert answer.status_code == 422
    assert log_in(app.test_client(), GUEST, password or "x").status_code == 200
    assert accept(app, link) == 302


def test_an_account_of_another_ngo_proves_itself_and_keeps_its_password(app: Flask, tmp_path: Path) -> None:
    link = invite(app, tmp_path, email="supervisor@wasi.example")
    assert accept(app, link, "no es la suya, larga") == 422
    assert accept(app, link, PASSWORD) == 302
    assert log_in(app.test_client(), "supervisor@wasi.example", PASSWORD).status_code == 302


def test_an_invitation_takes_no_role_away(app: Flask, tmp_path: Path, semilla: Ngo, wasi: Ngo) -> None:
    """Who was invited twice and administers the NGO by now, say: it must not lose its administration by the second."""
    link = invite(app, tmp_path, email="supervisor@wasi.example")
    with app.app_context(), tenancy.acting_for(semilla.id):
        db.session.add(Membership(user_id=wasi.people["supervisor"], roles=["ngo_admin"]))
        db.session.commit()
    assert accept(app, link, PASSWORD) == 302
    with app.app_context(), tenancy.acting_for(semilla.id):
        member = people.member(wasi.people["supervisor"])
        assert member is not None
        assert set(member.roles) == {"ngo_admin", "caseworker"}


@pytest.mark.parametrize("email", ["caseworker@semilla.example", "Caseworker@Semilla.Example"])
def test_who_works_here_is_not_invited_again(app: Flask, tmp_path: Path, semilla: Ngo, email: str) -> None:
    admin = Browser(app, "ngo_admin@semilla.example")
    answer = admin.post("/team/invite", "/team/", name="Otra vez", email=email, roles=["supervisor"])
    assert answer.status_code == 422
    assert "Esa persona ya está en el equipo" in answer.text
    assert mails(tmp_path) == []
    with app.app_context(), tenancy.acting_for(semilla.id):
        assert db.session.query(Invitation).count() == 0


def test_who_left_is_invited_back_and_a_stranger_is_told_from_nobody(
    app: Flask, tmp_path: Path, semilla: Ngo
) -> None:
    with app.app_context(), tenancy.acting_for(semilla.id):
        people.member(semilla.people["caseworker"]).active = False
        db.session.commit()
    for email in ("caseworker@semilla.example", "supervisor@wasi.example", GUEST):
        assert invite(app, tmp_path, email=email)


@pytest.mark.parametrize("roles", [[], ["operator"], ["system"], ["caseworker", "operator"]])
def test_no_role_is_given_that_an_ngo_has_not(app: Flask, semilla: Ngo, roles: list[str]) -> None:
    admin = Browser(app, "ngo_admin@semilla.example")
    assert admin.post("/team/invite", "/team/", name="X", email=GUEST, roles=roles).status_code == 422
    with app.app_context(), tenancy.acting_for(semilla.id):
        assert db.session.query(Invitation).count() == 0
