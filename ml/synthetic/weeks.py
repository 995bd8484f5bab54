"""When care is needed and when it is offered, as texts of the schedule column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ml.frames import Bools, Ints
from ml.synthetic import mix
from ml.synthetic.dice import Dice

HALF = 30  # minutes: hours lie on a grid of these
_NEED = {  # work → (start, end) minutes of the day, and the days on which it is done, by weight
    "market": ((240, 840), (("mon-fri", 0.86), ("tue-fri", 0.14))),
    "street": ((540, 1200), (("mon-fri", 0.86), ("wed-fri", 0.14))),
    "domestic": ((420, 1080), (("mon-fri", 0.90), ("mon,wed,fri", 0.10))),
    "services": ((480, 1020), (("mon-fri", 1.0),)),
    "night": ((1140, 420), (("mon,wed,fri", 0.45), ("mon-fri", 0.30), ("tue,thu", 0.25))),
    "irregular": ((840, 1200), (("mon,wed,fri", 0.35), ("tue,thu", 0.30), ("mon-fri", 0.35))),
}
_SHORT_HOURS = ((480, 780), (600, 900), (840, 1200), (960, 1320))  # of irregular work
_SHIFTS = (-60, -30, 0, 0, 30, 60)  # minutes
_OPEN = {
    "dawn": ((180, 960), (210, 930), (210, 1080), (240, 1110)),
    "day": ((360, 1200), (390, 1170), (420, 1230), (360, 1260)),
    "office": ((450, 1050), (480, 1020), (420, 1020), (480, 960)),
    "late": ((720, 1260), (780, 1320), (780, 1380)),
    "long": ((270, 1290), (210, 1320), (360, 1350)),
    "night": ((1080, 480), (1080, 450), (0, 1440)),
}


@dataclass(frozen=True)
class Hours:
    """One week as its parts: days, (start, end) minutes of the day, and the hours of Saturday and Sunday, if any."""

    days: str
    start: int
    end: int
    saturday: tuple[int, int] | None
    sunday: tuple[int, int] | None

    def text(self) -> str:
        """As in the schedule column."""
        base = (self.start, self.end)
        days = f"{self.days[:4]}sat" if self.saturday == base and self.days[3:] == "-fri" else self.days
        days = "mon-sun" if days == "mon-sat" and self.sunday == base else days
        parts = [f"{days} {_span(base)}"]
        if self.saturday is not None and not days.endswith(("sat", "sun")):
            parts.append(f"sat {_span(self.saturday)}")
        if self.sunday is not None and not days.endswith("sun"):
            parts.append(f"sun {_span(self.sunday)}")
        return "; ".join(parts)


def _span(hours: tuple[int, int]) -> str:
    return "-".join(f"{minute // 60:02d}:{minute % 60:02d}" for minute in hours)


def needed(dice: Dice, work: Ints) -> list[Hours]:
    """The hours of each family, by the place of its work in mix.WORK."""
    rows = len(work)
    saturday = dice.chance("saturday", np.array(mix.SATURDAY)[work], rows)
    sunday = dice.chance("sunday", np.array(mix.SUNDAY)[work], rows)
    half = dice.chance("half saturday", 0.4, rows)
    columns = (dice.whole("shift", 0, 5, rows), dice.whole("shift end", 0, 5, rows), dice.whole("short", 0, 3, rows))
    days = dice.uniform("days", rows)
    return [
        _need(mix.WORK[row[0]], row[1:4], float(row[4]), (row[5], row[6], row[7]))
        for row in zip(work.tolist(), *(column.tolist() for column in columns), days.tolist(),
                       saturday.tolist(), sunday.tolist(), half.tolist(), strict=True)
    ]


def _need(work: str, shifts: Sequence[int], aim: float, weekend: tuple[bool, bool, bool]) -> Hours:
    (start, end), patterns = _NEED[work]
    if work == "irregular":
        start, end = _SHORT_HOURS[shifts[2]]
    start, end = start + _SHIFTS[shifts[0]], end + _SHIFTS[shifts[1]]
    days = patterns[-1][0]
    for name, weight in patterns:
        aim -= weight
        if aim < 0:
            days = name
            break
    saturday, sunday, half = weekend
    short = half and start < 600 and end > 780
    return Hours(days, start, end, ((start, 780) if short else (start, end)) if saturday else None,
                 (start, end) if sunday else None)


def offered(dice: Dice, kind: Ints) -> tuple[Ints, list[Hours]]:
    """(n,) places in mix.HOURS, and the opening hours of each provider."""
    rows = len(kind)
    hours = dice.pick("hours", np.array(mix.HOURS_SHARE)[kind], rows)
    saturday = _saturdays(dice, hours)
    variant = dice.whole("variant", 0, 11, rows)
    found = []
    for place, which, opens in zip(hours.tolist(), variant.tolist(), saturday.tolist(), strict=True):
        name = mix.HOURS[place]
        start, end = _OPEN[name][which % len(_OPEN[name])]
        daily = name == "long" or (name == "night" and which % 2 == 0)
        found.append(Hours("mon-fri", start, end, (start, end) if opens or daily else None,
                           (start, end) if daily else None))
    return hours, found


def _saturdays(dice: Dice, hours: Ints) -> Bools:
    share = np.where(hours == mix.HOURS.index("office"), 0.15, mix.SATURDAY_OPEN)
    return dice.chance("saturday open", share, len(hours))
