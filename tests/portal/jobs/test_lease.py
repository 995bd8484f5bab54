"""The lease of a job: one holder at a time, free after silence, and what was lost keeps nothing."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from portal import clock, tenancy
from portal.errors import ConflictError, NotFoundError
from portal.events import Job
from portal.extensions import db
from portal.jobs import lease
from portal.jobs.giving_up import GiveUpError
from portal.jobs.handlers import HANDLERS, LONG, waiting
from portal.jobs.lease import LEASE, MOST_ATTEMPTS, LostError
from portal.jobs.runner import Runner
from portal.queries import jobs as read
from portal.services import jobs as service
from tests.ground import Ngo
from tests.portal.worlds import World

LATER = LEASE + timedelta(seconds=1)


@pytest.fixture
def job(world: World) -> UUID:
    made = Job(event="drill", ids={})
    db.session.add(made)
    db.session.commit()
    return made.id


def test_of_many_who_reach_for_a_job_one_has_it(
    app: Flask, semilla: Ngo, announce: Callable[..., UUID]
) -> None:
    wanted = announce("drill")

    def reach(_: int) -> bool:
        with app.app_context(), tenancy.acting_for(semilla.id):
            return lease.take(wanted) is not None

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(reach, range(24))) == 1


def test_a_job_that_is_taken_is_free_when_its_lease_ends(job: UUID) -> None:
    assert lease.take(job)
    assert waiting() == []
    assert lease.take(job) is None
    assert LEASE.total_seconds() - 5 < lease.seconds_until_free(job) <= LEASE.total_seconds() + 1
    with clock.at(clock.now() + LATER):
        assert [one.id for one in waiting()] == [job]
        assert lease.take(job)
    assert db.session.get_one(Job, job).attempts == 1


def test_a_lease_that_is_renewed_does_not_end(job: UUID) -> None:
    held = lease.take(job)
    with clock.at(clock.now() + LEASE / 2):
        assert lease.renew(held, "steps", 5, 20) is False
    with clock.at(clock.now() + LATER):
        assert lease.take(job) is None
    assert read.standing(job) == read.Standing("working", 0.25, "steps", False, 5, 20)


@pytest.mark.parametrize("close", [lambda held: lease.end(held, "done"), lease.fail])
def test_whoever_lost_a_job_can_neither_end_nor_fail_it(job: UUID, close: Callable[..., object]) -> None:
    late = lease.take(job)
    with clock.at(clock.now() + LATER):
        assert lease.take(job)
        with pytest.raises(LostError):
            close(late)


def test_what_a_worker_did_after_it_lost_the_job_is_not_kept(
    app: Flask, semilla: Ngo, announce: Callable[..., UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    def lose(_: dict[str, UUID]) -> None:
        with clock.at(clock.now() + LATER):
            lease.take(job)
        db.session.add(Job(event="the effect", ids={}))

    monkeypatch.setitem(HANDLERS, "drill", lose)
    job = announce("drill")
    assert Runner(app)(semilla.id, job) is None
    with app.app_context(), tenancy.acting_for(semilla.id):
        assert [one.event for one in db.session.query(Job)] == ["drill"]


def test_a_job_that_kills_each_worker_is_given_up(
    app: Flask, semilla: Ngo, announce: Callable[..., UUID], state: Callable[[UUID], tuple[str, int]]
) -> None:
    job = announce("drill")
    with app.app_context(), tenancy.acting_for(semilla.id):
        for times in range(MOST_ATTEMPTS):
            with clock.at(clock.now() + times * LATER):
                assert lease.take(job)
    with clock.at(clock.now() + MOST_ATTEMPTS * LATER):
        assert Runner(app)(semilla.id, job) is None
    assert state(job) == ("failed", MOST_ATTEMPTS)


@given(attempts=st.integers(1, MOST_ATTEMPTS - 1))
def test_each_pause_is_longer_than_the_one_before(attempts: int) -> None:
    pauses = {lease.pause(attempts) for _ in range(20)}
    assert len(pauses) > 1
    assert max(pauses) < min(lease.pause(attempts + 1) for _ in range(20))
    assert all(10 * 4 ** (attempts - 1) <= one <= 15 * 4 ** (attempts - 1) for one in pauses)


def test_a_job_that_failed_is_not_taken_before_its_time(job: UUID) -> None:
    seconds = lease.fail(lease.take(job))
    db.session.commit()
    assert lease.take(job) is None
    assert waiting() == []
    with clock.at(clock.now() + timedelta(seconds=seconds)):
        assert lease.take(job)
    assert db.session.get_one(Job, job).attempts == 1


def test_a_job_that_nobody_took_is_cancelled_at_once(job: UUID) -> None:
    service.cancel(job)
    db.session.commit()
    assert lease.take(job) is None
    assert read.standing(job).state == "cancelled"
    with pytest.raises(ConflictError):
        service.cancel(job)


def test_a_job_at_work_hears_of_a_cancel_when_its_lease_is_renewed(job: UUID) -> None:
    held = lease.take(job)
    service.cancel(job)
    db.session.commit()
    assert read.standing(job) == read.Standing("working", 0.0, "", True)
    assert lease.renew(held, "steps", 1, 2) is True


def test_a_job_of_nobody_stands_nowhere(job: UUID) -> None:
    with pytest.raises(NotFoundError):
        read.standing(uuid4())
    with pytest.raises(NotFoundError):
        service.cancel(uuid4())


def test_a_long_job_is_told_how_to_say_how_far_it_is(
    app: Flask, semilla: Ngo, announce: Callable[..., UUID], state: Callable[[UUID], tuple[str, int]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(LONG, "drill", lambda ids, tell: tell("steps", 1, 2))
    job = announce("drill")
    Runner(app)(semilla.id, job)
    assert state(job) == ("done", 0)


def _ends(app: Flask, ngo: Ngo, job: UUID) -> tuple[str, int, dict[str, object]]:
    """(status, attempts, result) after a worker had it; whether it is to be sent again never."""
    assert Runner(app)(ngo.id, job) is None
    with app.app_context(), tenancy.acting_for(ngo.id):
        found = db.session.get_one(Job, job)
        assert found.done_at is not None
        return found.status, found.attempts, found.result


def test_what_came_of_a_job_is_kept_with_it(
    app: Flask, semilla: Ngo, announce: Callable[..., UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(LONG, "drill", lambda ids, tell: {"made": 3})
    assert _ends(app, semilla, announce("drill")) == ("done", 0, {"made": 3})


def test_a_job_that_ends_while_its_cancel_is_on_the_way_is_done(
    app: Flask, semilla: Ngo, announce: Callable[..., UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    def finish(ids: dict[str, UUID], tell: object) -> dict[str, int]:
        service.cancel(job)
        db.session.commit()
        return {"made": 3}

    monkeypatch.setitem(LONG, "drill", finish)
    job = announce("drill")
    assert _ends(app, semilla, job) == ("done", 0, {"made": 3})
    with app.app_context(), tenancy.acting_for(semilla.id):
        assert read.standing(job).cancel_asked


def test_a_job_that_cannot_be_done_is_not_tried_again_and_says_why(
    app: Flask, semilla: Ngo, announce: Callable[..., UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(ids: dict[str, UUID], tell: object) -> None:
        db.session.add(Job(event="the effect", ids={}))
        raise GiveUpError("too_few", families=4)

    monkeypatch.setitem(LONG, "drill", refuse)
    job = announce("drill")
    assert _ends(app, semilla, job) == ("failed", 0, {"reason": "too_few", "families": 4})
    with app.app_context(), tenancy.acting_for(semilla.id):
        assert [one.event for one in db.session.query(Job)] == ["drill"]
