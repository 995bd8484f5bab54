"""A need that a text of a case names is ticked or said not to be before the case is sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.audit import AuditEvent
from portal.demo.stage import records
from portal.errors import ConflictError, NotAllowedError
from portal.extensions import db
from portal.models import Family
from portal.services import intakes, told
from portal.services.matching import named
from tests.ground import Ngo
from tests.portal.api.test_intakes import complete
from tests.portal.casework.test_alike import lacks
from tests.portal.worlds import Browser, World
from tests.programs import Program

NOTE = "Tiene asma y usa inhalador azul en las noches."
LogIn = Callable[..., Browser]
Made = Callable[[Callable[[World], Any]], str]
Kept = Callable[[type, str], Any]


def wheezing(world: World, note: str = NOTE) -> Family:
    """A draft that lacks nothing, but whose child's note tells of an asthma that nobody ticked."""
    family = complete(world)
    family.children[0].health_note = note
    db.session.commit()
    return family


@pytest.fixture
def draft(made: Made) -> str:
    return made(wheezing)


@pytest.fixture
def program(app: Flask, semilla: Ngo) -> Program:
    return Program.of(app, semilla)


def test_a_case_is_not_sent_before_the_asthma_of_a_note_is_ticked(world: World) -> None:
    family = wheezing(world)
    with pytest.raises(ConflictError) as refused:
        intakes.submit(world.worker, family)
    assert lacks(refused) == {"need:asthma"}
    family.children[0].special_needs = ["asthma"]
    intakes.submit(world.worker, family)
    assert family.status == "submitted"


def test_what_another_child_has_ticked_is_asked_of_this_one(world: World) -> None:
    family = world.family(children=2)
    first, second = family.children
    first.special_needs = ["asthma"]
    second.health_note = NOTE
    (asked,) = told.unticked(family)
    assert (asked.need, asked.words, asked.child) == ("asthma", "", second)
    family.story = "Mi niña tiene asma."
    assert [one.words for one in told.unticked(family)] == [""]


def test_a_no_holds_until_the_text_changes(world: World) -> None:
    family = wheezing(world)
    told.not_needed(world.worker, family, ["asthma"])
    intakes.submit(world.worker, family)
    intakes.ask(world.supervisor, family, "Falta el carné.")
    db.session.commit()
    assert told.unticked(family) == []
    family.story = "Trabajo de noche y los domingos."
    family.children[0].surnames = "Quispe Ramos"
    intakes.submit(world.worker, family)
    intakes.ask(world.supervisor, family, "Falta el carné.")
    family.children[0].health_note = "Tuvo asma otra vez en mayo."
    with pytest.raises(ConflictError) as refused:
        intakes.submit(world.worker, family)
    assert lacks(refused) == {"need:asthma"}


def test_after_a_return_only_what_is_new_is_asked(world: World) -> None:
    family = wheezing(world)
    told.not_needed(world.worker, family, ["asthma"])
    intakes.submit(world.worker, family)
    intakes.ask(world.supervisor, family, "Falta el carné.")
    family.story = "Trabajo de noche. Mi niña usa sonda para comer."
    with pytest.raises(ConflictError) as refused:
        intakes.submit(world.worker, family)
    assert lacks(refused) == {"need:medical_device"}


def test_only_what_is_asked_is_answered_by_who_works_the_case(world: World) -> None:
    family = wheezing(world)
    with pytest.raises(ConflictError):
        told.not_needed(world.worker, family, ["asthma", "medical_device"])
    assert family.not_needed == {}
    family.caseworker_id = world.supervisor.id
    with pytest.raises(NotAllowedError):
        told.not_needed(world.worker, family, ["asthma"])


