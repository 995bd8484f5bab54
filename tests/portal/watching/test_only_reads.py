"""A PostgreSQL that answers and writes nothing, as a replica does until somebody promotes it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from flask import Flask
from sqlalchemy import func, select

from portal import clock, tenancy
from portal.audit import AuditEvent
from portal.extensions import db
from tests.contract.test_policy import ENDS, asked, ids
from tests.ground import PASSWORD, Cluster, Ngo
from tests.portal.watching.conftest import Lines
from tests.portal.watching.own_server import cluster, prepared
from tests.portal.worlds import Browser
from tests.programs import Program

__all__ = ["cluster", "ids", "prepared"]
pytestmark = pytest.mark.postgres
BANNER = "Por ahora solo se puede leer"
CARE = {"max_monthly_fee_pen": "180", "max_distance_km": "4", "siblings": "together", "language": "es", "priority": "0",
        "care_reason": "", "story": "Le gusta cantar."}
Switch = Callable[[bool], None]


@pytest.fixture
def only_reads(app: Flask, cluster: Cluster) -> Iterator[Switch]:
    """Let the portal's role write nothing, or again; its connections are new ones, as after a failover."""

    def switch(on: bool) -> None:
        with closing(psycopg.connect(cluster.address.format("postgres"), autocommit=True)) as connection:
            connection.execute(f"ALTER ROLE ayni_app SET default_transaction_read_only = {'on' if on else 'off'}")
        with app.app_context():
            db.engine.dispose()

    yield switch
    switch(False)


def is_calm(answer: Any, title: str) -> bool:
    return answer.status_code == 503 and int(answer.headers["Retry-After"]) > 0 and f"<h1>{title}</h1>" in answer.text


@pytest.fixture
def noted(app: Flask, semilla: Ngo) -> Callable[[], int]:
    """How long the trail is."""

    def count() -> int:
        with app.app_context(), tenancy.acting_for(semilla.id):
            return db.session.scalar(select(func.count(AuditEvent.id))) or 0

    return count


@pytest.mark.parametrize("role", ["caseworker", "supervisor", "ngo_admin"])
def test_what_notes_nothing_is_shown_and_only_that(
    app: Flask, ids: dict[str, UUID], noted: Callable[[], int], only_reads: Switch, role: str
) -> None:
    """Every page: a file whose reading cannot be noted is not shown."""
    person, notes = Browser(app, f"{role}@semilla.example"), {}
    for rule, method, address in asked(app, ids):
        if method == "GET" and rule.endpoint not in ENDS:
            before = noted()
            if person.get(address).status_code == 200:
                notes[address] = noted() > before
    assert set(notes.values()) == {True, False}
    only_reads(True)
    for address, is_noted in notes.items():
        answer = person.get(address)
        if is_noted:
            assert is_calm(answer, "Por ahora no se puede abrir"), address
        else:
            assert answer.status_code == 200, address
            assert BANNER in answer.text or "<html" not in answer.text, address
    only_reads(False)
    assert BANNER not in person.get("/").text
    assert {address: person.get(address).status_code for address in notes} == dict.fromkeys(notes, 200)


def test_a_form_is_told_that_nothing_is_saved_and_goes_through_later(
    log_in: Callable[..., Browser], made: Callable[..., str], only_reads: Switch
) -> None:
    family = made(lambda world: world.family())
    person, page = log_in("caseworker"), f"/intake/{family}/care"
    typed = {**CARE, **person.hidden(page)}
    only_reads(True)
    answer = person.client.post(page, data=typed)
    assert is_calm(answer, "Por ahora no se puede guardar")
    assert "lo que escribió sigue en este dispositivo" in answer.text
    only_reads(False)
    assert person.client.post(page, data=typed).status_code == 302
    assert "Le gusta cantar." in person.get(page).text


