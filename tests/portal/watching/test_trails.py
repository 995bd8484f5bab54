"""What the log says of the trails each night."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import update

from portal import audit, tenancy
from portal.audit import AuditHead
from portal.extensions import db
from portal.jobs import periodic
from tests.ground import Ngo
from tests.portal.watching.conftest import Lines


def test_the_log_names_the_end_of_each_trail(app: Flask, semilla: Ngo, wasi: Ngo, lines: Lines) -> None:
    assert periodic.trails(app) == 0
    told = {line["tenant"]: line for line in lines() if line["event"] == "trail_end"}
    assert set(told) == {str(semilla.id), str(wasi.id)}
    with app.app_context(), tenancy.acting_for(semilla.id):
        end = audit.end()
        line = told[str(semilla.id)]
        assert end is not None
        assert (line["count"], line["head"], line["level"]) == (end.number, end.hash, "info")
    assert set(line) == {"event", "level", "logger", "at", "tenant", "count", "head"}


def test_a_trail_that_does_not_hold_is_an_error_of_its_ngo_alone(
    app: Flask, semilla: Ngo, wasi: Ngo, lines: Lines
) -> None:
    with app.app_context(), tenancy.acting_for(wasi.id):
        db.session.execute(update(AuditHead).values(seal=""))
        db.session.commit()
    assert periodic.trails(app) == 1
    (line,) = [line for line in lines() if line["level"] == "error"]
    assert (line["event"], line["tenant"], line["outcome"]) == ("trail_broken", str(wasi.id), "head")
