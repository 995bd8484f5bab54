"""A PostgreSQL that is stopped in the middle of everything, and comes back."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.exc import SQLAlchemyError

from portal import tenancy
from portal.events import Job, announce
from portal.extensions import db
from portal.jobs import handlers
from portal.jobs.runner import Runner
from portal.models import Family
from tests.ground import PASSWORD, Cluster, Ngo
from tests.portal.watching.conftest import Lines
from tests.portal.watching.own_server import cluster, prepared
from tests.portal.worlds import Browser, World
from tests.programs import Program

__all__ = ["cluster", "prepared"]
pytestmark = pytest.mark.postgres
PAGES = ("/", "/families/", "/families/new", "/placements/", "/search/", "/account/", "/login", "/nothing-here")

INSIDE = ("Traceback", "psycopg", "sqlalchemy", "connection", "OperationalError", "SELECT")


@pytest.fixture
def stop(cluster: Cluster) -> Iterator[Callable[[], None]]:
    """Stop it; it is there again when the test is over."""
    yield cluster.stop
    cluster.start()


def is_calm(answer: Any) -> bool:
    """A page that says what is, what to do and when; and nothing of what happened inside."""
    says = ("El sistema no responde por ahora", "lo que escribió sigue en este dispositivo")
    headers = int(answer.headers.get("Retry-After", 0)) > 0 and "Content-Security-Policy" in answer.headers
    words = all(word in answer.text for word in says) and not any(word in answer.text for word in INSIDE)
    return answer.status_code == 503 and headers and words


def test_every_page_is_calm_and_comes_back_by_itself(
    log_in: Callable[..., Browser], stop: Callable[[], None], cluster: Cluster
) -> None:
    person = log_in("caseworker")
    before = {page: person.get(page).status_code for page in PAGES}
    assert set(before.values()) == {200, 302, 404}
    stop()
    assert {page: is_calm(person.get(page)) for page in PAGES} == dict.fromkeys(PAGES, True)
    cluster.start()
    assert {page: person.get(page).status_code for page in PAGES} == before


def test_a_form_that_was_being_sent_goes_through_later(
    log_in: Callable[..., Browser], made: Callable[..., str], stop: Callable[[], None], cluster: Cluster
) -> None:
    family = made(lambda world: world.family())
    person, page = log_in("caseworker"), f"/intake/{family}/care"
    care = {"max_monthly_fee_pen": "180", "max_distance_km": "4", "siblings": "together", "language": "es",
            "priority": "0", "care_reason": "", "story": "Le gusta cantar.", **person.hidden(page)}
    stop()
    answer = person.client.post(page, data=care)
    assert is_calm(answer)
    assert "flash-success" not in answer.text  # which would throw the draft on the device away
    cluster.start()
    assert person.client.post(page, data=care).status_code == 302
    assert "Le gusta cantar." in person.get(page).text


def test_a_server_that_goes_before_the_commit_loses_the_whole_form(
    app: Flask, log_in: Callable[..., Browser], made: Callable[..., str], stop: Callable[[], None], cluster: Cluster
) -> None:
    family = made(lambda world: world.family(story="Antes."))
    person, page = log_in("caseworker"), f"/intake/{family}/care"
    care = {"max_monthly_fee_pen": "180", "max_distance_km": "4", "siblings": "together", "language": "es",
            "priority": "0", "care_reason": "", "story": "Después.", **person.hidden(page)}
    with app.app_context():
        event.listen(db.session, "before_commit", lambda _: stop(), once=True)
    answer = person.client.post(page, data=care)
    assert is_calm(answer)
    assert "flash-success" not in answer.text
    cluster.start()
    again = person.get(page).text
    assert "Antes.</textarea>" in again
    assert "flash-success" not in again


def test_a_stranger_is_told_the_same(app: Flask, stop: Callable[[], None], cluster: Cluster) -> None:
    stranger, newcomer = app.test_client(), app.test_client()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]*)"', stranger.get("/login").text)
    stop()
    typed = {"email": "caseworker@semilla.example", "password": PASSWORD, "csrf_token": token[1] if token else ""}
    assert is_calm(stranger.post("/login", data=typed))
    assert is_calm(newcomer.get("/login"))
    cluster.start()
    assert stranger.post("/login", data=typed).status_code == 302


def test_probes_tell_alive_from_ready(app: Flask, stop: Callable[[], None], cluster: Cluster) -> None:
    client = app.test_client()
    assert client.get("/readyz").status_code == 200
    stop()
    assert client.get("/healthz").status_code == 200
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json) == (503, {"status": "not ready", "away": ["database", "schema", "writes"]})
    assert int(answer.headers["Retry-After"]) > 0
    assert is_calm(client.get("/health"))
    cluster.start()
    answer = client.get("/readyz")
    assert (answer.status_code, answer.headers.get("Retry-After")) == (200, None)


def test_programs_are_told_in_their_way_and_when_to_come_back(
    app: Flask, semilla: Ngo, stop: Callable[[], None], cluster: Cluster
) -> None:
    program = Program.of(app, semilla)
    calls: tuple[Callable[[], Any], ...] = (
        lambda: program.get("/families"), lambda: program.get("/nothing-here"),
        lambda: program.post("/families", {"district": "150132"}, Idempotency_Key="one"),
        lambda: program.ask("GET", "/families", {"Authorization": "Bearer nobodys"}),
    )
    before = [call().status_code for call in calls]
    assert 503 not in before
    stop()
    for call, status in zip(calls, before, strict=True):
        answer = call()
        if status == 404:  # no such address: that needs no database to say
            assert answer.status_code == 404
            continue
        assert (answer.status_code, answer.content_type) == (503, "application/problem+json")
        assert int(answer.headers["Retry-After"]) > 0
        assert answer.json["type"] == "urn:ayni:problem:unavailable"
        assert "Retry-After" in answer.json["detail"]
        assert not [word for word in INSIDE if word in answer.text]
    cluster.start()
    assert [call().status_code for call in calls] == before


def test_the_files_of_the_pages_need_no_database(
    log_in: Callable[..., Browser], app: Flask, stop: Callable[[], None]
) -> None:
    person = log_in("caseworker")
    page = person.get("/").text
    files = sorted(set(re.findall(r'(?:src|href)="(/[^"]*static[^"]*)"', page)))
    assert any("draft.js" in one for one in files)
    stop()
    for one in files:
        with closing(person.get(one)) as answer:
            assert answer.status_code == 200, one
    away = person.get("/families/").text  # whose own files are there too: the page is not bare
    assert set(re.findall(r'href="(/[^"]*static[^"]*css[^"]*)"', away)) <= set(files)


def test_a_form_sent_by_script_and_a_part_of_a_page_are_told_as_well(
    log_in: Callable[..., Browser], stop: Callable[[], None]
) -> None:
    person = log_in("supervisor")
    hidden = person.hidden("/jobs/")
    stop()
    assert is_calm(person.client.get("/jobs/list", headers={"X-Requested-With": "refresh"}))
    assert is_calm(person.client.get("/districts/?q=lima"))
    answer = person.client.post("/plan/make", data={"policy": "coverage", **hidden}, headers={
        "Referer": "http://localhost/plan/"})
    assert is_calm(answer)
    assert "Volver a la página anterior" in answer.text  # where the form is, with what was typed


def test_figures_say_that_it_is_away(app: Flask, stop: Callable[[], None]) -> None:
    app.config["SETTINGS"] = dataclasses.replace(app.config["SETTINGS"], metrics_token="t" * 40)
    stop()
    answer = app.test_client().get("/metrics", headers={"Authorization": f"Bearer {'t' * 40}"})
    assert answer.status_code == 200
    assert 'ayni_ready{part="database"} 0.0' in answer.text
    assert "\nayni_jobs_failed " not in answer.text  # nobody knows


def test_a_job_in_the_middle_is_tried_again(
    app: Flask, semilla: Ngo, made: Callable[..., str], stop: Callable[[], None], cluster: Cluster,
    monkeypatch: pytest.MonkeyPatch
) -> None:
    def going(_: Any) -> None:
        stop()
        db.session.query(Family).all()

    def send(world: World) -> Job:
        announce("family.changed", family=world.family().id)
        db.session.commit()
        return db.session.query(Job).one()

    job = made(send)
    monkeypatch.setitem(handlers.HANDLERS, "family.changed", going)
    with pytest.raises(SQLAlchemyError):
        Runner(app)(semilla.id, UUID(job))
    cluster.start()
    with app.app_context(), tenancy.acting_for(semilla.id):
        assert db.session.query(Job).one().status == "waiting"


def test_what_happened_is_in_the_log_without_a_word_of_it(
    log_in: Callable[..., Browser], stop: Callable[[], None], lines: Lines
) -> None:
    person = log_in("caseworker")
    stop()
    person.get("/families/?search=Rosa")
    found = [line for line in lines() if line["event"] == "request"][-1]
    assert (found["status"], found["route"]) == (503, "/families/")
    assert "Rosa" not in str(lines())
