"""Events: told after the commit and only then, with ids alone."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import event, select

from portal import audit, clock, events, tenancy
from portal.events import BULK, INTERACTIVE, REFRESH, Job
from portal.extensions import db
from tests.portal.worlds import World

Sent = list[tuple[UUID, UUID, str]]


@pytest.fixture
def sent(world: World) -> Iterator[Sent]:
    """What left for the queue."""
    told: Sent = []
    events.send_with(lambda tenant, job, lane: told.append((tenant, job, lane)))
    yield told
    events.send_with(lambda tenant, job, lane: None)


def jobs() -> list[Job]:
    return list(db.session.scalars(select(Job).order_by(Job.made_at)))


def test_an_event_is_a_job_of_the_same_transaction(world: World, sent: Sent) -> None:
    family = uuid4()
    events.announce("family.changed", family=family)
    assert sent == []
    db.session.commit()
    (job,) = jobs()
    assert (job.event, job.ids, job.status, job.attempts) == ("family.changed", {"family": str(family)}, "waiting", 0)
    assert sent == [(world.ngo.id, job.id, INTERACTIVE)]


def test_what_is_rolled_back_is_told_to_nobody(world: World, sent: Sent) -> None:
    events.announce("family.changed", family=uuid4())
    db.session.rollback()
    db.session.commit()
    assert (jobs(), sent) == ([], [])


def test_a_commit_that_fails_tells_nobody(world: World, sent: Sent) -> None:
    def fail(session: object) -> None:
        raise RuntimeError

    events.announce("family.changed", family=uuid4())
    event.listen(db.session(), "before_commit", fail)
    with pytest.raises(RuntimeError):
        db.session.commit()
    event.remove(db.session(), "before_commit", fail)
    db.session.rollback()
    assert (jobs(), sent) == ([], [])


def test_each_event_is_told_once_and_in_order(world: World, sent: Sent) -> None:
    for name in ("intake.submitted", "family.changed", "provider.changed"):
        events.announce(name, family=uuid4())
    db.session.commit()
    db.session.commit()
    by_id = {job.id: job.event for job in jobs()}
    assert [by_id[job] for _, job, _ in sent] == ["intake.submitted", "family.changed", "provider.changed"]


@pytest.mark.parametrize(("name", "lane"), [
    (REFRESH, BULK), ("intake.submitted", INTERACTIVE), ("family.changed", INTERACTIVE),
    ("provider.changed", INTERACTIVE),
])
def test_nobody_waits_for_a_refresh(world: World, sent: Sent, name: str, lane: str) -> None:
    events.announce(name, family=uuid4())
    db.session.commit()
    assert [one for _, _, one in sent] == [lane]


def test_without_an_ngo_nothing_is_announced(app: Flask) -> None:
    with app.app_context(), pytest.raises(tenancy.NoTenantError):
        events.announce("family.changed", family=uuid4())


def test_a_job_knows_when_it_was_made(world: World) -> None:
    before = clock.now()
    events.announce("family.changed", family=uuid4())
    db.session.commit()
    assert before <= jobs()[0].made_at <= clock.now()


def test_a_job_leaves_no_trace_in_the_trail(world: World) -> None:
    """It is machinery: what a person did is noted where it was done."""
    before = audit.verify()[0]
    events.announce("family.changed", family=uuid4())
    db.session.commit()
    assert audit.verify() == (before, None)
