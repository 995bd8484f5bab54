"""Long work that failed or was stopped is asked for once more from its list, as it was asked for the first time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from portal import clock, events, tenancy
from portal.audit import AuditEvent
from portal.events import Job
from portal.extensions import db
from portal.models import Membership, Plan
from portal.services import plans, versions
from tests.ground import Ngo
from tests.portal.learning import decided
from tests.portal.matching.conftest import Scene
from tests.portal.worlds import Browser, World

Made, LogIn = Callable[[Callable[[World], Any]], str], Callable[..., Browser]


def plan(status: str) -> Callable[[World], Job]:
    """A plan for stability that came to nothing."""

    def make(world: World) -> Job:
        Scene(world.ngo).case()
        job = plans.ask(world.supervisor, "stable")
        job.status, job.done_at = status, clock.now()
        db.session.commit()
        return job

    return make


def training(status: str, role: str = "ngo_admin") -> Callable[[World], Job]:
    def make(world: World) -> Job:
        job = events.ask(events.TRAIN, world.ngo.people[role])
        job.status, job.done_at = status, clock.now()
        db.session.commit()
        return job

    return make


@pytest.fixture
def inside(app: Flask, semilla: Ngo) -> Callable[[Callable[[], Any]], Any]:
    """Ask something inside the NGO."""

    def ask(read: Callable[[], Any]) -> Any:
        with app.app_context(), tenancy.acting_for(semilla.id):
            return read()

    return ask


def asked() -> list[tuple[str, str, str]]:
    """(policy, status of its job, who asked) of every plan that is known."""
    jobs = {one.ids["plan"]: one for one in db.session.scalars(select(Job)) if one.event == events.PLAN}
    return [(one.policy, jobs[str(one.id)].status, str(one.asked_by_id)) for one in db.session.scalars(select(Plan))]


def trail() -> list[tuple[UUID | None, UUID | None, str]]:
    found = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "ask").order_by(AuditEvent.number))
    return [(one.author_id, one.subject_id, one.reason) for one in found]


@pytest.mark.parametrize("status", ["failed", "cancelled"])
def test_a_plan_is_asked_for_again_with_its_aim_and_the_trail_says_by_whom(
    semilla: Ngo, made: Made, log_in: LogIn, inside: Callable[..., Any], status: str
) -> None:
    job, admin = made(plan(status)), log_in("ngo_admin")
    page = admin.get("/jobs/").text
    assert f'action="/jobs/{job}/again"' in page
    assert "Pedir de nuevo" in page
    assert admin.post(f"/jobs/{job}/again", "/jobs/").status_code == 302
    who = semilla.people["ngo_admin"]
    assert inside(asked) == [("stable", "waiting", str(who))]
    author, subject, reason = inside(trail)[-1]
    assert (author, reason, str(subject) == job) == (who, events.PLAN, False)
    page = admin.get("/jobs/").text
    assert "Espera su turno" in page
    assert "/again" not in page  # it was asked for again already
    assert admin.post(f"/jobs/{job}/again", "/jobs/").status_code == 409
    assert len(inside(asked)) == 1


def test_a_training_is_asked_for_again_under_the_same_conditions(
    made: Made, log_in: LogIn, inside: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    made(training("failed"))
    job, admin = made(training("cancelled")), log_in("ngo_admin")
    assert admin.get("/jobs/").text.count("/again") == 1  # the newest alone
    refused = admin.post(f"/jobs/{job}/again", "/jobs/")
    assert refused.status_code == 409
    assert "muy pocas familias" in refused.text
    monkeypatch.setattr(versions, "FEWEST", 3)
    made(lambda world: decided.network(world, 3) or world.family())
    assert admin.post(f"/jobs/{job}/again", "/jobs/").status_code == 302
    assert inside(lambda: db.session.scalars(select(Job.status).where(Job.status == "waiting")).all()) == ["waiting"]
    assert inside(trail)[-1][2] == events.TRAIN


@pytest.mark.parametrize("status", ["waiting", "done"])
def test_what_did_not_fail_is_not_asked_for_again(made: Made, log_in: LogIn, status: str) -> None:
    job, supervisor = made(plan(status)), log_in("supervisor")
    assert "/again" not in supervisor.get("/jobs/").text
    assert supervisor.post(f"/jobs/{job}/again", "/jobs/").status_code == 409


def test_a_kind_that_nobody_asks_for_has_no_button(made: Made, log_in: LogIn) -> None:
    def failed(world: World) -> Job:
        job = events.ask("drill", world.ngo.people["supervisor"])
        job.status = "failed"
        db.session.commit()
        return job

    job, supervisor = made(failed), log_in("supervisor")
    assert "/again" not in supervisor.get("/jobs/").text
    answer = supervisor.post(f"/jobs/{job}/again", "/jobs/")
    assert answer.status_code == 409
    assert "no se puede pedir de nuevo" in answer.text


def test_who_may_not_ask_for_that_kind_does_not_ask_for_it_again(
    app: Flask, semilla: Ngo, made: Made, log_in: LogIn, inside: Callable[..., Any]
) -> None:
    of_plan, of_model = made(plan("failed")), made(training("failed", "caseworker"))
    supervisor, worker = log_in("supervisor"), log_in("caseworker")
    page = supervisor.get("/jobs/").text
    assert (f"/jobs/{of_plan}/again" in page, f"/jobs/{of_model}/again" in page) == (True, False)
    assert supervisor.post(f"/jobs/{of_model}/again", "/jobs/").status_code == 403
    assert "/again" not in worker.get("/jobs/").text
    assert [worker.post(f"/jobs/{one}/again", "/jobs/").status_code for one in (of_plan, of_model)] == [403, 403]
    assert [one[1] for one in inside(asked)] == ["failed"]


def test_a_data_scientist_asks_again_for_a_training_of_her_own(
    semilla: Ngo, made: Made, log_in: LogIn, inside: Callable[..., Any]
) -> None:
    def change() -> None:
        wanted = Membership.user_id == semilla.people["caseworker"]
        db.session.scalars(select(Membership).where(wanted)).one().roles = ["data_scientist"]
        db.session.commit()

    made(training("failed", "caseworker"))
    inside(change)
    assert log_in("caseworker").get("/jobs/").text.count("/again") == 1


def test_another_ngo_asks_for_nothing_again(made: Made, log_in: LogIn, inside: Callable[..., Any]) -> None:
    job = made(plan("failed"))
    assert log_in("ngo_admin", "wasi").post(f"/jobs/{job}/again", "/jobs/").status_code == 404
    assert [one[1] for one in inside(asked)] == ["failed"]


def test_the_button_speaks_english(made: Made, log_in: LogIn) -> None:
    made(plan("failed"))
    supervisor = log_in("supervisor")
    supervisor.post("/account/language", "/", language="en")
    assert "Ask for it again" in supervisor.get("/jobs/").text
