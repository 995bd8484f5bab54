"""I46, I40: tenants that take turns on the same connections, and jobs that name the wrong one."""

from __future__ import annotations

from uuid import UUID, uuid4

from flask import Flask
from sqlalchemy import select

from portal import tenancy
from portal.events import Job
from portal.extensions import db
from portal.jobs.runner import Runner
from tests.attack.canary import CANARY
from tests.ground import Ngo
from tests.portal.worlds import Browser

TURNS = 100


def test_i46_two_ngos_take_turns_on_the_same_connections(app: Flask, victim: dict[str, list[UUID]]) -> None:
    first = Browser(app, "caseworker@semilla.example")  # watched
    app.test_client_class = None
    second = Browser(app, "caseworker@wasi.example")
    for _ in range(TURNS):
        assert first.get("/providers/").status_code == 200
        assert CANARY in second.get("/providers/").text


def test_i40_a_job_is_not_done_for_another_ngo(app: Flask, semilla: Ngo, wasi: Ngo) -> None:
    with app.app_context(), tenancy.acting_for(wasi.id):
        job = Job(event="family.changed", ids={"family": str(uuid4())}, status="waiting", attempts=0)
        db.session.add(job)
        db.session.commit()
        job_id = job.id
    run = Runner(app)
    run(semilla.id, job_id)
    run(uuid4(), job_id)
    assert _status(app, wasi, job_id) == "waiting"
    run(wasi.id, job_id)
    assert _status(app, wasi, job_id) == "done"
    assert tenancy.current_or_none() is None


def _status(app: Flask, ngo: Ngo, job_id: UUID) -> str:
    with app.app_context(), tenancy.acting_for(ngo.id):
        return db.session.scalars(select(Job.status).where(Job.id == job_id)).one()
