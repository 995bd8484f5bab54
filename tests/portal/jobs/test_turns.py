"""Periodic work: whoever keeps the schedule, each entry is done once at a time; and both queues keep the same."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from portal import clock
from portal.jobs import periodic
from portal.jobs.embedded import Embedded
from portal.jobs.network import Network
from portal.jobs.periodic import SCHEDULE
from portal.jobs.turns import HOLD, Turn

APART = timedelta(seconds=30)
MINUTES = [datetime(2026, 3, 1, tzinfo=UTC) + timedelta(minutes=minute) for minute in range(2 * 24 * 60)]


def deliver(tenant: str, job: str, lane: str) -> None:
    raise AssertionError


def test_of_many_who_reach_for_a_turn_one_has_it(app: Flask) -> None:
    def reach(moment: datetime) -> bool:
        with clock.at(moment), app.app_context():
            return Turn.take("sweep", APART) is not None

    assert reach(clock.now())  # the row is there from now on
    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(reach, [clock.now() + 2 * HOLD] * 24)) == 1


def test_two_who_make_the_row_at_once_do_not_disturb_each_other(app: Flask) -> None:
    def reach(_: int) -> bool:
        with app.app_context():
            return Turn.take("nightly", APART) is not None

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(reach, range(4))) == 1


def test_a_turn_comes_again_when_it_ended_and_some_time_went_by(app: Flask) -> None:
    with app.app_context():
        turn = Turn.take("sweep", APART)
        turn.end()
        assert Turn.take("sweep", APART) is None
        with clock.at(clock.now() + APART):
            assert Turn.take("sweep", APART)


def test_a_turn_whose_holder_was_killed_comes_again(app: Flask) -> None:
    with app.app_context():
        assert Turn.take("sweep", APART)
        with clock.at(clock.now() + APART):
            assert Turn.take("sweep", APART) is None
        with clock.at(clock.now() + HOLD + APART):
            assert Turn.take("sweep", APART)


def test_of_two_sweeps_at_once_one_is_made(app: Flask) -> None:
    assert periodic.take_turn(app, "sweep") is True
    assert periodic.take_turn(app, "sweep") is False


def test_both_queues_keep_the_same_schedule(tmp_path: Path) -> None:
    """Minute by minute over two days: what huey would do and what Celery would send."""
    embedded, network = Embedded(str(tmp_path / "jobs.db"), deliver, str), Network("redis://127.0.0.1", deliver, tick)
    embedded.keep(SCHEDULE)
    network.keep(SCHEDULE)
    for moment in MINUTES:
        naive = moment.replace(tzinfo=None)
        here = {task.name for task in embedded.huey._registry.periodic_tasks if task.validate_datetime(naive)}
        there = {name for name, entry in network.celery.conf.beat_schedule.items() if strikes(entry["schedule"], moment)}
        assert here == there
    embedded.huey.storage.close()


def tick(name: str) -> None:
    raise AssertionError


def strikes(when: object, moment: datetime) -> bool:
    """Is this minute one of a Celery crontab's?"""
    return all(
        getattr(moment, part) in getattr(when, part) for part in ("minute", "hour")
    ) and moment.day in when.day_of_month and moment.month in when.month_of_year


@pytest.mark.parametrize(("name", "times"), [("sweep", 2 * 24 * 60), ("nightly", 2)])
def test_the_schedule_is_what_it_says(tmp_path: Path, name: str, times: int) -> None:
    embedded = Embedded(str(tmp_path / "jobs.db"), deliver, str)
    embedded.keep(SCHEDULE)
    (task,) = [one for one in embedded.huey._registry.periodic_tasks if one.name == name]
    struck = [moment for moment in MINUTES if task.validate_datetime(moment.replace(tzinfo=None))]
    assert len(struck) == times
    assert name != "nightly" or {(one.hour, one.minute) for one in struck} == {(8, 0)}
    embedded.huey.storage.close()
