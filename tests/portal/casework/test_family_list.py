"""The list of families narrowed by a name: posted, noted in the trail, and no wider than the search."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal import tenancy
from portal.audit import AuditEvent
from portal.extensions import db
from portal.models import Family
from portal.queries.families import PAGE
from tests.ground import Ngo
from tests.portal.worlds import Browser, World

LogIn = Callable[[str], Browser]
Made = Callable[..., str]


def shown(page: Any) -> list[str]:
    return re.findall(r'href="/families/([0-9a-f-]{36})"', page.text)


@pytest.fixture
def rosa(made: Made) -> str:
    return made(lambda world: world.family(search_name="rosa naupari quispe"))


def test_a_name_is_posted_and_stays_in_its_field(
    app: Flask, semilla: Ngo, log_in: LogIn, made: Made, rosa: str
) -> None:
    made(lambda world: world.family(search_name="elena mamani"))
    worker = log_in("caseworker")
    assert len(shown(worker.get("/families/?name=rosa"))) == 2  # an address narrows by no name
    page = worker.post("/families/", "/families/", name="Ñaupari", status="waiting", whose="mine")
    assert (page.status_code, shown(page)) == (200, [rosa])
    assert 'value="Ñaupari"' in page.text
    assert shown(worker.post("/families/", "/families/", name="naupari", status="closed")) == []
    with app.app_context(), tenancy.acting_for(semilla.id):
        told = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "search")).all()
        assert [one.subject_type for one in told] == ["family", "family"]
        assert not any("aupari" in f"{one.reason} {one.subject_id}" for one in told)


def test_without_a_name_the_list_has_an_address(log_in: LogIn, rosa: str) -> None:
    worker = log_in("caseworker")
    assert worker.post("/families/", "/families/", name=" ", status="draft").headers["Location"] == (
        "/families/?status=draft"
    )
    assert worker.post("/families/", "/families/", name="").headers["Location"] == "/families/"


def test_a_confidential_case_is_found_by_who_may_read_it(log_in: LogIn, made: Made) -> None:
    def hidden(world: World) -> Family:
        family = world.family(search_name="rosa naupari", confidential=True)
        family.caseworker_id = world.ngo.people["supervisor"]
        db.session.commit()
        return family

    case = made(hidden)
    assert shown(log_in("caseworker").post("/families/", "/families/", name="rosa")) == []
    assert shown(log_in("supervisor").post("/families/", "/families/", name="rosa")) == [case]


def test_more_than_a_page_asks_for_more_of_the_name(log_in: LogIn, made: Made) -> None:
    def many(world: World) -> Family:
        return [world.family(search_name="rosa quispe") for _ in range(PAGE + 1)][0]

    made(many)
    page = log_in("caseworker").post("/families/", "/families/", name="quispe")
    assert len(shown(page)) == PAGE
    assert "Se ven las primeras 25" in page.text
    assert f"{PAGE + 1} familias" in page.text
    assert 'class="pager"' not in page.text


def test_reading_the_list_searches_nothing(app: Flask, semilla: Ngo, log_in: LogIn, rosa: str) -> None:
    log_in("caseworker").get("/families/?name=rosa")
    with app.app_context(), tenancy.acting_for(semilla.id):
        assert db.session.scalar(select(func.count()).where(AuditEvent.action == "search")) == 0
