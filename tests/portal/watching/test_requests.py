"""A request: its number from the proxy to the job, its line, its figures."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from prometheus_client import REGISTRY
from sqlalchemy import select

from portal import tenancy
from portal.events import Job
from portal.extensions import db
from portal.models import Family
from portal.watching import work
from tests.ground import Ngo
from tests.portal.watching.conftest import Lines
from tests.portal.worlds import Browser

NUMBER = "0123456789abcdef0123456789abcdef"
PAGE = "/families/<family_id>"


def value(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


@pytest.mark.parametrize("offered", [NUMBER, str(uuid4())])
def test_the_number_of_the_proxy_is_kept(app: Flask, lines: Lines, offered: str) -> None:
    answer = app.test_client().get("/login", headers={"X-Request-ID": offered})
    assert answer.headers["X-Request-ID"] == offered
    assert lines()[-1]["request"] == offered


@pytest.mark.parametrize("offered", ["", "76543298", "Rosa Quispe", NUMBER + "\n", NUMBER.upper(), "x" * 4000])
def test_a_number_that_is_none_is_replaced(app: Flask, offered: str) -> None:
    assert re.fullmatch("[0-9a-f]{12}", work.number(offered))
    assert work.number(offered) != work.number(offered)


def test_a_line_says_who_met_which_rule_and_nothing_else(
    log_in: Callable[..., Browser], made: Callable[..., str], semilla: Ngo, lines: Lines
) -> None:
    person, family = log_in("caseworker"), made(lambda world: world.family())
    person.get(f"/families/{family}?q=Rosa")
    line = lines()[-1]
    assert line.pop("seconds") >= 0
    assert line.pop("statements") > 2
    assert {**line, "at": "", "request": ""} == {
        "event": "request", "level": "info", "logger": "portal.requests", "at": "", "request": "", "route": PAGE,
        "method": "GET", "status": 200, "tenant": str(semilla.id), "person": str(semilla.people["caseworker"]),
    }


def test_a_page_is_counted_under_its_rule(log_in: Callable[..., Browser], made: Callable[..., str]) -> None:
    person, family = log_in("caseworker"), made(lambda world: world.family())
    before = [value("ayni_requests_total", route=PAGE, method="GET", status="200"),
              value("ayni_request_seconds_count", route=PAGE), value("ayni_request_statements_sum", route=PAGE)]
    person.get(f"/families/{family}")
    assert value("ayni_requests_total", route=PAGE, method="GET", status="200") == before[0] + 1
    assert value("ayni_request_seconds_count", route=PAGE) == before[1] + 1
    assert value("ayni_request_statements_sum", route=PAGE) > before[2] + 2


@pytest.mark.parametrize("address", ["/Rosa-Quispe", "/families/x/Rosa", "/wp-login.php"])
def test_an_address_that_is_nobodys_makes_no_figure_of_its_own(app: Flask, lines: Lines, address: str) -> None:
    before = value("ayni_requests_total", route="none", method="GET", status="404")
    app.test_client().get(address)
    assert value("ayni_requests_total", route="none", method="GET", status="404") == before + 1
    assert lines()[-1]["route"] == "none"


def test_a_method_nobody_knows_makes_no_figure_of_its_own(app: Flask) -> None:
    before = value("ayni_requests_total", route="none", method="other", status="405")
    app.test_client().open("/login", method="ROSA")
    assert value("ayni_requests_total", route="none", method="other", status="405") == before + 1


def test_a_failed_login_is_counted(app: Flask) -> None:
    before = value("ayni_login_failures_total")
    person = Browser(app, "nobody@semilla.example")
    assert person.get("/").status_code == 302
    assert value("ayni_login_failures_total") == before + 1


def test_the_number_goes_on_to_the_job_and_to_the_trail(
    app: Flask, semilla: Ngo, log_in: Callable[..., Browser], made: Callable[..., str], kept: Callable[..., Any]
) -> None:
    family = made(lambda world: world.family())
    person, version = log_in("caseworker"), kept(Family, family).version
    page = f"/intake/{family}/care"
    care = {"max_monthly_fee_pen": "180", "max_distance_km": "4", "siblings": "together", "language": "es",
            "priority": "0", "care_reason": "", "story": "", **person.hidden(page), "version": str(version)}
    answer = person.client.post(page, data=care, headers={"X-Request-ID": NUMBER})
    assert answer.status_code == 302
    with app.app_context(), tenancy.acting_for(semilla.id):
        (job,) = db.session.scalars(select(Job)).all()
        assert job.ids == {"family": family, "request": NUMBER}
        assert UUID(job.ids["family"]) == UUID(family)


def test_nothing_is_at_work_when_all_is_done(app: Flask) -> None:
    app.test_client().get("/login")
    assert work.current() is None
    assert work.request_number() == ""
