"""An answer about a family that is given again, by its Idempotency-Key, is a reading like the first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from portal import clock, tenancy
from portal.api.asked import read_by
from portal.extensions import db
from portal.models import Family
from tests.contract.test_reads import entries
from tests.ground import Ngo
from tests.portal.api.test_families import NEW, child
from tests.portal.api.test_intakes import complete, said
from tests.portal.worlds import World
from tests.programs import Program

Asked = tuple[str, Any, UUID | None]  # where, what is sent, and the family it is about where there is one already
OTHERS = {"given_names": "Inés", "phone": "912345678", "dni": "87654321"}


def of(family: Family, path: str, body: Any) -> Asked:
    return f"/families/{family.id}{path}", body, family.id


def told_apart(world: World) -> Asked:
    other = complete(world)
    return of(complete(world), "/duplicates", {"family_id": str(other.id), "same": False})


def shortlisted(world: World, path: str, **body: Any) -> Asked:
    family = world.family()
    world.answers(family)
    suggestion = world.suggestion(family, world.provider())
    named = {} if "action" in body else {"suggestion_id": str(suggestion.id)}
    return path.format(suggestion.id), {**named, **body}, family.id


def proposed(world: World) -> Asked:
    proposal = world.proposal()
    return f"/proposals/{proposal.id}/decision", {"decision": "return", "note": "¿Fueron?"}, proposal.family_id


def tomorrow() -> str:
    return (clock.today() + timedelta(days=1)).isoformat()


REPEATED: dict[str, Callable[[World], Asked]] = {
    "api-families.create": lambda world: ("/families", {**NEW, "caregiver": {**NEW["caregiver"], **OTHERS}}, None),
    "api-intakes.submit": lambda world: of(complete(world), "/submit", None),
    "api-intakes.say_of_alike": told_apart,
    "api-intakes.add_child": lambda world: of(world.family(), "/children", child()),
    "api-intakes.consent": lambda world: of(world.family(), "/consents", said(answers={"services": True})),
    "api-suggestions.move": lambda world: shortlisted(world, "/suggestions/{}/move", action="unlist"),
    "api-proposals.propose": lambda world: shortlisted(world, "/proposals", starts_on=tomorrow()),
    "api-proposals.decide": proposed,
}
OF_NO_FAMILY = {"api-imports.leave", "api-imports.commit", "api-imports.abandon"}


@pytest.fixture
def program(app: Flask, semilla: Ngo) -> Program:
    return Program.of(app, semilla)


def test_each_answer_about_a_family_leaves_a_read_each_time(app: Flask, semilla: Ngo, program: Program) -> None:
    repeatable = {name for name, view in app.view_functions.items() if "Idempotency-Key" in read_by(view)}
    assert set(REPEATED) | OF_NO_FAMILY == repeatable
    for endpoint, make in REPEATED.items():
        with app.app_context(), tenancy.acting_for(semilla.id):
            address, body, family = make(World(semilla))
        told = []
        for _ in range(2):
            before = len(entries(app, semilla))
            told.append(program.post(address, body, If_Match="*", Idempotency_Key=endpoint))
            found = [(one.action, one.subject_type, one.subject_id, one.author_id) for one in
                     entries(app, semilla)[before:]]
            subject = family or UUID(told[0].json["id"])
            read = ("read", "family", subject, semilla.people["supervisor"])
            assert [one for one in found if one[0] == "read"] == [read], (endpoint, told[-1].text)
        assert found == [read], endpoint
        assert [one.status_code for one in told] in ([200, 200], [201, 201]), endpoint
        assert told[0].get_data() == told[1].get_data()


def test_an_answer_is_not_given_again_to_whom_the_case_was_closed_meanwhile(app: Flask, semilla: Ngo) -> None:
    program = Program.of(app, semilla, "caseworker")
    made = program.post("/families", NEW, Idempotency_Key="a")
    assert made.status_code == 201
    with app.app_context(), tenancy.acting_for(semilla.id):
        family = db.session.get_one(Family, UUID(made.json["id"]))
        family.confidential, family.caseworker_id = True, semilla.people["supervisor"]
        db.session.commit()
    again = program.post("/families", NEW, Idempotency_Key="a")
    assert again.status_code == 403
    assert "Quispe" not in again.text
    assert entries(app, semilla)[-1].action == "refused"
