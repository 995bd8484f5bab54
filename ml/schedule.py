"""Weekly schedules: `mon-fri 07:00-18:00; sat 08:00-13:00`, an interval past midnight as `mon 19:00-07:00`.

Inside, a week is a set of spans in minutes since Monday 00:00, sorted, apart from each other, none across Sunday
midnight. Minutes are exact: nothing is rounded to half hours.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY = 24 * 60  # minutes
WEEK = 7 * DAY
LONGEST = 2_000  # characters

_PART = re.compile(r"(?P<days>[a-z][a-z,\- ]*) (?P<start>\d{1,2}:\d{2}) ?- ?(?P<end>\d{1,2}:\d{2})")

Span = tuple[int, int]
Interval = tuple[int, int, int]


class ScheduleError(ValueError):
    """A schedule that cannot be read; the message names the part and what is expected."""


@dataclass(frozen=True)
class Week:
    """`spans` are (start, end) minutes of the week. Equal weeks are equal and hash alike."""

    spans: tuple[Span, ...] = ()

    @classmethod
    def of(cls, intervals: Iterable[Interval]) -> Week:
        """From (day 0..6, start, end) in minutes of the day; an end not after its start is on the next day."""
        pieces: list[Span] = []
        for day, start, end in intervals:
            first = day * DAY + start
            last = day * DAY + (end if end > start else end + DAY)
            pieces += [(first, min(last, WEEK)), (0, last - WEEK)] if last > WEEK else [(first, last)]
        return cls(_merged(pieces))

    def __bool__(self) -> bool:
        return bool(self.spans)

    @property
    def minutes(self) -> int:
        """In the whole week."""
        return sum(end - start for start, end in self.spans)

    def intervals(self) -> list[Interval]:
        """(day, start, end) in minutes of the day, none longer than a day; what runs past midnight ends above 1440."""
        found: list[Interval] = []
        for start, end in self._across_sunday():
            cut = (start // DAY + 1) * DAY
            while end > cut and end - start >= DAY:
                found.append((start // DAY % 7, start % DAY, DAY))
                start, cut = cut, cut + DAY
            found.append((start // DAY % 7, start % DAY, end - start // DAY * DAY))
        return sorted(found)

    def _across_sunday(self) -> list[Span]:
        spans = list(self.spans)
        if len(spans) > 1 and spans[0][0] == 0 and spans[-1][1] == WEEK and spans[0][1] < DAY:
            first, last = spans[0], spans[-1]
            return [*spans[1:-1], (last[0], WEEK + first[1])]
        return spans

    def text(self) -> str:
        """The canonical text: days in a row with the same hours together."""
        return _text(self)

    def __str__(self) -> str:
        return _text(self)


def parse(text: str) -> Week:
    """The week of a schedule; an empty text is an empty week. Raises ScheduleError."""
    if len(text) > LONGEST:
        raise ScheduleError(f"longer than {LONGEST} characters")
    return _parse(" ".join(text.lower().replace("\n", ";").split()))


@lru_cache(maxsize=4096)
def _parse(text: str) -> Week:
    found: list[Interval] = []
    for part in filter(None, (piece.strip() for piece in text.split(";"))):
        match = _PART.fullmatch(part)
        if match is None:
            raise ScheduleError(f"{part[:60]!r} is not like 'mon-fri 07:00-18:00'")
        start, end = _minute(match["start"]), _minute(match["end"])
        if start == end:
            raise ScheduleError(f"{part[:60]!r} begins when it ends")
        found += [(day, start, end) for day in _days(match["days"])]
    return Week.of(found)


def _minute(clock: str) -> int:
    hour, minute = (int(piece) for piece in clock.split(":"))
    if hour * 60 + minute > DAY or minute > 59:
        raise ScheduleError(f"{clock!r} is no time of day")
    return hour * 60 + minute


def _days(text: str) -> list[int]:
    days: list[int] = []
    for piece in filter(None, re.split(r"[, ]", text.replace(" -", "-").replace("- ", "-"))):
        first, dash, last = piece.partition("-")
        if first not in DAYS or (dash and last not in DAYS):
            raise ScheduleError(f"{piece[:20]!r} is no day: use {', '.join(DAYS)}")
        start = DAYS.index(first)
        length = (DAYS.index(last) - start) % 7 if dash else 0
        days += [(start + step) % 7 for step in range(length + 1)]
    return days


@lru_cache(maxsize=4096)
def _text(week: Week) -> str:
    by_day: dict[int, list[str]] = {}
    for day, start, end in week.intervals():
        by_day.setdefault(day, []).append(f"{_clock(start)}-{_clock(end if end <= DAY else end - DAY)}")
    parts = []
    for days in _runs(by_day):
        name = DAYS[days[0]] if len(days) == 1 else f"{DAYS[days[0]]}-{DAYS[days[-1]]}"
        parts += [f"{name} {hours}" for hours in by_day[days[0]]]
    return "; ".join(parts)


def _runs(by_day: dict[int, list[str]]) -> list[list[int]]:
    runs: list[list[int]] = []
    for day in sorted(by_day):
        if runs and runs[-1][-1] == day - 1 and by_day[runs[-1][0]] == by_day[day]:
            runs[-1].append(day)
        else:
            runs.append([day])
    return runs


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _merged(pieces: Sequence[Span]) -> tuple[Span, ...]:
    merged: list[Span] = []
    for start, end in sorted(piece for piece in pieces if piece[0] < piece[1]):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)


def lacking(need: Week, offer: Week) -> Week:
    """The part of the need that the offer does not cover."""
    edges = [0, *(edge for span in offer.spans for edge in span), WEEK]
    closed = list(pairwise(edges))[::2]
    return Week(_merged([
        (max(start, shut), min(end, opens)) for start, end in need.spans for shut, opens in closed
        if max(start, shut) < min(end, opens)
    ]))


def missing(need: Week, offer: Week) -> dict[str, int]:
    """Day → minutes needed and not offered, only the days that lack some. A night counts where its minutes fall."""
    found: dict[str, int] = {}
    for start, end in lacking(need, offer).spans:
        for day in range(start // DAY, (end - 1) // DAY + 1):
            share = min(end, (day + 1) * DAY) - max(start, day * DAY)
            found[DAYS[day]] = found.get(DAYS[day], 0) + share
    return found


def covers(need: Week, offer: Week) -> bool:
    """Whether the whole need lies within the offer."""
    return not lacking(need, offer)
