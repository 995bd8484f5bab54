"""The screens of webhooks: for who administers the NGO, with secrets that are shown once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select
from standardwebhooks import Webhook as Verifier

from portal import clock, tenancy
from portal.audit import AuditEvent
from portal.extensions import db
from portal.models import Webhook
from portal.services.webhooks import MOST
from tests.ground import Ngo
from tests.portal.webhooks.conftest import Hook, Hooked, Work
from tests.portal.webhooks.receiver import Receiver
from tests.portal.worlds import Browser

LogIn = Callable[..., Browser]
GIVEN = {"name": "Becas", "address": "https://becas.example/hook?key=SECRETO", "events": ["family.submitted"]}


@pytest.fixture
def admin(log_in: LogIn) -> Browser:
    return log_in("ngo_admin")


def shown_once(person: Browser, answer: Any) -> str:
    """The secret on the page a form leads to: reloading that page sends no form again."""
    assert answer.status_code == 302
    return secret_of(person.get(answer.headers["Location"]).text)


def secret_of(text: str) -> str:
    return text.partition('id="secret" readonly value="')[2].partition('"')[0]


def rows(app: Flask, ngo: Ngo) -> list[Any]:
    with app.app_context(), tenancy.acting_for(ngo.id):
        return list(db.session.scalars(select(Webhook)))


def trail(app: Flask, ngo: Ngo) -> list[str]:
    with app.app_context(), tenancy.acting_for(ngo.id):
        found = select(AuditEvent).where(AuditEvent.subject_type == "webhook").order_by(AuditEvent.number)
        return [one.action for one in db.session.scalars(found)]


def test_a_webhook_is_added_and_its_secret_is_shown_once_and_kept_sealed(
    app: Flask, semilla: Ngo, admin: Browser
) -> None:
    secret = shown_once(admin, admin.post("/webhooks/add", "/webhooks/", **GIVEN))
    assert Verifier(secret)
    (row,) = rows(app, semilla)
    kept = {str(value) for value in vars(row).values()}
    assert not any(secret in one or "SECRETO" in one for one in kept)
    for again in (admin.get("/webhooks/").text, admin.get(f"/webhooks/{row.id}").text):
        assert "Becas" in again
        assert secret not in again
    assert trail(app, semilla) == ["create"]


@pytest.mark.parametrize(("given", "said"), [
    ({"address": "http://becas.example/"}, "La dirección debe empezar con https://."),
    ({"address": "https://192.168.0.1/"}, "Esa dirección es de una red interna: hace falta una pública."),
    ({"address": "https://becas.example:8443/"}, "Solo se permite el puerto 443."),
    ({"address": "becas"}, "Escriba una dirección completa"), ({"name": ""}, ""), ({"events": []}, ""),
    ({"events": ["of.a.newer.version"]}, ""), ({"name": "x" * 61}, ""),
])
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_kept(
    app: Flask, semilla: Ngo, admin: Browser, given: dict[str, Any], said: str
) -> None:
    page = admin.post("/webhooks/add", "/webhooks/", **{**GIVEN, **given})
    assert page.status_code == 422
    assert said in page.text
    assert rows(app, semilla) == []


def test_an_ngo_has_so_many_at_most(app: Flask, semilla: Ngo, admin: Browser) -> None:
    for _ in range(MOST):
        assert admin.post("/webhooks/add", "/webhooks/", **GIVEN).status_code == 302
    page = admin.post("/webhooks/add", "/webhooks/", **GIVEN)
    assert (page.status_code, len(rows(app, semilla))) == (409, MOST)
    assert "Ya hay 10 avisos" in page.text


def test_it_is_changed_rotated_switched_and_deleted_and_the_trail_tells(
    app: Flask, semilla: Ngo, admin: Browser
) -> None:
    first = shown_once(admin, admin.post("/webhooks/add", "/webhooks/", **GIVEN))
    (row,) = rows(app, semilla)
    page = f"/webhooks/{row.id}"
    changed = {"name": "Tablero", "address": "https://tablero.example/", "events": ["placement.ended"]}
    assert admin.post(f"{page}/edit", page, **changed).status_code == 302
    assert "https://tablero.example/" in admin.get(page).text
    second = shown_once(admin, admin.post(f"{page}/rotate", page))
    assert second not in {"", first}
    for action, status in (("off", "off"), ("on", "active")):
        assert admin.post(f"{page}/{action}", page).status_code == 302
        assert rows(app, semilla)[0].status == status
    assert admin.post(f"{page}/delete", page).status_code == 302
    assert rows(app, semilla) == []
    found = trail(app, semilla)
    assert found.count("update") == 4
    assert [one for one in found if one != "update"] == ["create", "rotate", "delete"]


def test_a_change_made_for_an_older_version_is_refused(app: Flask, semilla: Ngo, admin: Browser) -> None:
    admin.post("/webhooks/add", "/webhooks/", **GIVEN)
    page = f"/webhooks/{rows(app, semilla)[0].id}"
    old = admin.hidden(page)
    assert admin.post(f"{page}/edit", page, **{**GIVEN, "name": "Otro"}).status_code == 302
    assert admin.post(f"{page}/edit", page, **{**GIVEN, **old, "name": "Tercero"}).status_code == 409
    assert rows(app, semilla)[0].name == "Otro"


def test_a_test_is_sent_and_its_answer_is_shown_without_its_body(
    admin: Browser, hooked: Hooked, there: Receiver, work: Work
) -> None:
    hook, page = hooked(there.address), ""
    page = f"/webhooks/{hook.id}"
    there.answers = [(500, {}, b"ZZ-A-STACK-TRACE")]
    assert admin.post(f"{page}/test", page).status_code == 302
    work()
    shown = admin.get(page).text
    assert "HTTP 500" in shown
    assert "ZZ-A-STACK-TRACE" not in shown
    there.answer(204)
    (message,) = hook.messages()
    assert admin.post(f"/webhooks/deliveries/{message.id}/again", page).status_code == 302
    work()
    assert "Entregado" in admin.get(page).text
    assert there.ids == [str(message.id)] * 2


def test_many_messages_are_shown_page_by_page(admin: Browser, hooked: Hooked, there: Receiver) -> None:
    hook: Hook = hooked(there.address)
    for _ in range(26):
        hook.test()
    page = admin.get(f"/webhooks/{hook.id}").text
    assert page.count("<code>webhook.test</code>") == 25
    assert admin.get(f"/webhooks/{hook.id}?page=1").text.count("<code>webhook.test</code>") == 1


def test_my_day_says_that_one_was_switched_off(admin: Browser, hooked: Hooked, there: Receiver) -> None:
    hook = hooked(there.address)
    line = "1 aviso a otro sistema se apagó por fallar"
    assert line not in admin.get("/").text
    hook.change(lambda row: setattr(row, "status", "disabled"))
    assert line in admin.get("/").text
    assert "Falló durante días" in admin.get(f"/webhooks/{hook.id}").text


@pytest.mark.parametrize("role", ["caseworker", "supervisor"])
def test_nobody_else_sees_or_changes_them(log_in: LogIn, hooked: Hooked, there: Receiver, role: str) -> None:
    hook, person = hooked(there.address), log_in(role)
    assert person.get("/webhooks/").status_code == 403
    assert "/webhooks/" not in person.get("/tokens/").text
    for action in ("edit", "rotate", "delete", "off", "test"):
        assert person.post(f"/webhooks/{hook.id}/{action}", "/", **GIVEN).status_code == 403
    assert hook.row() is not None


def test_the_administrator_of_another_ngo_finds_none_of_it(log_in: LogIn, hooked: Hooked, there: Receiver) -> None:
    hook, other = hooked(there.address), log_in("ngo_admin", "wasi")
    message = hook.test()
    assert "Becas" not in other.get("/webhooks/").text
    for known, unknown in ((hook.id, uuid4()),):
        assert other.get(f"/webhooks/{known}").status_code == other.get(f"/webhooks/{unknown}").status_code == 404
        for action in ("edit", "rotate", "delete", "off", "on", "test"):
            assert other.post(f"/webhooks/{known}/{action}", "/", **GIVEN).status_code == 404
    assert other.post(f"/webhooks/deliveries/{message}/again", "/").status_code == 404
    assert (hook.row().version, len(hook.messages())) == (1, 1)


def test_the_page_tells_since_when_it_fails(admin: Browser, hooked: Hooked, there: Receiver, work: Work) -> None:
    hook = hooked(there.address)
    there.answer(500)
    hook.tell()
    work()
    shown = admin.get(f"/webhooks/{hook.id}").text
    assert "Falla desde el" in shown
    assert "otro intento:" in shown
    with clock.at(clock.now() + timedelta(seconds=7)):
        work()
    assert "(2)" in admin.get(f"/webhooks/{hook.id}").text


def test_an_unknown_move_is_not_found(admin: Browser, hooked: Hooked, there: Receiver) -> None:
    hook = hooked(there.address)
    assert admin.post(f"/webhooks/{hook.id}/explode", "/").status_code == 404


def test_every_kind_of_result_is_worded_in_the_table(admin: Browser, hooked: Hooked, work: Work) -> None:
    hook = hooked("http://127.0.0.1:9/")
    hook.test()
    work()
    assert "El servidor no responde" in admin.get(f"/webhooks/{hook.id}").text
