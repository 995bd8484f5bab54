"""The open cases of one person pass to another: all or some, at once, each with its entry in the trail."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from portal import tenancy
from portal.audit import AuditEvent
from portal.errors import InvalidInputError, NotAllowedError
from portal.extensions import db
from portal.models import Family, Membership
from portal.queries import people
from portal.services import cases
from portal.services.cases import HandOver
from tests.ground import Ngo
from tests.portal.worlds import Browser, World

LogIn = Callable[..., Browser]
Made = Callable[[Callable[[World], Any]], str]


@pytest.fixture
def page(app: Flask, semilla: Ngo) -> str:
    """Where the caseworker's cases are handed over."""
    with app.app_context(), tenancy.acting_for(semilla.id):
        found = select(Membership.id).where(Membership.user_id == semilla.people["caseworker"])
        return f"/handover/{db.session.scalars(found).one()}"


def boxes(text: str) -> list[str]:
    return re.findall(r'name="case" value="([^"]+)" checked', text)


def to_supervisor(semilla: Ngo, **data: Any) -> dict[str, Any]:
    return {"worker": str(semilla.people["supervisor"]), "reason": "illness", **data}


def worker_of(kept: Callable[..., Any], family: str) -> UUID:
    return kept(Family, family).caseworker_id


def test_the_team_leads_to_the_cases_of_who_has_some(log_in: LogIn, made: Made, page: str) -> None:
    supervisor = log_in("supervisor")
    assert page not in supervisor.get("/team/").text
    made(lambda world: world.family())
    assert page in supervisor.get("/team/").text
    assert page not in log_in("ngo_admin").get("/team/").text


def test_all_open_cases_are_chosen_and_colleagues_are_told_with_their_load(
    log_in: LogIn, made: Made, semilla: Ngo, page: str
) -> None:
    def build(world: World) -> Any:
        world.family(status="closed")
        world.family(caseworker_id=semilla.people["supervisor"])
        world.family(confidential=True)
        return world.family(status="placed")

    made(build)
    text = log_in("supervisor").get(page).text
    assert len(boxes(text)) == 2
    assert text.count("Confidencial") == 1
    workers = text[text.index('name="worker"'):text.index("</select>")]
    offered = re.findall(r'<option[^>]*value="([^"]+)">([^<]+)', workers)
    assert offered == [(str(semilla.people["supervisor"]), "Supervisor (1 caso abierto)")]


def test_what_is_chosen_passes_with_an_entry_each(
    app: Flask, log_in: LogIn, made: Made, kept: Callable[..., Any], semilla: Ngo, page: str
) -> None:
    stays, goes, secret = (
        made(lambda world, hidden=hidden: world.family(confidential=hidden)) for hidden in (False, False, True)
    )
    supervisor = log_in("supervisor")
    chosen = [one for one in boxes(supervisor.get(page).text) if not one.startswith(stays)]
    answer = supervisor.post(page, page, **to_supervisor(semilla, case=chosen))
    assert (answer.status_code, answer.location) == (302, page)  # one is left
    assert "2 casos pasaron a Supervisor" in supervisor.get(page).text
    assert worker_of(kept, stays) == semilla.people["caseworker"]
    assert {worker_of(kept, one) for one in (goes, secret)} == {semilla.people["supervisor"]}
    with app.app_context(), tenancy.acting_for(semilla.id):
        found = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "hand_over")).all()
        told = {(str(one.subject_id), one.author_name, one.reason) for one in found}
    assert told == {(one, "Supervisor", "illness") for one in (goes, secret)}
    trail = supervisor.get("/trail/?action=hand_over").text
    assert "Está con descanso médico" in trail
    assert log_in("caseworker").get(f"/families/{secret}").status_code == 403


def test_a_case_that_changed_meanwhile_stays_and_is_named(
    log_in: LogIn, made: Made, kept: Callable[..., Any], semilla: Ngo, page: str
) -> None:
    changed, moved, goes = (made(lambda world: world.family()) for _ in range(3))
    supervisor = log_in("supervisor")
    chosen = boxes(supervisor.get(page).text)

    def meanwhile(world: World) -> Any:
        db.session.get_one(Family, UUID(changed)).priority = 2
        other = db.session.get_one(Family, UUID(moved))
        cases.assign(world.supervisor, other, semilla.people["supervisor"])
        db.session.commit()
        return other

    made(meanwhile)
    assert supervisor.post(page, page, **to_supervisor(semilla, case=chosen)).status_code == 302
    text = supervisor.get(page).text
    assert "1 caso pasó a Supervisor" in text
    told = re.search(r"2 casos no se entregaron[^<]*", text)
    assert told
    assert {kept(Family, one).code for one in (changed, moved)} == set(re.findall(r"F-\d+", told[0]))
    assert worker_of(kept, changed) == semilla.people["caseworker"]
    assert worker_of(kept, goes) == semilla.people["supervisor"]


def test_with_the_last_case_one_is_back_at_the_team(log_in: LogIn, made: Made, semilla: Ngo, page: str) -> None:
    made(lambda world: world.family())
    supervisor = log_in("supervisor")
    answer = supervisor.post(page, page, **to_supervisor(semilla, case=boxes(supervisor.get(page).text)))
    assert answer.location == "/team/"
    assert "No hay casos abiertos que entregar" in supervisor.get(page).text


@pytest.mark.parametrize(("wrong", "said"), [
    ({"case": []}, "No se marcó ningún caso"), ({"case": ["x", "x:1"]}, "No se marcó ningún caso"),
    ({"reason": ""}, "Elija un motivo de la lista."), ({"reason": "other_world"}, "Motivo"),
    ({"worker": ""}, "Elija a una persona."), ({"worker": "caseworker"}, "Esa persona ya lleva estos casos"),
    ({"worker": "ngo_admin"}, "Esa persona no puede llevar casos"),
])
def test_what_is_missing_is_said_and_nothing_passes(
    log_in: LogIn, made: Made, kept: Callable[..., Any], semilla: Ngo, page: str, wrong: dict[str, Any], said: str
) -> None:
    first, second = (made(lambda world: world.family()) for _ in range(2))
    supervisor = log_in("supervisor")
    chosen = [one for one in boxes(supervisor.get(page).text) if one.startswith(first)]
    data = to_supervisor(semilla, case=chosen) | wrong
    data["worker"] = str(semilla.people.get(data["worker"], data["worker"]))
    answer = supervisor.post(page, page, **data)
    assert answer.status_code == 422
    assert said in answer.text
    assert boxes(answer.text) == ([] if "case" in wrong else chosen)  # what was chosen stays chosen
    assert {worker_of(kept, one) for one in (first, second)} == {semilla.people["caseworker"]}


@pytest.mark.parametrize("role", ["caseworker", "ngo_admin"])
def test_only_a_supervisor_hands_over(world: World, role: str) -> None:
    family = world.family()
    wanted = HandOver(family.caseworker_id, world.ngo.people["supervisor"], "left")
    with pytest.raises(NotAllowedError):
        cases.hand_over(world.ngo.actor(role), wanted, {family.id: family.version})


def test_nobody_without_access_is_given_a_case(world: World) -> None:
    people.member(world.ngo.people["supervisor"]).active = False
    family = world.family()
    wanted = HandOver(family.caseworker_id, world.ngo.people["supervisor"], "left")
    with pytest.raises(InvalidInputError) as refused:
        cases.hand_over(world.supervisor, wanted, {family.id: family.version})
    assert refused.value.fields == {"worker": ["cannot_answer"]}
