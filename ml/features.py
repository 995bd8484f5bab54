"""The named terms of the score, as raw values with units; NaN where a value is not known."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ml.constraints import Pairs
from ml.frames import BANDS, Coded, Ints
from ml.schedule import Week

Matrix = NDArray[np.float64]  # (q, n), or (m,) where the pairs are listed


def features(pairs: Pairs, text: Matrix) -> dict[str, Matrix]:
    """Every term's raw value for every pair. `text` are cosines; what a judge reads is known later, or never."""
    children, providers = pairs.children, pairs.providers
    return {
        "distance": pairs.km,  # km
        "hours": _spare_hours(pairs),
        "fee": _fee_left(pairs),
        "age_fit": pairs.in_band(lambda seats: seats.astype(np.float64)),  # free seats in the child's age band
        "language": pairs.compared(children.languages, providers.languages, _common),
        "special_needs": _special_needs(pairs),
        "siblings": _siblings(pairs),
        "vetting": _days_valid(pairs),
        "continuity": pairs.in_band(_later_seats),
        "text": text,
        "answers": np.full(text.shape, np.nan),  # -1 refuses .. 1 answers
    }


def _spare_hours(pairs: Pairs) -> Matrix:
    """Opening minutes beyond the need, as a share of the need."""
    need, opening = pairs.mine(_minutes(pairs.children.schedule)), pairs.theirs(_minutes(pairs.providers.schedule))
    spare = opening - (need - pairs.lacking)
    return np.where((need > 0) & (opening > 0), spare / np.maximum(need, 1.0), np.nan)


def _minutes(weeks: Coded[Week]) -> Matrix:
    found: Matrix = np.array([week.minutes for week in weeks.values], dtype=np.float64)[weeks.place]
    return found


def _fee_left(pairs: Pairs) -> Matrix:
    """The share of the budget that is left after the fee; 1 where nothing is to pay."""
    pay, budget = pairs.theirs(pairs.pay), pairs.mine(pairs.children.max_fee)
    return np.where(pay == 0, 1.0, (budget - pay) / np.maximum(budget, 1.0))


def _common(mine: Sequence[tuple[str, ...]], theirs: Sequence[tuple[str, ...]]) -> Matrix:
    """1 the preferred language, 0.5 another one in common, 0 none, NaN where one side's are not known."""
    return np.array([[_shared(one, other) for other in theirs] for one in mine])


def _shared(mine: tuple[str, ...], theirs: tuple[str, ...]) -> float:
    if not mine or not theirs:
        return float("nan")
    return 1.0 if mine[0] in theirs else 0.5 * bool(set(mine) & set(theirs))


def _special_needs(pairs: Pairs) -> Matrix:
    """Share of the child's special needs the provider can serve; NaN for a child without any."""
    if not pairs.children.needs.any():
        return np.full(pairs.shape, np.nan)
    needs = pairs.mine(pairs.children.needs)
    wanted = np.bitwise_count(needs).astype(np.float64)
    served = np.bitwise_count(needs & pairs.theirs(pairs.providers.needs)).astype(np.float64)
    return np.where(wanted > 0, served / np.maximum(wanted, 1), np.nan)


def _siblings(pairs: Pairs) -> Matrix:
    """Share of the family's children who find a free seat here; NaN for an only child."""
    children, seats = pairs.children, pairs.providers.seats
    families, place, counts = np.unique(children.family, return_inverse=True, return_counts=True)
    if counts.max(initial=0) < 2:
        return np.full(pairs.shape, np.nan)
    demand = np.zeros((len(families), len(BANDS)), dtype=np.int64)
    band = children.band
    known = np.flatnonzero(band >= 0)
    np.add.at(demand, (place[known], band[known]), 1)
    wanted = demand[place]
    seated = sum(np.minimum(pairs.mine(wanted[:, one]), pairs.theirs(seats[:, one])) for one in range(len(BANDS)))
    siblings = pairs.mine(counts[place])
    return np.where(siblings > 1, seated / siblings, np.nan)


def _days_valid(pairs: Pairs) -> Matrix:
    """Days the vetting stays valid after the start."""
    until, start = pairs.theirs(pairs.providers.valid_until), pairs.mine(pairs.children.start)
    days = (until - start).astype("timedelta64[D]").astype(np.float64)
    return np.where(np.isnat(until) | np.isnat(start), np.nan, days)


def _later_seats(seats: Ints) -> Matrix:
    """(·, 4) of the age bands from each on, the share with a seat: a child need not change places as it grows."""
    free = (seats > 0).astype(np.float64)
    later: Matrix = np.cumsum(free[:, ::-1], axis=1)[:, ::-1] / np.arange(len(BANDS), 0, -1, dtype=np.float64)
    return later
