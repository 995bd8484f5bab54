"""Minutes later and earlier, against trying every minute; and days until a child is older."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ml import frames, schedule
from ml.changes import dates, shifts
from ml.schedule import Week

HOURS = st.integers(0, 23)
SPANS = st.lists(st.tuples(st.integers(0, 6), HOURS, HOURS), min_size=1, max_size=4)


def week(spans: list[tuple[int, int, int]]) -> Week:
    return Week.of((day, first * 60, last * 60 + 20) for day, first, last in spans)


def least(need: Week, offer: Week, ends: bool) -> float:
    """By trying."""
    shortest = min(end - start for start, end in shifts.stretches(need))
    for by in range(shortest):
        if schedule.covers(shifts.shifted(need, 0 if ends else by, by if ends else 0), offer):
            return by
    return np.inf


@settings(max_examples=40, deadline=None)
@given(need=SPANS.map(week), offer=SPANS.map(week))
def test_the_least_minutes_are_those_found_by_trying(need: Week, offer: Week) -> None:
    assert shifts.later([need], [offer]).tolist() == [[least(need, offer, ends=False)]]
    assert shifts.earlier([need], [offer]).tolist() == [[least(need, offer, ends=True)]]


@settings(max_examples=25, deadline=None)
@given(need=SPANS.map(week), offer=SPANS.map(week))
def test_later_and_earlier_together_are_the_least_of_all_pairs(need: Week, offer: Week) -> None:
    shortest = min(end - start for start, end in shifts.stretches(need))
    found = [
        late + early for late in range(20, shortest, 20) for early in range(20, shortest - late, 20)
        if schedule.covers(shifts.shifted(need, late, early), offer)
    ]
    late, early = shifts.both([need], offer)
    alone = min(least(need, offer, ends) for ends in (False, True))
    if late < schedule.WEEK:
        assert schedule.covers(shifts.shifted(need, late, early), offer)
    if min(found, default=np.inf) < alone:
        assert late + early == min(found)


def test_a_night_over_sunday_and_a_week_without_care() -> None:
    night, offer = schedule.parse("sun 20:00-06:00"), schedule.parse("sun 21:30-24:00; mon 00:00-07:00")
    assert shifts.later([night], [offer]).tolist() == [[90.0]]
    assert shifts.shifted(night, 300, 0) == schedule.parse("mon 01:00-06:00")
    assert shifts.later([Week()], [offer]).tolist() == [[np.inf]]
    assert shifts.both([Week()], offer) == (schedule.WEEK, schedule.WEEK)


@settings(max_examples=60, deadline=None)
@given(birth=st.dates(date(2023, 1, 1), date(2026, 12, 31)))
def test_birthdays_are_the_days_on_which_the_age_in_months_is_reached(birth: date) -> None:
    start = date(2026, 11, 23)
    days = dates.birthdays(frames.children([frames.Child("c", "f", birth, start)]))[0]
    for months, found in zip((0, 12, 24, 36), days, strict=True):
        later = [start + timedelta(days=by) for by in range(1, 500)]
        ages = frames.months_between(np.full(499, np.datetime64(birth)), np.array(later, dtype="datetime64[D]"))
        reached = np.flatnonzero(ages >= months)
        now = frames.months_between(np.array([birth], dtype="datetime64[D]"), np.array([start], dtype="datetime64[D]"))
        expected = np.nan if now[0] >= months or not len(reached) else reached[0] + 1
        assert np.isnan(found) or found == expected or found >= 500
        assert np.isnan(expected) or found == expected
