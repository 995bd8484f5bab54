"""What a family can change, in which unit, at which cost: never who they are, only what they ask for.

Costs make changes of different kinds comparable. One point is one more kilometre each way, 20 soles a month, a quarter
of an hour a day, or a week of waiting; to part siblings costs as much as eight kilometres. They are a convention, set
by hand: what a family really minds is asked of the family.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from ml.assign.part import Floats
from ml.changes import rows, shifts
from ml.frames import Children, Coded

FIELDS = ("max_km", "max_fee", "start_later", "end_earlier", "start_date", "split")
UNITS = ("km", "pen_a_month", "minutes", "minutes", "days", "families")
COSTS = (1.0, 1 / 20, 1 / 15, 1 / 15, 1 / 7, 8.0)  # points for one of the unit
MOST = (30.0, 600.0, 180.0, 180.0, 180.0, 1.0)  # more is asked of nobody


@dataclass(frozen=True)
class Step:
    """One field changed by an amount in its unit; `split` is by 1."""

    field: str
    by: float

    @property
    def cost(self) -> float:
        """In points."""
        return self.by * COSTS[FIELDS.index(self.field)]


@dataclass(frozen=True)
class Change:
    """The smallest change of one or two fields that opens a provider to a unit; `providers` are all that it opens."""

    unit: tuple[int, ...]  # rows of the children
    steps: tuple[Step, ...]
    cost: float
    providers: tuple[int, ...]  # rows


def applied(children: Children, change: Change) -> Children:
    """The unit's children, alone in a frame, with the change made."""
    frame = rows.take(children, np.array(change.unit, dtype=np.int64))
    for step in change.steps:
        frame = made(frame, step.field, np.full(len(frame), step.by))
    return frame


def made(frame: Children, field: str, by: Floats) -> Children:
    """Children with one field changed, each row by its own amount (q,)."""
    return CHANGED[field](frame, by)


def _later_start(frame: Children, by: Floats) -> Children:
    return replace(frame, start=frame.start + by.astype(np.int64).astype("timedelta64[D]"))


def _shifted(frame: Children, later: Floats, earlier: Floats) -> Children:
    minutes = zip(frame.schedule.place.tolist(), later.tolist(), earlier.tolist(), strict=True)
    weeks = [shifts.shifted(frame.schedule.values[place], int(late), int(early)) for place, late, early in minutes]
    return replace(frame, schedule=Coded.of(weeks))


CHANGED: dict[str, Callable[[Children, Floats], Children]] = {
    "max_km": lambda frame, by: replace(frame, max_km=frame.max_km + by),
    "max_fee": lambda frame, by: replace(frame, max_fee=frame.max_fee + by),
    "start_later": lambda frame, by: _shifted(frame, by, np.zeros_like(by)),
    "end_earlier": lambda frame, by: _shifted(frame, np.zeros_like(by), by),
    "start_date": _later_start,
    "split": lambda frame, by: replace(frame, together=frame.together & (by == 0)),
}
