"""Who leaves, or may work no case any more: their cases are asked about, and found again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal import tenancy
from portal.extensions import db
from portal.models import Membership
from tests.ground import Ngo
from tests.portal.worlds import Browser, World

LogIn = Callable[..., Browser]
Made = Callable[[Callable[[World], Any]], str]
UNOWNED = "Casos sin responsable activo"


@pytest.fixture
def member(app: Flask, semilla: Ngo) -> str:
    """The caseworker's membership."""
    with app.app_context(), tenancy.acting_for(semilla.id):
        found = select(Membership.id).where(Membership.user_id == semilla.people["caseworker"])
        return str(db.session.scalars(found).one())


def two_cases(world: World) -> Any:
    world.family(status="closed")
    world.family(status="placed")
    return world.family()


def leave(admin: Browser, member: str, how: str) -> Any:
    """The caseworker loses the access, or does something else from now on."""
    data = {"roles": ["data_scientist"]} if how == "roles" else {}
    return admin.post(f"/team/members/{member}/{how}", "/team/", **data)


def test_the_question_says_how_many_cases_the_person_answers_for(log_in: LogIn, made: Made) -> None:
    assert "Responde por" not in log_in("ngo_admin").get("/team/").text
    made(two_cases)
    text = log_in("ngo_admin").get("/team/").text
    assert "¿Quitar el acceso a Caseworker? Responde por 2 casos abiertos, que se quedan sin responsable" in text
    assert "Responde por 2 casos abiertos: solo una trabajadora de casos" in text  # beside what the person does
    assert text.count("Responde por") == 2


@pytest.mark.parametrize("how", ["disable", "roles"])
def test_the_cases_of_who_may_work_none_are_on_the_supervisors_day_until_they_are_handed_over(
    log_in: LogIn, made: Made, member: str, semilla: Ngo, how: str
) -> None:
    family = made(two_cases)
    supervisor, admin = log_in("supervisor"), log_in("ngo_admin")
    assert UNOWNED not in supervisor.get("/").text
    assert leave(admin, member, how).status_code == 302
    assert "2 casos abiertos quedaron sin responsable" in admin.get("/team/").text
    day = supervisor.get("/").text
    assert f'{UNOWNED} <span class="badge-status overdue">2</span>' in day
    assert f'href="/families/{family}"' in day[day.index(UNOWNED):]
    assert "2 casos sin responsable activo" in admin.get("/").text
    listed = supervisor.get("/families/?whose=nobody").text
    assert "2 familias" in listed
    worker = str(semilla.people["supervisor"])
    assert supervisor.post(f"/families/{family}/assign", f"/families/{family}", worker=worker).status_code == 302
    assert "1 familia" in supervisor.get("/families/?whose=nobody").text
    assert "1 caso sin responsable activo" in admin.get("/").text


def test_many_of_them_lead_to_the_list(log_in: LogIn, made: Made, member: str) -> None:
    made(lambda world: [world.family(children=0) for _ in range(7)][0])
    leave(log_in("ngo_admin"), member, "disable")
    assert 'href="/families/?whose=nobody">Ver los 7' in log_in("supervisor").get("/").text


def test_who_goes_on_working_cases_leaves_none_behind(log_in: LogIn, made: Made, member: str) -> None:
    made(two_cases)
    admin = log_in("ngo_admin")
    assert admin.post(f"/team/members/{member}/roles", "/team/", roles=["supervisor"]).status_code == 302
    assert "sin responsable:" not in admin.get("/team/").text
    assert UNOWNED not in log_in("supervisor").get("/").text
    assert "sin responsable activo" not in admin.get("/").text