def test_a_message_waits_since_saved_throws_drafts_away(
    log_in: Callable[..., Browser], made: Callable[..., str], only_reads: Switch
) -> None:
    family = made(lambda world: world.family())
    person, page = log_in("caseworker"), f"/intake/{family}/care"
    assert person.post(page, page, **CARE).status_code == 302
    only_reads(True)
    assert "flash-success" not in person.get("/").text
    assert "flash-success" not in person.client.post(page, data=CARE).text
    only_reads(False)
    assert "flash-success" in person.get("/").text
    assert "flash-success" not in person.get("/").text


def test_a_session_goes_on_though_its_use_cannot_be_kept(log_in: Callable[..., Browser], only_reads: Switch) -> None:
    person = log_in("caseworker")
    only_reads(True)
    with clock.at(clock.now() + timedelta(minutes=5)):
        assert BANNER in person.get("/").text
    assert is_calm(person.post("/account/language", "/", language="en"), "Por ahora no se puede guardar")
    assert BANNER in person.get("/").text  # a language that could not be kept is not half kept


def test_a_stranger_is_told_that_nobody_can_come_in(app: Flask, only_reads: Switch) -> None:
    stranger = Browser(app, "nobody@semilla.example")
    typed = {"email": "caseworker@semilla.example", "password": PASSWORD, **stranger.hidden("/login")}
    only_reads(True)
    assert is_calm(stranger.client.post("/login", data=typed), "Por ahora no se puede guardar")
    assert is_calm(app.test_client().get("/login"), "Por ahora no se puede guardar")
    only_reads(False)
    assert stranger.client.post("/login", data=typed).status_code == 302


def test_a_program_reads_what_notes_nothing_and_is_told_when_to_come_back(
    app: Flask, semilla: Ngo, made: Callable[..., str], only_reads: Switch, lines: Lines
) -> None:
    program, family = Program.of(app, semilla), made(lambda world: world.family())
    only_reads(True)
    assert [one["id"] for one in program.get("/families").get_json()["items"]] == [family]
    calls: tuple[Callable[[], Any], ...] = (
        lambda: program.get(f"/families/{family}"),
        lambda: program.post("/families", {"district": "150132"}, Idempotency_Key="one"),
        lambda: program.ask("GET", "/families", {"Authorization": f"Bearer ayni_{semilla.id.hex}_nobodys"}),
    )
    for call in calls:
        answer = call()
        assert (answer.status_code, answer.content_type) == (503, "application/problem+json")
        assert int(answer.headers["Retry-After"]) > 0
        assert answer.json["type"] == "urn:ayni:problem:unavailable"
    assert len([line for line in lines() if line["event"] == "failure"]) == len(calls)
    only_reads(False)
    assert program.get(f"/families/{family}").status_code == 200


def test_a_process_that_reads_is_ready_and_its_figures_say_what_is_away(app: Flask, only_reads: Switch) -> None:
    app.config["SETTINGS"] = dataclasses.replace(app.config["SETTINGS"], metrics_token="t" * 40)
    only_reads(True)
    answer = app.test_client().get("/readyz")
    assert (answer.status_code, answer.json) == (200, {"status": "ok", "away": ["writes"]})
    figures = app.test_client().get("/metrics", headers={"Authorization": f"Bearer {'t' * 40}"})
    assert 'ayni_ready{part="writes"} 0.0' in figures.text
    assert 'ayni_ready{part="database"} 1.0' in figures.text
    only_reads(False)
    assert app.test_client().get("/readyz").json == {"status": "ok", "away": []}


def test_a_replica_is_read_until_somebody_promotes_it(log_in: Callable[..., Browser], cluster: Cluster) -> None:
    person, signal = log_in("caseworker"), cluster.server.pgdata / "standby.signal"
    cluster.stop()
    signal.touch()
    signal.chmod(0o666)  # the server has a user of its own, and takes the file away itself
    cluster.start()
    try:
        assert BANNER in person.get("/").text
        assert is_calm(person.post("/account/language", "/", language="en"), "Por ahora no se puede guardar")
    finally:
        with closing(psycopg.connect(cluster.address.format("postgres"), autocommit=True)) as connection:
            connection.execute("SELECT pg_promote()")
    assert person.post("/account/language", "/", language="en").status_code == 302
    assert BANNER not in person.get("/").text
