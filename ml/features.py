"""The named terms of the score, as raw values with units; NaN where a value is not known."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ml.constraints import Pairs, each_with_each
from ml.frames import BANDS, Children, Coded, Providers
from ml.schedule import Week

Matrix = NDArray[np.float64]  # (q, n)


def features(pairs: Pairs, text: Matrix) -> dict[str, Matrix]:
    """Every term's raw value for every pair. `text` is (q, n) cosines; what a judge reads is known later, or never."""
    children, providers = pairs.children, pairs.providers
    return {
        "distance": pairs.km,  # km
        "hours": _spare_hours(pairs),
        "fee": _fee_left(pairs),
        "age_fit": _free_seats(children, providers),
        "language": each_with_each(children.languages, providers.languages, _common),
        "special_needs": _special_needs(children, providers),
        "siblings": _siblings(pairs),
        "vetting": _days_valid(children, providers),
        "continuity": _later_seats(children, providers),
        "text": text,
        "answers": np.full(text.shape, np.nan),  # -1 refuses .. 1 answers
    }


def _spare_hours(pairs: Pairs) -> Matrix:
    """Opening minutes beyond the need, as a share of the need."""
    need, opening = _minutes(pairs.children.schedule)[:, None], _minutes(pairs.providers.schedule)[None]
    spare = opening - (need - pairs.lacking)
    return np.where((need > 0) & (opening > 0), spare / np.maximum(need, 1.0), np.nan)


def _minutes(weeks: Coded[Week]) -> Matrix:
    found: Matrix = np.array([week.minutes for week in weeks.values], dtype=np.float64)[weeks.place]
    return found


def _fee_left(pairs: Pairs) -> Matrix:
    """The share of the budget that is left after the fee; 1 where nothing is to pay."""
    pay, budget = pairs.pay[None], pairs.children.max_fee[:, None]
    return np.where(pay == 0, 1.0, (budget - pay) / np.maximum(budget, 1.0))


def _free_seats(children: Children, providers: Providers) -> Matrix:
    """Free seats in the child's age band."""
    band = children.band
    found: Matrix = providers.seats[:, np.clip(band, 0, len(BANDS) - 1)].T.astype(np.float64)
    return np.where((band >= 0)[:, None], found, np.nan)


def _common(mine: Sequence[tuple[str, ...]], theirs: Sequence[tuple[str, ...]]) -> Matrix:
    """1 the preferred language, 0.5 another one in common, 0 none, NaN where one side's are not known."""
    return np.array([[_shared(one, other) for other in theirs] for one in mine])


def _shared(mine: tuple[str, ...], theirs: tuple[str, ...]) -> float:
    if not mine or not theirs:
        return float("nan")
    return 1.0 if mine[0] in theirs else 0.5 * bool(set(mine) & set(theirs))


def _special_needs(children: Children, providers: Providers) -> Matrix:
    """Share of the child's special needs the provider can serve; NaN for a child without any."""
    wanted = np.bitwise_count(children.needs)[:, None].astype(np.float64)
    served = np.bitwise_count(children.needs[:, None] & providers.needs[None]).astype(np.float64)
    return np.where(wanted > 0, served / np.maximum(wanted, 1), np.nan)


def _siblings(pairs: Pairs) -> Matrix:
    """Share of the family's children who find a free seat here; NaN for an only child."""
    children, seats = pairs.children, pairs.providers.seats
    families, place, counts = np.unique(children.family, return_inverse=True, return_counts=True)
    demand = np.zeros((len(families), len(BANDS)), dtype=np.int64)
    band = children.band
    known = np.flatnonzero(band >= 0)
    np.add.at(demand, (place[known], band[known]), 1)
    several = np.flatnonzero(counts > 1)
    share = np.full((len(families), len(seats)), np.nan)
    seated = sum(np.minimum(demand[several, one][:, None], seats[None, :, one]) for one in range(len(BANDS)))
    share[several] = seated / counts[several][:, None]
    found: Matrix = share[place]
    return found


def _days_valid(children: Children, providers: Providers) -> Matrix:
    """Days the vetting stays valid after the start."""
    days = (providers.valid_until[None] - children.start[:, None]).astype("timedelta64[D]").astype(np.float64)
    unknown = np.isnat(providers.valid_until)[None] | np.isnat(children.start)[:, None]
    return np.where(unknown, np.nan, days)


def _later_seats(children: Children, providers: Providers) -> Matrix:
    """Of the age bands from the child's own on, the share with a seat: it need not change places as it grows."""
    free = (providers.seats > 0).astype(np.float64)
    later = np.cumsum(free[:, ::-1], axis=1)[:, ::-1] / np.arange(len(BANDS), 0, -1, dtype=np.float64)
    band = children.band
    found: Matrix = later[:, np.clip(band, 0, len(BANDS) - 1)].T
    return np.where((band >= 0)[:, None], found, np.nan)
