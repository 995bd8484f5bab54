"""Long work as people see it: what waits, what is at work and how far, what came of it, and how to stop it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from portal import clock, events, tenancy
from portal.audit import AuditEvent
from portal.errors import ConflictError
from portal.events import Job
from portal.extensions import db
from portal.jobs import lease
from portal.queries import jobs as read
from portal.services import jobs as service
from tests.ground import Ngo
from tests.portal.worlds import Browser, World

Made = Callable[[Callable[[World], Any]], str]
LogIn = Callable[..., Browser]


def asked(role: str = "supervisor", **values: Any) -> Callable[[World], Job]:
    """A job that somebody of the NGO asked for."""

    def make(world: World) -> Job:
        job = events.ask("drill", world.ngo.people[role])
        for name, value in values.items():
            setattr(job, name, value)
        db.session.commit()
        return job

    return make


def taken(job: UUID, step: int, steps: int) -> None:
    """A worker is at it."""
    held = lease.take(job)
    lease.renew(held, "steps", step, steps)


def test_a_job_at_work_shows_how_far_it_is_and_the_page_asks_again(made: Made, log_in: LogIn) -> None:
    def begun(world: World) -> Job:
        job = asked()(world)
        taken(job.id, 3, 12)
        return job

    made(begun)
    page = log_in("supervisor").get("/jobs/").text
    assert re.search(r'<progress [^>]*max="12" value="3"', page)
    assert "3 de 12" in page
    assert "data-refresh-url=\"/jobs/list?page=0\"" in page
    assert "Supervisor" in page


def test_the_page_stops_asking_when_nothing_is_left_to_wait_for(made: Made, log_in: LogIn) -> None:
    made(asked(status="done"))
    browser = log_in("supervisor")
    for address in ("/jobs/", "/jobs/list"):
        page = browser.get(address).text
        assert "data-refresh-url" not in page
        assert "Terminado" in page
        assert "/cancel" not in page


def test_a_job_that_failed_says_what_to_do(made: Made, log_in: LogIn) -> None:
    made(asked(status="failed", done_at=clock.now()))
    page = log_in("ngo_admin").get("/jobs/").text
    assert "Pídalo de nuevo" in page
    assert "No se guardó nada a medias" in page


@pytest.mark.parametrize(("role", "seen"), [("caseworker", 1), ("supervisor", 3), ("ngo_admin", 3)])
def test_a_caseworker_sees_what_she_asked_for_and_others_see_all(
    made: Made, log_in: LogIn, role: str, seen: int
) -> None:
    for who in ("caseworker", "supervisor", "ngo_admin"):
        made(asked(who))
    assert log_in(role).get("/jobs/").text.count('class="card job"') == seen


def test_what_nobody_asked_for_is_not_listed(made: Made, log_in: LogIn) -> None:
    def happened(world: World) -> Job:
        events.announce("family.changed", family=world.ngo.id)
        db.session.commit()
        return db.session.scalars(select(Job)).one()

    made(happened)
    assert "No hay trabajos" in log_in("supervisor").get("/jobs/").text


def test_a_waiting_job_is_cancelled_at_once_and_the_trail_says_who(
    app: Flask, semilla: Ngo, made: Made, log_in: LogIn, kept: Callable[[type, str], Any]
) -> None:
    job = made(asked("caseworker"))
    browser = log_in("caseworker")
    assert browser.post(f"/jobs/{job}/cancel", "/jobs/").status_code == 302
    assert "Cancelado antes de empezar" in browser.get("/jobs/").text
    assert kept(Job, job).status == "cancelled"
    with app.app_context(), tenancy.acting_for(semilla.id):
        entry = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "cancel")).one()
        assert (entry.author_id, entry.subject_id) == (semilla.people["caseworker"], UUID(job))


def test_a_job_at_work_is_asked_to_stop_and_the_page_says_so(
    made: Made, log_in: LogIn, kept: Callable[[type, str], Any]
) -> None:
    def begun(world: World) -> Job:
        job = asked()(world)
        taken(job.id, 1, 2)
        return job

    job, browser = made(begun), log_in("supervisor")
    browser.post(f"/jobs/{job}/cancel", "/jobs/")
    assert (kept(Job, job).status, kept(Job, job).cancel_asked) == ("waiting", True)
    page = browser.get("/jobs/").text
    assert "Parando" in page
    assert "Si ya estaba terminando, queda hecho" in page
    assert "/cancel" not in page


def test_what_is_over_cannot_be_cancelled(made: Made, log_in: LogIn) -> None:
    job = made(asked(status="done"))
    answer = log_in("supervisor").post(f"/jobs/{job}/cancel", "/jobs/")
    assert answer.status_code == 409
    assert "Ese trabajo ya había terminado" in answer.text
    assert "Se pidió que pare, pero" not in answer.text


@pytest.mark.parametrize(("status", "said"), [("done", True), ("cancelled", False), ("failed", False)])
def test_what_ended_before_it_heard_of_its_cancel_says_so(
    made: Made, log_in: LogIn, status: str, said: bool
) -> None:
    made(asked(status=status, done_at=clock.now(), cancel_asked=True))
    assert ("ya había terminado: lo hecho quedó guardado" in log_in("supervisor").get("/jobs/").text) is said


def test_a_caseworker_does_not_stop_what_somebody_else_asked_for(
    made: Made, log_in: LogIn, kept: Callable[[type, str], Any]
) -> None:
    job = made(asked("supervisor"))
    assert log_in("caseworker").post(f"/jobs/{job}/cancel", "/jobs/").status_code == 403
    assert not kept(Job, job).cancel_asked


def test_another_ngo_sees_no_job_and_stops_none(
    made: Made, log_in: LogIn, kept: Callable[[type, str], Any]
) -> None:
    job, stranger = made(asked()), log_in("ngo_admin", "wasi")
    assert "No hay trabajos" in stranger.get("/jobs/").text
    assert stranger.post(f"/jobs/{job}/cancel", "/jobs/").status_code == 404
    assert not kept(Job, job).cancel_asked


def test_what_is_not_over_comes_first_then_the_newest(world: World) -> None:
    order = [asked(status=status)(world).id for status in ("waiting", "done", "failed", "waiting")]
    found, count = read.asked_for(world.supervisor, 10)
    assert ([one.id for one in found], count) == ([order[3], order[0], order[2], order[1]], 4)
    assert read.asked_for(world.supervisor, 2, 1)[0] == found[2:]
    assert read.last("drill").id == order[3]


def test_of_what_is_done_alone_there_is_one_at_a_time(world: World) -> None:
    first = service.ask(world.supervisor, "drill", alone=True)
    db.session.commit()
    with pytest.raises(ConflictError):
        service.ask(world.supervisor, "drill", alone=True)
    service.cancel(first.id)
    assert service.ask(world.supervisor, "drill", alone=True).asked_by_id == world.supervisor.id


@pytest.mark.parametrize(("language", "words"), [("es", "Espera su turno"), ("en", "Waiting for its turn")])
def test_the_page_speaks_both_languages(made: Made, log_in: LogIn, language: str, words: str) -> None:
    made(asked())
    browser = log_in("supervisor")
    browser.post("/account/language", "/", language=language)
    assert words in browser.get("/jobs/").text