def test_what_is_kept_of_a_no_tells_nothing_of_the_note(world: World) -> None:
    family = wheezing(world)
    told.not_needed(world.worker, family, ["asthma"])
    db.session.commit()
    said = family.not_needed["asthma"]
    assert (said["by"], said["name"]) == (str(world.worker.id), "Caseworker")
    assert "inhalador" not in str(said)
    assert [len(one) for one in said["of"]] == [32]
    entry = db.session.scalars(select(AuditEvent).order_by(AuditEvent.number.desc())).first()
    assert (entry.action, entry.subject_id) == ("update", family.id)
    assert "not_needed" in entry.fields


def test_the_case_file_names_the_need_quotes_no_note_and_keeps_the_answer(
    log_in: LogIn, draft: str, kept: Kept
) -> None:
    person, page = log_in("caseworker"), f"/families/{draft}"
    shown = person.get(page).text
    assert "La nota de salud de Luz 0 lo nombra:" in shown
    assert 'href="#told"' in shown
    assert "inhalador" not in shown
    refused = person.post(f"{page}/move", page, action="submit")
    assert refused.status_code == 409
    assert "Decir si hay que marcar «Asma»" in refused.text
    old = person.hidden(page)
    assert person.post(f"{page}/not-needed", page, need="hearing").status_code == 409
    assert person.post(f"{page}/not-needed", page, need="asthma", version="0-0-0").status_code == 409
    assert person.client.post(f"{page}/not-needed", data={**old, "need": "asthma"}).status_code == 302
    assert "La nota de salud de" not in person.get(page).text
    assert person.post(f"{page}/move", page, action="submit").status_code == 302
    assert kept(Family, draft).status == "submitted"


def test_who_reads_the_file_in_english_reads_the_question_in_english(log_in: LogIn, draft: str) -> None:
    person = log_in("caseworker")
    person.post("/account/language", "/", language="en")
    shown = person.get(f"/families/{draft}").text
    assert "The health note of Luz 0 names it:" in shown
    assert "No: it speaks of somebody else, or it is no longer so" in shown


def test_a_program_is_refused_by_name_and_may_say_no(program: Program, draft: str, kept: Kept) -> None:
    page = f"/families/{draft}"
    assert program.get(page).json["missing"] == ["need:asthma"]
    refused = program.post(f"{page}/submit", None, If_Match="*")
    assert (refused.status_code, refused.content_type) == (409, "application/problem+json")
    assert [(one["code"], one["what"]) for one in refused.json["reasons"]] == [("missing", "need:asthma")]
    assert "«Asma»" in refused.json["reasons"][0]["detail"]
    other = program.post(f"{page}/submit", {"not_needed": ["medical_device"]}, If_Match="*")
    assert [one["code"] for one in other.json["reasons"]] == ["not_asked"]
    wrong = program.post(f"{page}/submit", {"not_needed": ["x"]}, If_Match="*")
    assert (wrong.status_code, wrong.json["errors"][0]["pointer"]) == (422, "/not_needed/0")
    assert kept(Family, draft).not_needed == {}
    sent = program.post(f"{page}/submit", {"not_needed": ["asthma"]}, If_Match="*")
    assert (sent.status_code, sent.json["status"], sent.json["missing"]) == (200, "submitted", [])
    assert "inhalador" not in refused.text + sent.text


def test_a_program_without_an_open_question_sends_no_body_as_before(program: Program, made: Made) -> None:
    for body in (None, {}):
        ready = made(complete)
        for other in program.get(f"/families/{ready}/duplicates").json["items"]:
            program.post(f"/families/{ready}/duplicates", {"family_id": other["id"], "same": False})
        assert program.post(f"/families/{ready}/submit", body, If_Match="*").json["status"] == "submitted"
    not_json = program.ask("POST", f"/families/{ready}/submit", {"If-Match": "*"}, data="not_needed=asthma")
    assert not_json.status_code == 415


@pytest.mark.parametrize("slug", ["semilla", "wasi"])
def test_no_story_of_the_demo_asks_anything(slug: str) -> None:
    for one in records(f"{slug}_families"):
        ticked = {need for child in one["children"] for need in child.get("needs", [])}
        assert {found.need for found in named(one["story"])} <= ticked
