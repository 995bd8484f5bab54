"""The page of the plan: who may look, ask and propose, what it says of each line; another NGO finds nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from portal import clock, events, tenancy
from portal.events import Job
from portal.extensions import db
from portal.models import Plan, PlanLine, Proposal, Suggestion
from portal.queries import plans as queries
from portal.services import matching
from tests.ground import Ngo
from tests.portal.matching.conftest import Scene
from tests.portal.worlds import Browser, World, statements

Made = Callable[[Callable[[World], Any]], str]
LogIn = Callable[..., Browser]
TOLD = {
    "rank": 12, "score": 0.71, "band": "medium", "text_score": 0.4, "distance_km": 0.4,
    "contributions": {"distance": 0.1}, "features": {}, "warnings": [],
    "facts": {"for": [{"code": "distance", "values": {"km": 0.4}, "share": 0.1}], "against": [], "chance": None},
}


def planned(count: int = 1, listed: bool = True, without: int = 0, **values: Any) -> Callable[[World], Plan]:
    """A plan that sends so many families to a home of their own, and so many nowhere."""

    def make(world: World) -> Plan:
        scene = Scene(world.ngo)
        plan = Plan(
            policy="coverage", asked_by_id=scene.supervisor.id, made_at=clock.now(), families=count + without,
            children=count + without, placed=count, most=count, rivals=2, model_version="test",
        )
        db.session.add(plan)
        db.session.flush()
        for place in range(count + without):
            family, home = scene.case(**values), scene.home(capacity=1) if place < count else None
            if home is not None and listed:
                scene.suggestion(family, home, status="suggested")
            db.session.add(PlanLine(
                plan_id=plan.id, family_id=family.id, provider_id=home.id if home else None, score=0.71, place=place,
                children=[str(one.id) for one in family.children], distance_km=0.4, told={} if listed else TOLD,
                rule="fee", alone=0 if home else 3, near=4,
            ))
        db.session.commit()
        return plan

    return make


@pytest.fixture
def ids(app: Flask, semilla: Ngo) -> Callable[[], list[str]]:
    """The lines of the plan, in order."""

    def read() -> list[str]:
        with app.app_context(), tenancy.acting_for(semilla.id):
            return [str(one.id) for one in db.session.scalars(select(PlanLine).order_by(PlanLine.place))]

    return read


def test_who_asks_for_a_plan_sees_it_being_made_and_one_at_a_time(
    app: Flask, semilla: Ngo, made: Made, log_in: LogIn
) -> None:
    made(lambda world: Scene(world.ngo).case())
    browser = log_in("supervisor")
    assert "Todavía no hay un plan" in browser.get("/plan/").text
    assert browser.post("/plan/make", "/plan/", policy="stable").status_code == 302
    page = browser.get("/plan/").text
    assert 'data-refresh-url="/plan/state"' in page
    assert 'action="/plan/make"' not in page
    again = browser.post("/plan/make", "/plan/", policy="coverage")
    assert again.status_code == 409
    assert "Ya hay un trabajo así en marcha" in again.text
    with app.app_context(), tenancy.acting_for(semilla.id):
        job, plan = db.session.scalars(select(Job)).one(), db.session.scalars(select(Plan)).one()
        assert (job.event, job.ids["plan"], plan.policy) == (events.PLAN, str(plan.id), "stable")


@pytest.mark.parametrize(("waits", "policy", "status", "said"), [
    (False, "coverage", 409, "Ninguna familia está en espera"), (True, "greedy", 422, "Elija una opción"),
])
def test_what_cannot_be_planned_is_said(
    made: Made, log_in: LogIn, waits: bool, policy: str, status: int, said: str
) -> None:
    made(lambda world: Scene(world.ngo).case(status="waiting" if waits else "draft"))
    answer = log_in("ngo_admin").post("/plan/make", "/plan/", policy=policy)
    assert (answer.status_code, said in answer.text) == (status, True)


def test_a_plan_shows_its_totals_and_who_would_go_where(made: Made, log_in: LogIn) -> None:
    made(planned(2, without=1))
    browser = log_in("supervisor")
    page = browser.get("/plan/").text
    for said in ("2 de 3 niñas y niños con lugar", "ningún plan ubica a más", "Hay 2 casos", "Con lugar (2)",
                 "Hogar Amancay", "71 de 100", "A menos de 0.5 km"):
        assert said in page, said
    assert len(re.findall(r'type="checkbox" name="line"', page)) == 2
    without = browser.get("/plan/?show=without").text
    assert "Costo: por sí sola descarta a 3 de 4" in without
    assert 'name="line"' not in without


def test_a_caseworker_looks_and_proposes_her_own_but_does_not_ask(made: Made, log_in: LogIn) -> None:
    made(planned())
    browser = log_in("caseworker")
    page = browser.get("/plan/").text
    assert 'name="line"' in page
    assert 'action="/plan/make"' not in page
    assert browser.post("/plan/make", "/", policy="coverage").status_code == 403


def test_administration_sees_codes_and_no_name(made: Made, log_in: LogIn) -> None:
    made(planned())
    page = log_in("ngo_admin").get("/plan/").text
    assert re.search(r"F-\d{4}", page)
    assert "Rosa" not in page
    assert "Luz" not in page
    assert 'name="line"' not in page
    assert 'action="/plan/make"' in page


def test_ticked_lines_are_proposed_and_each_result_is_told(
    app: Flask, semilla: Ngo, made: Made, log_in: LogIn, ids: Callable[[], list[str]]
) -> None:
    made(planned(3))
    browser, lines = log_in("supervisor"), ids()
    with app.app_context(), tenancy.acting_for(semilla.id):
        db.session.get_one(PlanLine, UUID(lines[1])).provider.status = "suspended"
        db.session.commit()
    answer = browser.post("/plan/propose", "/plan/", line=lines)
    assert answer.status_code == 302
    page = browser.get(answer.headers["Location"]).text
    assert "2 propuestas hechas" in page
    assert re.search(r"F-\d{4} no se propuso: Verificación vigente", page)
    assert page.count("Ya propuesta") == 2
    assert page.count("Ya no vale") == 1
    with app.app_context(), tenancy.acting_for(semilla.id):
        assert len(db.session.scalars(select(Proposal)).all()) == 2


def test_nothing_ticked_says_so(made: Made, log_in: LogIn) -> None:
    made(planned())
    answer = log_in("supervisor").post("/plan/propose", "/plan/")
    assert (answer.status_code, "Marque al menos una línea" in answer.text) == (422, True)


def test_a_line_that_is_on_no_list_is_put_there_and_opened(
    app: Flask, semilla: Ngo, made: Made, log_in: LogIn, ids: Callable[[], list[str]]
) -> None:
    made(planned(listed=False))
    browser = log_in("caseworker")
    (line,) = ids()
    assert f'formaction="/plan/lines/{line}/open"' in browser.get("/plan/").text
    answer = browser.post(f"/plan/lines/{line}/open", "/plan/")
    assert answer.status_code == 302
    with app.app_context(), tenancy.acting_for(semilla.id):
        row = db.session.scalars(select(Suggestion)).one()
        assert (row.status, row.rank, row.score) == ("shortlisted", 12, 0.71)
        assert answer.headers["Location"].endswith(f"#s-{row.id}")
    assert f's-{row.id}' in browser.get(answer.headers["Location"]).text


def test_a_line_that_the_plan_no_longer_knows_cannot_be_opened(
    app: Flask, semilla: Ngo, made: Made, log_in: LogIn, ids: Callable[[], list[str]]
) -> None:
    made(planned(listed=False))
    (line,) = ids()
    with app.app_context(), tenancy.acting_for(semilla.id):
        db.session.get_one(PlanLine, UUID(line)).told = {}
        db.session.commit()
    answer = log_in("caseworker").post(f"/plan/lines/{line}/open", "/plan/")
    assert (answer.status_code, "haga un plan nuevo" in answer.text) == (409, True)


def test_another_ngo_finds_no_plan_no_line_and_proposes_none(
    app: Flask, wasi: Ngo, semilla: Ngo, made: Made, log_in: LogIn, ids: Callable[[], list[str]]
) -> None:
    made(planned())
    (line,) = ids()
    stranger = log_in("supervisor", "wasi")
    assert "Todavía no hay un plan" in stranger.get("/plan/").text
    assert stranger.post(f"/plan/lines/{line}/open", "/plan/").status_code == 404
    assert stranger.post("/plan/propose", "/plan/", line=line).status_code == 404
    assert stranger.post("/plan/propose", "/plan/", line="x").status_code == 404
    with app.app_context(), tenancy.acting_for(semilla.id):
        assert db.session.scalars(select(Proposal)).all() == []


def test_thousands_of_lines_are_paged(made: Made, log_in: LogIn) -> None:
    made(planned(queries.PAGE + 1))
    browser = log_in("supervisor")
    assert browser.get("/plan/").text.count('name="line"') == queries.PAGE
    assert browser.get("/plan/?page=1").text.count('name="line"') == 1
    assert "Nadie con lugar en esta lista" in browser.get("/plan/?page=7").text


def test_a_page_asks_the_database_as_often_for_many_lines_as_for_few(
    app: Flask, made: Made, log_in: LogIn
) -> None:
    made(planned(2))
    browser = log_in("supervisor")
    few = statements(app, lambda: browser.get("/plan/"))
    made(planned(20))
    assert statements(app, lambda: browser.get("/plan/")) == few


def test_what_would_help_is_told_from_the_family_s_list(
    app: Flask, semilla: Ngo, made: Made, log_in: LogIn, ids: Callable[[], list[str]]
) -> None:
    made(planned(0, without=1))
    with app.app_context(), tenancy.acting_for(semilla.id):
        scene = Scene(semilla)
        scene.home(monthly_fee_pen=230)
        (line,) = ids()
        matching.suggest_for(db.session.get_one(PlanLine, UUID(line)).family)
        db.session.commit()
    assert "podría atender 1 cuidador más" in log_in("supervisor").get("/plan/?show=without").text


def test_from_the_centre_of_a_district_what_would_help_is_told_no_more_exactly(
    app: Flask, semilla: Ngo, made: Made, log_in: LogIn, ids: Callable[[], list[str]]
) -> None:
    made(planned(0, without=1, max_distance_km=0.2))
    with app.app_context(), tenancy.acting_for(semilla.id):
        Scene(semilla).home(latitude=None, longitude=None)
        (line,) = ids()
        matching.suggest_for(db.session.get_one(PlanLine, UUID(line)).family)
        db.session.commit()
    assert "(contados desde el centro del distrito), podría" in log_in("supervisor").get("/plan/?show=without").text


@pytest.mark.parametrize(("language", "words"), [("es", "Plan de cupos"), ("en", "Seat plan")])
def test_the_page_speaks_both_languages(made: Made, log_in: LogIn, language: str, words: str) -> None:
    made(planned())
    browser = log_in("supervisor")
    browser.post("/account/language", "/", language=language)
    assert words in browser.get("/plan/").text
