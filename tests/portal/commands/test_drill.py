"""The kill drill, short: three rounds a part. And that its eyes see what is missing and what is there twice."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select

from portal import tenancy
from portal.audit import AuditHead
from portal.cli import cli
from portal.commands.drill import tell
from portal.commands.drills import finding
from portal.commands.drills.kill import Far
from portal.commands.drills.load import Ledger, Write
from portal.commands.drills.stage import Stage, Writer, free_port
from portal.events import Job
from portal.extensions import db
from portal.models import Family, SuggestionRun
from tests.ground import Ngo
from tests.portal.commands.conftest import Manage
from tests.portal.worlds import World


@pytest.fixture
def family(app: Flask, semilla: Ngo) -> Family:
    """A case whose address says `a-2`."""
    with app.app_context(), tenancy.acting_for(semilla.id):
        made = World(semilla).family()
        made.address = "a-2"
        db.session.commit()
        db.session.refresh(made)
        db.session.expunge(made)
    return made


@pytest.fixture
def stage(app: Flask, semilla: Ngo, family: Family, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """The test's own installation, as a drill sees it; nobody does its jobs."""
    monkeypatch.setattr(finding, "DRAINING", 0)
    return Stage(tmp_path, 0, {}, app, semilla.id, (Writer("a@semilla.example", family.id),))


def test_nothing_is_missing_where_nothing_was_promised(stage: Stage) -> None:
    found = finding.look(stage, Ledger())
    assert (found.lost, found.twice, found.broken) == ((), (), ())


def test_a_case_that_is_not_there_is_lost_and_one_that_is_there_twice_is_told(stage: Stage, semilla: Ngo) -> None:
    with stage.inside():
        World(semilla).family()
    ledger = Ledger([Write("Quispe", None, True), Write("Nadie", None, True), Write("Tampoco", None, False)])
    found = finding.look(stage, ledger)
    assert (found.lost, found.twice) == (("case Nadie",), ("case Quispe",))


@pytest.mark.parametrize(("known", "is_lost"), [((True, True, False), False), ((True, False, True), True)])
def test_the_last_change_that_was_kept_stands_or_a_later_one(
    stage: Stage, known: tuple[bool, ...], is_lost: bool
) -> None:
    family = stage.writers[0].family
    ledger = Ledger([Write(f"a-{number}", family, one) for number, one in enumerate(known, 1)])
    assert any(one.startswith("change") for one in finding.look(stage, ledger).lost) is is_lost


def test_a_job_that_was_never_announced_is_lost_and_one_done_too_often_is_told(stage: Stage) -> None:
    family = stage.writers[0].family
    lost = finding.look(stage, Ledger([Write("a-2", family, True)])).lost
    assert "1 known of 1 changes, 0 jobs, 0 runs" in lost[0]
    with stage.inside():
        db.session.add(SuggestionRun(family_id=family, model_version="x", settings={}, why_not=[], counts={}))
        db.session.commit()
    assert "0 jobs, 1 runs" in finding.look(stage, Ledger()).twice[0]


def test_a_trail_that_does_not_hold_and_a_refusal_are_broken(stage: Stage) -> None:
    with stage.inside():
        db.session.query(AuditHead).one().hash = "f" * 64
        db.session.commit()
    found = finding.look(stage, Ledger(refusals=["a-1 was refused with status 422"]))
    assert found.broken[0] == "a-1 was refused with status 422"
    assert found.broken[1].startswith("trail: entry")


class Worker:
    """Time in which somebody does one job at each look, and a look comes every 200 seconds."""

    def __init__(self, stage: Stage, does: bool) -> None:
        self._stage, self._does, self._now = stage, does, 0.0

    def monotonic(self) -> float:
        return self._now

    def sleep(self, _: float) -> None:
        self._now += 200.0
        if self._does:
            with self._stage.inside():
                db.session.scalars(select(Job).where(Job.status == "waiting")).first().status = "done"
                db.session.commit()


@pytest.mark.parametrize(("does", "left"), [(True, 0), (False, 4)])
def test_however_many_jobs_are_left_they_are_waited_for_as_long_as_somebody_does_them(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, does: bool, left: int
) -> None:
    with stage.inside():
        db.session.add_all([Job(event="drill", ids={}) for _ in range(4)])
        db.session.commit()
    monkeypatch.setattr(finding, "DRAINING", 240)
    monkeypatch.setattr(finding, "time", Worker(stage, does))
    assert finding.drain(stage) == left


def test_a_line_says_how_long_it_still_takes(capsys: pytest.CaptureFixture[str]) -> None:
    tell("web", Far(10, 100, 75.0, 412, 3))
    tell("web", Far(100, 100, 750.0, 4120, 3))
    assert capsys.readouterr().err.splitlines() == [
        "web: 10 of 100, 7.5 s a round, 412 writes kept, 3 jobs wait; about 12 min left",
        "web: 100 of 100, 7.5 s a round, 4120 writes kept, 3 jobs wait; looking once the jobs are done",
    ]


def test_the_portal_s_port_is_given_to_nobody_else() -> None:
    port = free_port()
    with socket.socket() as other, pytest.raises(OSError, match="in use"):
        other.bind(("127.0.0.1", port))
    with socket.socket() as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.bind(("127.0.0.1", port))
        server.listen()
        assert server.getsockname() == ("127.0.0.1", port)


def test_sqlite_has_no_process_of_its_own_to_kill(manage: Manage) -> None:
    done = manage("drill", "kill", "--part", "database", "--database", "sqlite")
    assert (done.exit_code, "no process of its own" in done.stderr) == (1, True)


@pytest.mark.drill
@pytest.mark.parametrize(("database", "part"), [
    ("sqlite", "web"), ("sqlite", "worker"),
    ("postgresql", "web"), ("postgresql", "worker"), ("postgresql", "database"),
])
def test_nothing_is_lost(database: str, part: str) -> None:
    done = CliRunner().invoke(cli, ["drill", "kill", "--rounds", "3", "--part", part, "--database", database])
    assert (done.exit_code, done.exception) == (0, None), done.output
    assert part in done.stdout
