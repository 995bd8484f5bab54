"""What time it is: one clock for all, which stands still where it is told to, and days that begin in Lima."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta

import pytest

from portal import clock
from portal.clock import LIMA


def test_now_is_aware_and_in_utc_and_goes_on() -> None:
    first, second = clock.now(), clock.now()
    assert first.tzinfo == UTC
    assert first <= second


def test_inside_the_block_the_clock_stands() -> None:
    noon = datetime(2026, 5, 4, 12, 0, tzinfo=LIMA)
    with clock.at(noon):
        assert clock.now() == clock.now() == noon
        with clock.at(noon + timedelta(days=1)):
            assert clock.today() == date(2026, 5, 5)
        assert clock.today() == date(2026, 5, 4)
    assert clock.now() != noon


@pytest.mark.parametrize(("hour", "day"), [(4, 3), (5, 4), (23, 4)])
def test_a_day_begins_in_lima(hour: int, day: int) -> None:
    """Five hours after it did in UTC."""
    with clock.at(datetime(2026, 5, 4, hour, 30, tzinfo=UTC)):
        assert clock.today() == date(2026, 5, day)


def test_the_clock_goes_on_after_an_error() -> None:
    with pytest.raises(RuntimeError), clock.at(datetime(2020, 1, 1, tzinfo=UTC)):
        raise RuntimeError
    assert clock.now().year > 2020


def test_a_clock_that_was_set_is_set_for_its_own_thread() -> None:
    seen: list[datetime] = []
    with clock.at(datetime(2020, 1, 1, tzinfo=UTC)):
        thread = threading.Thread(target=lambda: seen.append(clock.now()))
        thread.start()
        thread.join()
    assert seen[0].year > 2020
