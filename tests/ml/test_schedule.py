"""Weeks in and out, and what one week lacks of another."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml import schedule
from ml.schedule import DAY, WEEK, ScheduleError, Week

INTERVAL = st.tuples(st.integers(0, 6), st.integers(0, DAY - 1), st.integers(0, DAY)).filter(
    lambda one: one[1] != one[2]
)
WEEKS = st.lists(INTERVAL, max_size=8).map(Week.of)


def minutes_of(week: Week) -> set[int]:
    return {minute for start, end in week.spans for minute in range(start, end)}


@given(WEEKS)
def test_the_text_of_a_week_is_read_as_the_same_week(week: Week) -> None:
    assert schedule.parse(week.text()) == week


@given(WEEKS)
def test_the_intervals_of_a_week_make_the_same_week(week: Week) -> None:
    assert Week.of(week.intervals()) == week
    assert all(0 < end - start <= DAY for _, start, end in week.intervals())


@given(WEEKS, WEEKS)
def test_what_lacks_is_what_is_needed_and_not_offered_minute_by_minute(need: Week, offer: Week) -> None:
    lacking = minutes_of(need) - minutes_of(offer)
    assert minutes_of(schedule.lacking(need, offer)) == lacking
    assert sum(schedule.missing(need, offer).values()) == len(lacking)
    assert schedule.covers(need, offer) == (not lacking)


@given(WEEKS)
def test_spans_are_sorted_and_apart(week: Week) -> None:
    edges = [edge for span in week.spans for edge in span]
    assert edges == sorted(set(edges))
    assert all(0 <= edge <= WEEK for edge in edges)


def test_a_night_belongs_to_the_next_day() -> None:
    night = schedule.parse("sun 19:00-07:00")
    assert schedule.missing(night, Week()) == {"mon": 7 * 60, "sun": 5 * 60}


def test_half_an_hour_lacks_every_weekday() -> None:
    need, offer = schedule.parse("mon-fri 04:30-12:00"), schedule.parse("mon-fri 05:00-18:00")
    assert schedule.missing(need, offer) == dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), 30)


@pytest.mark.parametrize("text", [
    "fri-mon 08:00-10:00", "mon,wed 9:00 - 12:00", "MON - TUE 09:00-10:00;", "mon 00:00-24:00",
])
def test_usual_ways_of_writing_are_read(text: str) -> None:
    assert schedule.parse(text)


@pytest.mark.parametrize("text", [
    "lun 08:00-10:00", "mon 25:00-26:00", "mon 08:00", "mon 08:00-08:00", "08:00-10:00", "x" * 9999,
])
def test_others_are_refused_with_a_reason(text: str) -> None:
    with pytest.raises(ScheduleError, match="."):
        schedule.parse(text)


def test_no_text_is_an_empty_week() -> None:
    assert schedule.parse(" ; ") == Week()
