"""The list of families narrowed by a name: noted in the trail, and no wider than the search."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal import clock, tenancy
from portal.audit import AuditEvent
from portal.extensions import db
from portal.models import Family
from tests.ground import Ngo
from tests.portal.worlds import Browser, World

LogIn = Callable[[str], Browser]
Made = Callable[..., str]


def shown(page: Any) -> list[str]:
    return re.findall(r'href="/families/([0-9a-f-]{36})"', page.text)


@pytest.fixture
def rosa(made: Made) -> str:
    return made(lambda world: world.family(search_name="rosa naupari quispe"))


def test_a_name_is_sought_and_stays_in_its_field(
    app: Flask, semilla: Ngo, log_in: LogIn, made: Made, rosa: str
) -> None:
    made(lambda world: world.family(search_name="elena mamani"))
    worker = log_in("caseworker")
    assert len(shown(worker.get("/families/?name=rosa"))) == 2  # an address narrows by no name
    page = worker.seek("/families/", name="Ñaupari", status="waiting", whose="mine")
    assert (page.status_code, shown(page)) == (200, [rosa])
    assert 'value="Ñaupari"' in page.text
    assert shown(worker.seek("/families/", name="naupari", status="closed")) == []
    with app.app_context(), tenancy.acting_for(semilla.id):
        told = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "search")).all()
        assert [one.subject_type for one in told] == ["family", "family"]
        assert not any("aupari" in f"{one.reason} {one.subject_id}" for one in told)


def test_stalled_cases_are_a_list_of_their_own_that_my_day_leads_to(log_in: LogIn, made: Made) -> None:
    def ago(days: int) -> str:
        since = clock.now() - timedelta(days=days)
        return made(lambda world: world.family(status="waiting", status_since=since))

    stalled = [ago(30) for _ in range(6)]
    ago(1)
    person = log_in("supervisor")
    assert sorted(shown(person.get("/families/?whose=stalled"))) == sorted(stalled)
    assert "/families/?whose=stalled" in person.get("/").text


def test_a_confidential_case_is_found_by_who_may_read_it(log_in: LogIn, made: Made) -> None:
    def hidden(world: World) -> Family:
        family = world.family(search_name="rosa naupari", confidential=True)
        family.caseworker_id = world.ngo.people["supervisor"]
        db.session.commit()
        return family

    case = made(hidden)
    assert shown(log_in("caseworker").seek("/families/", name="rosa")) == []
    assert shown(log_in("supervisor").seek("/families/", name="rosa")) == [case]


def test_reading_the_list_searches_nothing(app: Flask, semilla: Ngo, log_in: LogIn, rosa: str) -> None:
    log_in("caseworker").get("/families/?name=rosa")
    with app.app_context(), tenancy.acting_for(semilla.id):
        assert db.session.scalar(select(func.count()).where(AuditEvent.action == "search")) == 0
