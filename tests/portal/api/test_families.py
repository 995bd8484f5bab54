"""Families as programs read and write them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select

from portal import clock, tenancy
from portal.audit import AuditEvent
from portal.extensions import db
from portal.models import Family
from tests.ground import Ngo
from tests.portal.worlds import World
from tests.programs import Program

Made = Callable[[Callable[[World], Any]], str]
NEW = {
    "caregiver": {
        "given_names": "Rosa", "paternal_surname": "Quispe", "relation": "mother", "phone": "987654321",
        "phone_owner": "own", "dni": "12345678",
    },
    "ubigeo": "150132",
}
HOME = {"ubigeo": "150132", "sisfoh": "pobre", "adults": 2, "address": "Jr. Los Pinos 123"}
CARE = {
    "max_monthly_fee_pen": 150.5, "max_distance_km": 3, "siblings": "together", "language": "quy",
    "other_languages": ["es"], "priority": "1", "story": "Trabajo de noche.",
}


def child(**values: Any) -> dict[str, Any]:
    born = clock.today() - timedelta(days=900)
    return {"given_names": "Luz", "birth_date": born.isoformat(), "schedule": "lun-vie 7:00-17:00", **values}


def test_a_draft_is_made_and_read_again(program: Program) -> None:
    made = program.post("/families", {**NEW, "children": [child()]})
    assert made.status_code == 201
    again = program.ask("GET", made.headers["Location"].removeprefix("/api/v1"))
    assert again.headers["ETag"] == made.headers["ETag"]
    assert again.json == made.json
    assert (again.json["status"], again.json["name"]) == ("draft", "Rosa Quispe")
    assert again.json["children"][0]["schedule"] == "mon-fri 07:00-17:00"
    assert "12345678" not in again.text
    assert "987654321" not in again.text


def test_what_the_page_refuses_is_refused_with_its_place(program: Program) -> None:
    old = child(birth_date="2010-01-01")
    wrong = program.post("/families", {**NEW, "ubigeo": "999999", "children": [old]})
    assert wrong.status_code == 422
    assert [one["pointer"] for one in wrong.json["errors"]] == ["/ubigeo"]
    late = program.post("/families", {**NEW, "children": [old]})
    assert [one["pointer"] for one in late.json["errors"]] == ["/children/0/birth_date"]


def test_a_known_dni_is_refused_and_nothing_is_kept(program: Program, app: Flask, semilla: Ngo) -> None:
    assert program.post("/families", NEW).status_code == 201
    twice = program.post("/families", {**NEW, "confirmed": True})
    assert (twice.status_code, twice.json["errors"][0]["pointer"]) == (409, "/caregiver/dni")
    with app.app_context(), tenancy.acting_for(semilla.id):
        assert len(db.session.scalars(select(Family)).all()) == 1


def test_a_known_phone_asks_for_a_second_look(program: Program) -> None:
    program.post("/families", NEW)
    other = {**NEW, "caregiver": {**NEW["caregiver"], "dni": "87654321"}}
    asked = program.post("/families", other)
    assert (asked.status_code, asked.json["reasons"][0]["code"]) == (409, "maybe_known")
    assert program.post("/families", {**other, "confirmed": True}).status_code == 201


def test_a_change_names_its_version(program: Program, made: Made) -> None:
    family = f"/families/{made(lambda world: world.family())}"
    assert program.patch(family, {"care": CARE}).status_code == 428
    assert program.patch(family, {"care": CARE}, If_Match='"99"').status_code == 412
    seen = program.get(family).headers["ETag"]
    changed = program.patch(family, {"care": CARE, "home": HOME}, If_Match=seen)
    assert changed.status_code == 200
    assert (changed.json["languages"], changed.json["priority"]) == (["quy", "es"], 1)
    assert program.patch(family, {"care": CARE}, If_Match=seen).status_code == 412


def test_a_section_is_held_to_what_its_page_is_held_to(program: Program, made: Made) -> None:
    family = f"/families/{made(lambda world: world.family())}"
    tag = program.get(family).headers["ETag"]
    far = program.patch(family, {"care": {**CARE, "max_distance_km": 500}}, If_Match=tag)
    assert [one["pointer"] for one in far.json["errors"]] == ["/care/max_distance_km"]
    nothing = program.patch(family, {}, If_Match=tag)
    assert (nothing.status_code, nothing.headers["ETag"]) == (200, tag)


def test_a_list_goes_on_where_it_stopped(program: Program, made: Made) -> None:
    ids = {made(lambda world: world.family()) for _ in range(5)}
    seen: list[str] = []
    cursor = ""
    while cursor is not None:
        page = program.get(f"/families?limit=2{cursor and '&cursor=' + cursor}").json
        seen += [one["id"] for one in page["items"]]
        cursor = page["next"]
    assert sorted(seen) == sorted(ids)


def test_a_list_is_narrowed(program: Program, made: Made) -> None:
    made(lambda world: world.family())
    paused = made(lambda world: world.family(status="paused"))
    assert [one["id"] for one in program.get("/families?status=paused").json["items"]] == [paused]
    assert program.get("/families?mine=true").json["items"] == []


def test_what_is_sealed_is_in_no_list(program: Program, made: Made) -> None:
    made(lambda world: world.family(story="Muy reservado", address="Jr. Los Pinos 123"))
    answer = program.get("/families").text
    assert "reservado" not in answer
    assert "Pinos" not in answer


def test_a_case_is_read_with_its_story_and_the_trail_says_so(
    program: Program, made: Made, app: Flask, semilla: Ngo
) -> None:
    family = made(lambda world: world.family(story="Trabajo de noche.", address="Jr. Los Pinos 123"))
    read = program.get(f"/families/{family}")
    assert read.json["story"] == "Trabajo de noche."
    assert "Pinos" not in read.text
    with app.app_context(), tenancy.acting_for(semilla.id):
        entry = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "read")).one()
        assert (str(entry.subject_id), entry.author_name) == (family, "Supervisor · prueba")


def test_a_sealed_value_needs_a_reason_that_stays_in_the_trail(
    program: Program, made: Made, app: Flask, semilla: Ngo
) -> None:
    family = made(lambda world: world.family(address="Jr. Los Pinos 123"))
    asked = {"field": "address", "reason": "Visita a la familia"}
    assert program.post(f"/families/{family}/reveal", {**asked, "reason": "   x  "}).status_code == 422
    assert program.post(f"/families/{family}/reveal", asked).json == {"field": "address", "value": "Jr. Los Pinos 123"}
    with app.app_context(), tenancy.acting_for(semilla.id):
        entry = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "reveal")).one()
        assert (entry.fields, entry.reason) == (["address"], "Visita a la familia")


def test_a_confidential_case_is_for_its_own_people(works_for: Callable[..., Program], made: Made, semilla: Ngo) -> None:
    theirs = made(lambda world: world.family(confidential=True, caseworker_id=semilla.people["supervisor"]))
    worker = works_for("caseworker")
    assert worker.get("/families").json["items"] == []
    assert worker.get(f"/families/{theirs}").status_code == 403
    assert works_for("supervisor").get(f"/families/{theirs}").status_code == 200
