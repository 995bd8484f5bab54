"""The platform's operator: inside an NGO only by a declared act, for a time, and in that NGO's trail."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from portal import tenancy
from portal.audit import AuditEvent
from portal.extensions import db
from tests.ground import OPERATOR, Ngo
from tests.portal.worlds import Browser

WHY = "Revisar un error que la ONG reportó por teléfono"
NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
CONTENT = ("/families/", "/providers/", "/queue/", "/placements/", "/followups/", "/search/", "/team/", "/settings/")


def enter(app: Flask, ngo: Ngo, **values: object) -> Browser:
    person = Browser(app, OPERATOR)
    person.answer = person.post(f"/tenants/{ngo.id}/enter", "/tenants/", **{"reason": WHY, "minutes": 15, **values})
    return person


def trail(app: Flask, ngo: Ngo) -> list[tuple[str, str, str]]:
    with app.app_context(), tenancy.acting_for(ngo.id):
        rows = db.session.scalars(select(AuditEvent).order_by(AuditEvent.number)).all()
        return [(row.action, row.author_name, row.reason) for row in rows]


def test_outside_every_ngo_there_is_nothing_to_see(app: Flask) -> None:
    person = Browser(app, OPERATOR)
    assert person.get("/tenants/").status_code == 200
    for url in (*CONTENT, "/trail/"):
        assert person.get(url).status_code == 403, url


def test_the_act_is_in_the_trail_of_the_ngo_with_its_reason(app: Flask, semilla: Ngo, wasi: Ngo) -> None:
    person = enter(app, semilla)
    assert person.answer.status_code == 302
    assert person.get("/trail/").status_code == 200
    assert ("enter", "Operación", WHY) in trail(app, semilla)
    assert not any(action == "enter" for action, _, _ in trail(app, wasi))


@pytest.mark.parametrize("values", [
    {"reason": ""}, {"reason": "corto"}, {"reason": "         x"}, {"minutes": 0}, {"minutes": 100_000},
    {"minutes": "x"},
])
def test_without_a_reason_or_a_time_the_door_stays_shut(app: Flask, semilla: Ngo, values: dict[str, object]) -> None:
    person = enter(app, semilla, **values)
    assert person.answer.status_code == 422
    assert person.get("/trail/").status_code == 403
    assert not any(action == "enter" for action, _, _ in trail(app, semilla))


def test_inside_there_is_the_trail_and_no_family(app: Flask, semilla: Ngo) -> None:
    person = enter(app, semilla)
    for url in CONTENT:
        assert person.get(url).status_code == 403, url


def test_the_access_ends_by_itself(app: Flask, semilla: Ngo) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        person = enter(app, semilla)
        clock.shift(timedelta(minutes=14))
        assert person.get("/trail/").status_code == 200
        clock.shift(timedelta(minutes=2))
        assert person.get("/trail/").status_code == 403


def test_leaving_is_in_the_trail_too_and_shuts_the_door(app: Flask, semilla: Ngo) -> None:
    person = enter(app, semilla)
    assert person.post("/tenants/leave", "/tenants/").status_code == 302
    assert person.get("/trail/").status_code == 403
    assert any(action == "leave" for action, _, _ in trail(app, semilla))


def test_nobody_of_an_ngo_goes_in_that_way(app: Flask, wasi: Ngo) -> None:
    admin = Browser(app, "ngo_admin@semilla.example")
    answer = admin.post(f"/tenants/{wasi.id}/enter", "/", reason=WHY, minutes=15)
    assert answer.status_code == 403
