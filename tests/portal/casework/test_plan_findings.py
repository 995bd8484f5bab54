"""What the pages say of a plan's findings: what could be added, what a proposal costs, who is sought after."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from portal import clock
from portal.extensions import db
from portal.models import Plan, PlanAddition, PlanDemand, PlanHold
from tests.portal.matching.conftest import Scene
from tests.portal.worlds import Browser, World, statements

Made = Callable[[Callable[[World], Any]], str]
LogIn = Callable[..., Browser]
KINDS = (
    {"kind": "seat", "code": "24_35m", "amount": 1}, {"kind": "training", "code": "asthma", "amount": 1},
    {"kind": "hours", "schedule": "mon-fri 07:00-08:30", "amount": 450},
)


def plan_of(scene: Scene, **values: Any) -> Plan:
    plan = Plan(policy="coverage", asked_by_id=scene.supervisor.id, made_at=clock.now(), model_version="t", **values)
    db.session.add(plan)
    db.session.commit()
    return plan


def found(count: int = 1, **values: Any) -> Callable[[World], Plan]:
    """A plan with so many additions, each of a provider of its own, and so many proposals that cost something."""

    def make(world: World) -> Plan:
        scene = Scene(world.ngo)
        plan = plan_of(scene, held=count, priced=count, **values)
        for place in range(count):
            db.session.add(PlanAddition(
                plan_id=plan.id, provider_id=scene.home(name=f"Casa {place}").id, place=place, families=4,
                placed=1 + place % 2, **KINDS[place % len(KINDS)],
            ))
            db.session.add(PlanHold(plan_id=plan.id, proposal_id=scene.proposal().id, placed=1))
        db.session.commit()
        return plan

    return make


@pytest.mark.parametrize(("language", "said"), [
    ("es", ("Qué podría añadir un lugar", "Un cupo más: 2 años", "Formarse para: Asma",
            "Abrir también lun-vie 07:00-08:30 (7 h 30 min más a la semana)", "1 niña o niño más",
            "2 niñas y niños más", "Qué cuesta lo ya propuesto",
            "Sin esta propuesta tendría lugar 1 niña o niño más.")),
    ("en", ("What could add a place", "One more seat: ", "Train for: Asthma", "(7 h 30 min more a week)",
            "1 more child", "Without this proposal 1 more child would have a place.")),
])
def test_the_plan_says_what_could_be_added_and_what_is_held(
    made: Made, log_in: LogIn, language: str, said: tuple[str, ...]
) -> None:
    made(found(3))
    browser = log_in("supervisor")
    browser.post("/account/language", "/", language=language)
    page = browser.get("/plan/").text
    for text in said:
        assert text in page, text
    assert len(re.findall(r'href="/proposals/[0-9a-f-]{36}"', page)) == 3
    assert re.search(r'href="/providers/[0-9a-f-]{36}">Casa 0', page)


@pytest.mark.parametrize(("values", "said"), [
    ({}, "Nadie queda sin lugar: no hace falta añadir nada."),
    ({"held": 2, "priced": 2}, "Hay 2 propuestas con cupo reservado; ninguna deja a nadie más sin lugar."),
    ({"held": 5, "priced": 2}, "Se calcularon 2 de 5 propuestas con cupo reservado."),
    ({"looked": 7}, "Se miraron las primeras 7 filas de «Sin lugar»."),
])
def test_what_was_not_found_or_not_looked_at_is_said(
    made: Made, log_in: LogIn, values: dict[str, int], said: str
) -> None:
    made(lambda world: plan_of(Scene(world.ngo), **values))
    page = log_in("supervisor").get("/plan/").text
    assert said in page
    assert ("Qué cuesta lo ya propuesto" in page) == ("held" in values)


def test_an_addition_that_was_not_worked_out_says_so_and_is_no_provider_s_best(made: Made, log_in: LogIn) -> None:
    def unknown(world: World) -> Any:
        scene, home = Scene(world.ngo), world.provider()
        db.session.add(PlanAddition(
            plan_id=plan_of(scene).id, provider_id=home.id, place=0, families=3, placed=0, **KINDS[0],
        ))
        db.session.commit()
        return home

    address, browser = f"/providers/{made(unknown)}", log_in("supervisor")
    assert "Sin calcular" in browser.get("/plan/").text
    assert "Lo que más ayudaría" not in browser.get(address).text


def test_a_page_asks_the_database_as_often_for_much_as_for_little(app: Flask, made: Made, log_in: LogIn) -> None:
    made(found(1))
    browser = log_in("supervisor")
    few = statements(app, lambda: browser.get("/plan/"))
    made(found(9))
    assert statements(app, lambda: browser.get("/plan/")) == few <= 12


def test_a_provider_s_page_says_what_would_help_most(app: Flask, made: Made, log_in: LogIn) -> None:
    def helped(world: World) -> Any:
        scene, home = Scene(world.ngo), world.provider()
        plan = plan_of(scene)
        for place, one in enumerate(KINDS):
            db.session.add(PlanAddition(plan_id=plan.id, provider_id=home.id, place=place, families=3, placed=2, **one))
        db.session.commit()
        return home

    address, other = f"/providers/{made(helped)}", f"/providers/{made(lambda world: world.provider())}"
    browser = log_in("caseworker")
    page = browser.get(address).text
    assert "Un cupo más: 2 años" in page
    assert "Con eso, 2 niñas y niños más con lugar." in page
    assert "Formarse para" not in page
    assert "Lo que más ayudaría" not in browser.get(other).text
    assert statements(app, lambda: browser.get(address)) <= 12


def test_a_list_hints_at_who_is_sought_after_and_may_spare_seats(app: Flask, made: Made, log_in: LogIn) -> None:
    def listed(world: World) -> Any:
        scene = Scene(world.ngo)
        plan, family = plan_of(scene), scene.case()
        near, far = scene.home(name="Casa Pedida"), scene.home(name="Casa Libre")
        scene.suggestion(family, near)
        second = scene.suggestion(family, far)
        second.rank, second.score = 2, 0.7
        db.session.add(PlanDemand(plan_id=plan.id, provider_id=near.id, firsts=12, prices=[0.0, 0.0, 0.3, 0.0]))
        db.session.commit()
        return family

    address, browser = f"/suggestions/{made(listed)}", log_in("caseworker")
    page = browser.get(address).text
    assert page.count("Muy pedido: 12 familias lo tienen primero.") == 1
    assert page.index('aria-label="Casa Pedida"') < page.index('aria-label="Casa Libre"')
    sparing = browser.get(f"{address}?order=seats").text
    assert sparing.index('aria-label="Casa Libre"') < sparing.index('aria-label="Casa Pedida"')
    assert re.search(r'aria-label="Casa Libre".*?<span class="rank">2\.', sparing, re.S)
    assert statements(app, lambda: browser.get(address)) <= 12


def test_without_prices_a_list_has_one_order(made: Made, log_in: LogIn) -> None:
    def listed(world: World) -> Any:
        scene = Scene(world.ngo)
        family = scene.case()
        for number in range(2):
            scene.suggestion(family, scene.home(name=f"Casa {number}"))
        return family

    page = log_in("caseworker").get(f"/suggestions/{made(listed)}?order=seats").text
    assert "Cuidando los cupos" not in page
    assert "Muy pedido" not in page
