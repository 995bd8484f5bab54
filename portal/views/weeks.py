"""Attendance as two weeks at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from portal import clock
from portal.models import Placement
from portal.services import matching, placements

DAYS = 14


@dataclass(frozen=True)
class Day:
    """One day of the grid; `value` is "" where nothing is known."""

    day: date
    value: str
    recordable: bool
    agreed: bool

    @property
    def offered(self) -> bool:
        """A day of the agreed week, or one of which something is known; any other has to be asked for."""
        return self.recordable and (self.agreed or bool(self.value))

    @property
    def other(self) -> bool:
        """A day outside the agreed week on which the child may have been there all the same."""
        return self.recordable and not self.offered


@dataclass(frozen=True)
class Grid:
    """Two weeks from a Monday, and the days before and after which there is nothing to see."""

    first: date
    days: list[Day]
    earlier: date | None
    later: date | None


def two_weeks(placement: Placement, text: str) -> date:
    """The Monday the grid begins with: the one asked for, or the week before this one."""
    try:
        asked = date.fromisoformat(text)
    except ValueError:
        asked = clock.today() - timedelta(days=7)
    asked = min(max(asked, placement.starts_on), max(clock.today(), placement.starts_on))
    return asked - timedelta(days=asked.weekday())


def grid(placement: Placement, first: date) -> Grid:
    """What is known of two weeks."""
    agreed = matching.weekdays(placement.child.schedule)
    days = [
        Day(day, value, placements.may_record(placement, day), day.weekday() in agreed)
        for day, value in placements.days(placement, first, DAYS)
    ]
    later = first + timedelta(days=DAYS)
    return Grid(
        first, days, first - timedelta(days=DAYS) if first > placement.starts_on else None,
        later if later <= min(placement.ends_on or clock.today(), clock.today()) else None,
    )
