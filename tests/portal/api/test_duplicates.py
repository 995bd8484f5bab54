"""Families that may be the same, before a draft is sent: told alike to programs and on the screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from portal import tenancy
from portal.audit import AuditEvent
from portal.extensions import db
from portal.models import Family
from tests.ground import Ngo
from tests.portal.api.test_families import NEW, Made
from tests.portal.api.test_intakes import complete
from tests.portal.worlds import Browser, World
from tests.programs import Program

LogIn = Callable[..., Browser]


def with_phone(world: World, **values: Any) -> Family:
    """A case that shares the phone and the child of a complete draft."""
    family = world.family(**values)
    family.main_caregiver.phone = "987654321"
    db.session.commit()
    return family


@pytest.fixture
def draft(made: Made) -> str:
    return made(complete)


def test_a_draft_is_told_with_what_is_alike_and_why(program: Program, made: Made, draft: str) -> None:
    assert program.get(f"/families/{draft}/duplicates").json == {"items": []}
    child, phone = made(lambda world: world.family()), made(lambda world: with_phone(world, children=0))
    both = made(with_phone)
    told = program.get(f"/families/{draft}/duplicates")
    assert {one["id"]: one["why"] for one in told.json["items"]} == {
        phone: ["phone"], both: ["phone", "child"], child: ["child"],
    }
    assert told.json["items"][-1]["id"] == child
    one = program.get(f"/families/{child}").json
    shown = {name: one[name] for name in ("id", "code", "name", "status")}
    assert told.json["items"][-1] == {**shown, "why": ["child"], "answered": False}
    assert "987654321" not in told.text


def test_programs_and_the_screen_show_the_same_and_nothing_closed_to_the_reader(
    works_for: Callable[..., Program], log_in: LogIn, made: Made, draft: str, semilla: Ngo, kept: Any
) -> None:
    open_case = made(with_phone)
    closed = made(lambda world: with_phone(world, confidential=True, caseworker_id=semilla.people["supervisor"]))
    for role, seen in (("caseworker", {open_case}), ("supervisor", {open_case, closed})):
        told = works_for(role).get(f"/families/{draft}/duplicates").json["items"]
        assert {one["id"] for one in told} == seen
        page = log_in(role).get(f"/families/{draft}").text
        assert {one for one in (open_case, closed) if f"/families/{one}" in page} == seen


def test_a_draft_is_sent_by_a_program_once_somebody_looked_at_each_that_is_alike(
    program: Program, made: Made, draft: str, kept: Callable[[type, str], Any], semilla: Ngo
) -> None:
    page, others = f"/families/{draft}", [made(with_phone), made(with_phone)]
    assert program.get(page).json["missing"] == ["duplicates"]
    refused = program.post(f"{page}/submit", None, If_Match="*")
    assert refused.status_code == 409
    assert [(one["code"], one["what"]) for one in refused.json["reasons"]] == [("missing", "duplicates")]
    for other in others:
        said = program.post(f"{page}/duplicates", {"family_id": other, "same": False})
        assert said.status_code == 200
    assert said.json["missing"] == []
    assert {one["answered"] for one in program.get(f"{page}/duplicates").json["items"]} == {True}
    told = kept(Family, draft).told_apart
    assert {one["by"] for one in told.values()} == {str(semilla.people["supervisor"])}
    assert program.post(f"{page}/submit", None, If_Match="*").json["status"] == "submitted"


def test_a_program_closes_a_draft_as_the_same_family(
    program: Program, made: Made, draft: str, kept: Callable[[type, str], Any]
) -> None:
    other = made(with_phone)
    closed = program.post(f"/families/{draft}/duplicates", {"family_id": other, "same": True})
    assert (closed.status_code, closed.json["status"]) == (200, "closed")
    assert kept(Family, draft).duplicate_of_id == UUID(other)
    again = program.post(f"/families/{draft}/duplicates", {"family_id": other, "same": False})
    assert (again.status_code, again.json["reasons"][0]["code"]) == (409, "moved_on")


def test_only_what_is_alike_is_answered(program: Program, made: Made, draft: str) -> None:
    stranger = made(lambda world: world.family(children=0))
    for same in (True, False):
        said = program.post(f"/families/{draft}/duplicates", {"family_id": stranger, "same": same})
        assert said.status_code == 404


def test_who_registers_a_known_phone_as_another_family_has_answered(program: Program, made: Made) -> None:
    made(lambda world: with_phone(world, children=0))
    caregiver = {**NEW["caregiver"], "phone": "987654321"}
    new = program.post("/families", {**NEW, "caregiver": caregiver, "confirmed": True})
    assert new.status_code == 201
    assert "duplicates" not in new.json["missing"]


def test_asking_is_a_reading_of_the_family(
    app: Flask, semilla: Ngo, works_for: Callable[..., Program], program: Program, draft: str
) -> None:
    assert works_for("supervisor", "write:families").get(f"/families/{draft}/duplicates").status_code == 403
    tag = program.get(f"/families/{draft}/duplicates").headers["ETag"]
    assert program.get(f"/families/{draft}/duplicates", If_None_Match=tag).status_code == 304
    with app.app_context(), tenancy.acting_for(semilla.id):
        found = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "read")).all()
        assert {one.subject_id for one in found} == {UUID(draft)}


def test_a_known_phone_names_no_confidential_case_to_whom_it_is_closed(
    log_in: LogIn, made: Made, semilla: Ngo
) -> None:
    closed = made(lambda world: with_phone(world, confidential=True, caseworker_id=semilla.people["supervisor"]))
    sent = {
        "given_names": "Ana", "paternal_surname": "Ramos", "relation": "mother", "phone": "987654321",
        "phone_owner": "own", "ubigeo": "150132", "no_document_reason": "in_process",
    }
    for role, is_seen in (("caseworker", False), ("supervisor", True)):
        page = log_in(role).post("/families/new", "/families/new", **sent)
        assert "Ese teléfono ya está en otro caso" in page.text
        assert (f"/families/{closed}" in page.text) is is_seen
        assert ("Un caso confidencial" in page.text) is not is_seen
