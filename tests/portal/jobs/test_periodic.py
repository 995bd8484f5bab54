"""The sweep: what time brings, each step once, and jobs whose sending was lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask

from portal import clock, events, tenancy
from portal.extensions import db
from portal.jobs import periodic
from portal.jobs.queue import Queue
from portal.models import ChecklistItem, Family, Placement, Proposal, Provider, VettingItem
from portal.services import cases, placements, seats
from portal.services.placements import Ending
from portal.workflow import Said
from tests.ground import Ngo
from tests.portal.jobs.conftest import Worker
from tests.portal.worlds import World

Made, Kept = Callable[[Callable[[World], Any]], str], Callable[[type, str], Any]
STEPS = {step.__name__ for step in periodic.EACH}


def ending_later(world: World) -> Placement:
    """Care that ends in three days: its seat is taken until then."""
    placement = world.active()
    placements.end(world.worker, placement, Ending(clock.today() + timedelta(days=3), "school"))
    db.session.commit()
    return placement


def ended_ahead(world: World) -> Placement:
    """An end that was written down before its last day, as earlier versions did: the seat is still taken."""
    placement = world.active()
    placements.end(world.worker, placement, Ending(clock.today(), "school"))
    placement.ends_on = clock.today() + timedelta(days=3)
    seats.retake(placement)
    db.session.commit()
    return placement


def vetted(world: World, days: int) -> Provider:
    """An approved provider whose one paper ends in so many days."""
    item = ChecklistItem(code="cul", title="Certificado Único Laboral", kind="document", validity_days=90)
    ends = clock.today() + timedelta(days=days)
    provider = world.provider(valid_until=ends)
    db.session.add(item)
    db.session.flush()
    provider.items.append(VettingItem(
        provider_id=provider.id, checklist_item_id=item.id, state="verified", verified_at=clock.now(), expires_on=ends,
    ))
    db.session.commit()
    return provider


def on_leave(world: World) -> Provider:
    provider = vetted(world, 200)
    provider.status, provider.leave_until = "on_leave", clock.today() + timedelta(days=3)
    db.session.commit()
    return provider


def paused(world: World) -> Family:
    family = world.family()
    cases.pause(world.worker, family, Said(reason="travel"), clock.today() + timedelta(days=3))
    db.session.commit()
    return family


STEP_BY_STEP = [  # step, what it is about, the kind, in how many days, the state it then has
    ("expire_due", lambda world: world.proposal(), Proposal, 3, "expired"),
    ("end_due", ending_later, Placement, 3, "ended"),
    ("free_due", ended_ahead, Placement, 3, "ended"),
    ("lapse_due", lambda world: vetted(world, 3), Provider, 4, "suspended"),
    ("warn_due", lambda world: vetted(world, 62), Provider, 3, "recertification_due"),
    ("return_from_leave_due", on_leave, Provider, 4, "approved"),
    ("resume_due", paused, Family, 3, "waiting"),
]


def test_every_step_is_tried_here() -> None:
    told_with_the_interface = {"forget_old", "tell_due", "pick_up"}
    assert {name for name, *_ in STEP_BY_STEP} | told_with_the_interface == STEPS


@pytest.mark.parametrize(("step", "build", "kind", "days", "state"), STEP_BY_STEP, ids=[one[0] for one in STEP_BY_STEP])
def test_a_step_moves_what_is_due_when_it_is_due_and_once(
    app: Flask, made: Made, kept: Kept, step: str, build: Any, kind: type, days: int, state: str
) -> None:
    row = made(build)
    assert periodic.sweep(app)[step] == 0
    with clock.at(clock.now() + timedelta(days=days)):
        assert periodic.sweep(app) == {**dict.fromkeys(STEPS, 0), step: 1}
        assert kept(kind, row).status == state
        assert sum(periodic.sweep(app).values()) == 0


def test_a_sweep_goes_through_every_ngo(app: Flask, semilla: Ngo, wasi: Ngo) -> None:
    for ngo in (semilla, wasi):
        with app.app_context(), tenancy.acting_for(ngo.id):
            paused(World(ngo))
    with clock.at(clock.now() + timedelta(days=4)):
        assert periodic.sweep(app)["resume_due"] == 2
    assert tenancy.current_or_none() is None


def test_a_job_whose_sending_was_lost_is_sent_again(
    app: Flask, line: Queue, announce: Callable[..., UUID], work: Worker, state: Callable[[UUID], tuple[str, int]]
) -> None:
    events.send_with(lambda tenant, job, lane: None)  # the process ended between the commit and the sending
    job = announce("family.changed", family=uuid4())
    assert work() == []
    with clock.at(clock.now() + timedelta(seconds=periodic.LEFT_LYING + 1)):
        periodic.sweep(app)
    assert work() == [str(job)]
    assert state(job) == ("done", 0)


def test_a_sender_that_fails_loses_no_job(
    app: Flask, line: Queue, announce: Callable[..., UUID], work: Worker, state: Callable[[UUID], tuple[str, int]],
    made: Made,
) -> None:
    def broken(tenant: UUID, job: UUID, lane: str) -> None:
        raise OSError("the disk of the queue is full")

    events.send_with(broken)
    with pytest.raises(OSError, match="full"):
        announce("family.changed", family=uuid4())
    with clock.at(clock.now() + timedelta(seconds=periodic.LEFT_LYING + 1)):
        periodic.sweep(app)
    assert len(work()) == 1


def test_a_fresh_job_and_one_that_is_done_are_left_alone(
    app: Flask, line: Queue, announce: Callable[..., UUID], work: Worker
) -> None:
    announce("family.changed", family=uuid4())
    work()
    events.send_with(lambda tenant, job, lane: None)
    announce("family.changed", family=uuid4())
    periodic.sweep(app)
    assert all(map(line.is_empty, events.LANES))
    with clock.at(clock.now() + timedelta(hours=1)):
        periodic.sweep(app)
    assert len(work()) == 1


def test_while_something_is_in_the_queue_nothing_is_sent_twice(
    app: Flask, line: Queue, announce: Callable[..., UUID]
) -> None:
    for _ in range(3):
        announce("family.changed", family=uuid4())
    with clock.at(clock.now() + timedelta(minutes=10)):
        periodic.sweep(app)
    assert line.backend.huey.pending_count() == 3


def test_after_a_long_time_a_job_is_sent_again_once_though_its_queue_is_never_empty(
    app: Flask, line: Queue, announce: Callable[..., UUID]
) -> None:
    for _ in range(2):
        announce("family.changed", family=uuid4())
    line.backend.huey.dequeue()
    with clock.at(clock.now() + timedelta(seconds=periodic.LONG_LYING + 1)):
        periodic.sweep(app)
        periodic.sweep(app)
    assert line.backend.huey.pending_count() == 3


def test_a_sweep_without_a_queue_leaves_the_jobs(
    app: Flask, announce: Callable[..., UUID], state: Callable[[UUID], tuple[str, int]]
) -> None:
    job = announce("family.changed", family=uuid4())
    with clock.at(clock.now() + timedelta(hours=1)):
        periodic.sweep(app)
    assert state(job) == ("waiting", 0)


def test_at_night_the_database_counts_its_tables(app: Flask, made: Made) -> None:
    made(lambda world: world.family())
    periodic.nightly(app)
    if app.config["SETTINGS"].database_url.startswith("sqlite"):
        with app.app_context(), db.engine.connect() as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM sqlite_stat1 WHERE tbl = 'family'").scalar()
