"""A request sent twice with one key is done once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from flask import Flask
from sqlalchemy import func, select

from portal import clock, tenancy
from portal.extensions import db
from portal.jobs import periodic
from portal.models import Family, KeptAnswer
from tests.ground import Ngo
from tests.portal.api.test_families import NEW
from tests.programs import Program

OTHER = {**NEW, "caregiver": {**NEW["caregiver"], "dni": "87654321", "phone": "912345678"}}


def families(app: Flask, ngo: Ngo) -> int:
    with app.app_context(), tenancy.acting_for(ngo.id):
        return db.session.scalar(select(func.count(Family.id))) or 0


def test_the_same_answer_again(app: Flask, semilla: Ngo, program: Program) -> None:
    first, again = (program.post("/families", NEW, Idempotency_Key="a") for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.get_data() == first.get_data()
    for name in ("ETag", "Location", "Content-Type"):
        assert again.headers[name] == first.headers[name]
    assert families(app, semilla) == 1


def test_a_key_is_for_one_request(program: Program) -> None:
    program.post("/families", NEW, Idempotency_Key="a")
    other = program.post("/families", OTHER, Idempotency_Key="a")
    assert (other.status_code, other.json["errors"][0]["pointer"]) == (422, "/Idempotency-Key")


def test_a_key_is_of_one_token(app: Flask, semilla: Ngo, program: Program) -> None:
    program.post("/families", NEW, Idempotency_Key="a")
    assert Program.of(app, semilla, "caseworker").post("/families", OTHER, Idempotency_Key="a").status_code == 201


def test_a_failure_is_not_kept(app: Flask, semilla: Ngo, program: Program) -> None:
    wrong = {**NEW, "ubigeo": "999999"}
    assert program.post("/families", wrong, Idempotency_Key="a").status_code == 422
    assert program.post("/families", NEW, Idempotency_Key="a").status_code == 201
    assert families(app, semilla) == 1


def test_after_a_day_the_key_is_free_and_the_answer_is_gone(app: Flask, semilla: Ngo, program: Program) -> None:
    program.post("/families", NEW, Idempotency_Key="a")
    with clock.at(clock.now() + timedelta(hours=25)):
        assert program.post("/families", OTHER, Idempotency_Key="a").status_code == 201
    with app.app_context(), tenancy.acting_for(semilla.id):
        assert db.session.scalar(select(func.count(KeptAnswer.id))) == 1


def test_time_takes_what_was_kept_away(app: Flask, program: Program) -> None:
    program.post("/families", NEW, Idempotency_Key="a")
    assert periodic.sweep(app)["forget_old"] == 0
    with clock.at(clock.now() + timedelta(hours=25)):
        assert [periodic.sweep(app)["forget_old"] for _ in range(2)] == [1, 0]


def test_what_is_kept_is_sealed(app: Flask, semilla: Ngo, program: Program) -> None:
    program.post("/families", NEW, Idempotency_Key="a")
    with app.app_context(), tenancy.acting_for(semilla.id):
        row = db.session.scalars(select(KeptAnswer)).one()
        assert "Quispe" not in str(row.body_sealed)
        assert "Quispe" in row.body


def test_a_key_too_long_is_refused(program: Program) -> None:
    assert program.post("/families", NEW, Idempotency_Key="a" * 201).status_code == 422


def test_two_that_arrive_at_once_are_done_once(app: Flask, semilla: Ngo, program: Program) -> None:
    together = threading.Barrier(4)

    def send(_: int) -> tuple[int, bytes]:
        together.wait()
        answer = program.post("/families", NEW, Idempotency_Key="a")
        return answer.status_code, answer.get_data()

    with ThreadPoolExecutor(4) as pool:
        answers = set(pool.map(send, range(4)))
    assert len(answers) == 1
    assert families(app, semilla) == 1
