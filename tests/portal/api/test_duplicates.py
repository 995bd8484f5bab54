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
from tests.portal.api.test_families import Made
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
    assert told.json["items"][-1] == {**shown, "why": ["child"]}
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


def test_a_draft_like_another_case_is_sent_by_a_program_as_on_the_screen(
    program: Program, log_in: LogIn, made: Made, kept: Callable[[type, str], Any]
) -> None:
    by_program, by_screen = made(complete), made(complete)
    assert program.get(f"/families/{by_program}/duplicates").json["items"]
    assert program.post(f"/families/{by_program}/submit", None, If_Match="*").status_code == 200
    browser, page = log_in("supervisor"), f"/families/{by_screen}"
    assert "Se parecen por" in browser.get(page).text
    assert browser.post(f"{page}/move", page, action="submit").status_code == 302
    assert [kept(Family, one).status for one in (by_program, by_screen)] == ["submitted", "submitted"]


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
