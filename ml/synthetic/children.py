"""The children of the families: ages, sex, special needs, the day care begins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from ml.frames import Days, Ints
from ml.synthetic import mix
from ml.synthetic.dice import Dice

_SPAN = mix.OLDEST - mix.YOUNGEST + 1  # months
_APART = (12, 30)  # months between brothers and sisters, at least and at most, in a circle of ages
SOONEST, LATEST = 3, 60  # days until care begins


@dataclass(frozen=True)
class Children:
    """(q,) columns: the family's row, which of its children, whole months on the start date, places in mix.SEXES.

    `needs` are bits as in frames.NEEDS.
    """

    family: Ints
    number: Ints
    months: Ints
    sex: Ints
    needs: Ints
    birth: Days
    start: Days

    def __len__(self) -> int:
        return len(self.family)


def draw(dice: Dice, counts: Ints, on: date) -> Children:
    """The children of families with these counts, those of one family one after another."""
    family = np.repeat(np.arange(len(counts)), counts)
    number = np.arange(len(family)) - np.repeat(np.cumsum(counts) - counts, counts)
    months = _months(dice, counts, family, number)
    ahead = dice.whole("start", SOONEST, LATEST, len(counts))
    start = (np.datetime64(on) + ahead.astype("timedelta64[D]"))[family]
    rows = len(family)
    return Children(family, number, months, dice.pick("sex", mix.SEX, rows), _needs(dice, rows),
                    _birth(dice, months, start), start)


def _months(dice: Dice, counts: Ints, family: Ints, number: Ints) -> Ints:
    """Every age is as frequent as another: the first child's is drawn, its siblings' lie a drawn distance from it."""
    first = dice.whole("months", 0, _SPAN - 1, len(counts))
    twins = (counts == 2) & dice.chance("twins", mix.TWINS, len(counts))
    step = np.where(twins, 0, dice.whole("apart", *_APART, len(counts)))
    step = np.where(counts == 3, step % (_SPAN // 3 - 12) + 12, step)
    return np.asarray(mix.YOUNGEST + (first[family] + step[family] * number) % _SPAN, dtype=np.int64)


def _birth(dice: Dice, months: Ints, start: Days) -> Days:
    """A day on which the child is so many whole months old when care begins: not later in the month than the start."""
    month = start.astype("datetime64[M]")
    day = (start - month.astype("datetime64[D]")).astype(np.int64)  # 0 the first
    earlier = np.floor(dice.uniform("birthday", len(months)) * (np.minimum(day, 27) + 1)).astype(np.int64)
    born: Days = (month - months.astype("timedelta64[M]")).astype("datetime64[D]") + earlier.astype("timedelta64[D]")
    return born


def _needs(dice: Dice, rows: int) -> Ints:
    share = np.array(mix.NEEDS_WEIGHT, dtype=np.float64)
    some = dice.chance("special", mix.NEED_SHARE, rows)
    second = some & dice.chance("second need", 0.2, rows)
    one, other = (1 << dice.pick(name, share, rows) for name in ("which special", "other special"))
    return np.asarray(np.where(some, one, 0) | np.where(second, other, 0), dtype=np.int64)
