"""Jobs: done once however often they come, tried again when they fail, and never half done."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal import clock, events, tenancy
from portal.events import REFRESH, Job
from portal.extensions import db
from portal.jobs.handlers import HANDLERS, waiting
from portal.jobs.lease import MOST_ATTEMPTS
from portal.jobs.runner import Runner
from portal.models import Consent, Family, SuggestionRun
from tests.ground import Ngo
from tests.portal.jobs.conftest import Worker
from tests.portal.worlds import World

Announce, State = Callable[..., UUID], Callable[[UUID], tuple[str, int]]


def case(world: World, **values: Any) -> Family:
    """A family that agreed to be compared."""
    family = world.family(**values)
    for purpose in ("services", "matching"):
        db.session.add(Consent(family_id=family.id, purpose=purpose, given=True, text_version="t",
                               given_on=family.registered_on, recorded_by_id=world.worker.id))
    db.session.commit()
    return family


@pytest.fixture
def family(made: Callable[..., str]) -> UUID:
    return UUID(made(case))


@pytest.fixture
def runs(app: Flask, semilla: Ngo) -> Callable[[], int]:
    def count() -> int:
        with app.app_context(), tenancy.acting_for(semilla.id):
            return db.session.scalar(select(func.count()).select_from(SuggestionRun)) or 0

    return count


def test_every_event_the_portal_announces_has_a_handler() -> None:
    assert set(HANDLERS) == {
        "intake.submitted", "family.changed", "provider.changed", REFRESH, events.DELIVER, events.WEBHOOK_DISABLED,
        events.EXPIRING,
    }


def test_a_changed_family_is_matched(announce: Announce, work: Worker, state: State, family: UUID, runs: Any) -> None:
    job = announce("family.changed", family=family)
    assert state(job) == ("waiting", 0)
    assert work() == [str(job)]
    assert (state(job), runs()) == (("done", 0), 1)


def test_a_job_that_comes_twice_is_done_once(
    app: Flask, semilla: Ngo, announce: Announce, work: Worker, family: UUID, runs: Any
) -> None:
    job = announce("family.changed", family=family)
    work()
    Runner(app)(semilla.id, job)
    Runner(app)(semilla.id, job)
    assert runs() == 1


def test_two_events_about_one_family_leave_one_current_run(
    app: Flask, semilla: Ngo, announce: Announce, work: Worker, family: UUID, runs: Any
) -> None:
    for name in ("intake.submitted", "family.changed"):
        announce(name, family=family)
    assert len(work()) == 2
    with app.app_context(), tenancy.acting_for(semilla.id):
        current = select(func.count()).select_from(SuggestionRun).where(SuggestionRun.current.is_(True))
        assert db.session.scalar(current) == 1
    assert runs() == 2


def test_two_workers_with_one_family_leave_one_current_run(
    app: Flask, semilla: Ngo, announce: Announce, family: UUID, runs: Any
) -> None:
    jobs = [announce("family.changed", family=family) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(lambda job: Runner(app)(semilla.id, job), jobs)) == {None}
    with app.app_context(), tenancy.acting_for(semilla.id):
        assert [run.current for run in db.session.query(SuggestionRun).order_by("made_at")].count(True) == 1
    assert runs() == 4


def test_two_workers_with_two_families_embed_the_same_providers_without_a_failure(
    app: Flask, semilla: Ngo, announce: Announce, made: Callable[..., str], runs: Any
) -> None:
    made(lambda world: world.provider())
    Runner(app)(semilla.id, announce("family.changed", family=UUID(made(case))))  # the NGO has its keys from here on
    for _ in range(3):
        made(lambda world: world.provider())
    jobs = [announce("family.changed", family=UUID(made(case))) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(lambda job: Runner(app)(semilla.id, job), jobs)) == {None}
    assert runs() == 5


@pytest.mark.parametrize("name", ["family.changed", "provider.changed"])
def test_what_is_gone_meanwhile_is_no_trouble(announce: Announce, work: Worker, state: State, name: str) -> None:
    job = announce(name, family=uuid4(), provider=uuid4())
    work()
    assert state(job) == ("done", 0)


def test_a_job_that_fails_is_counted_and_given_up_at_last(
    app: Flask, semilla: Ngo, announce: Announce, state: State
) -> None:
    job = announce("an.event.of.a.newer.version")
    for attempt in range(1, MOST_ATTEMPTS + 1):
        with clock.at(clock.now() + timedelta(hours=attempt)):
            again = Runner(app)(semilla.id, job)
        assert state(job) == ("failed" if attempt == MOST_ATTEMPTS else "waiting", attempt)
        assert (again is None) == (attempt == MOST_ATTEMPTS)
    Runner(app)(semilla.id, job)
    assert state(job) == ("failed", MOST_ATTEMPTS)


def test_a_job_that_fails_leaves_nothing_half_done(
    app: Flask, semilla: Ngo, announce: Announce, state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    def half(ids: dict[str, UUID]) -> None:
        db.session.add(Family(number=900, caseworker_id=semilla.people["caseworker"]))
        db.session.flush()
        raise RuntimeError

    monkeypatch.setitem(HANDLERS, "half", half)
    job = announce("half")
    assert Runner(app)(semilla.id, job) > 0
    with app.app_context(), tenancy.acting_for(semilla.id):
        assert db.session.scalars(select(Family)).all() == []
    assert state(job) == ("waiting", 1)
    assert tenancy.current_or_none() is None


def test_a_changed_provider_refreshes_each_family_around_it_once(
    app: Flask, semilla: Ngo, announce: Announce, made: Callable[..., str], work: Worker
) -> None:
    families = {made(case), made(case)}
    made(lambda world: case(world, status="closed"))
    made(lambda world: case(world, latitude=-13.16, longitude=-74.22))  # in Ayacucho
    provider = UUID(made(lambda world: world.provider()))
    with app.app_context(), tenancy.acting_for(semilla.id):
        for _ in range(3):
            events.announce("provider.changed", provider=provider)
        db.session.commit()
    work()
    with app.app_context(), tenancy.acting_for(semilla.id):
        asked = db.session.scalars(select(Job).where(Job.event == REFRESH)).all()
        assert {job.ids["family"] for job in asked} == families
        assert {job.status for job in asked} == {"done"}
        assert len(asked) == 2  # three changes, told before the first refresh was made


def test_waiting_jobs_are_listed_oldest_first(world: World) -> None:
    for number in range(3):
        events.announce("family.changed", family=UUID(int=number))
    db.session.commit()
    found = waiting()
    assert [job.made_at for job in found] == sorted(job.made_at for job in found)
    assert (len(found), waiting(older_than_seconds=60)) == (3, [])
