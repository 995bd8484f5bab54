"""The named terms of the score, as raw values with units."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ml import schedule
from ml.constraints import after_subsidy, distance_km, missing_steps
from ml.frames import BANDS, Children, Providers, Rules

Matrix = NDArray[np.float64]  # (q, n)


def features(children: Children, providers: Providers, rules: Rules, text: Matrix) -> dict[str, Matrix]:
    """Every term's raw value for every pair; NaN where it is not known. `text` is (q, n) cosines."""
    shape = (len(children), len(providers))
    return {
        "distance": distance_km(children, providers),
        "hours": _spare_hours(children, providers),
        "fee": _fee_left(children, providers, rules),
        "age_fit": _free_seats(children, providers),
        "language": _language(children, providers),
        "special_needs": _special_needs(children, providers),
        "siblings": np.broadcast_to(_siblings(children)[:, None], shape).astype(np.float64),
        "vetting": _days_valid(children, providers),
        "continuity": _months_to_stay(children, providers),
        "text": text,
    }


def _spare_hours(children: Children, providers: Providers) -> Matrix:
    """Opening minutes beyond the need, as a share of the need."""
    need = children.schedule.sum(axis=1)[:, None] * float(schedule.STEP)
    covered = need - missing_steps(children, providers) * float(schedule.STEP)
    open_minutes = providers.schedule.sum(axis=1)[None] * float(schedule.STEP)
    return np.where(need > 0, (open_minutes - covered) / np.maximum(need, 1.0), np.nan)


def _fee_left(children: Children, providers: Providers, rules: Rules) -> Matrix:
    """The share of the budget that is left after the fee; 1 where nothing is to pay."""
    pay, budget = after_subsidy(providers, rules)[None], children.max_fee[:, None]
    return np.where(pay == 0, 1.0, (budget - pay) / np.maximum(budget, 1.0))


def _free_seats(children: Children, providers: Providers) -> Matrix:
    """Free seats in the child's age band."""
    band = children.band
    found: Matrix = providers.seats[:, np.clip(band, 0, len(BANDS) - 1)].T.astype(np.float64)
    return np.where((band >= 0)[:, None], found, np.nan)


def _language(children: Children, providers: Providers) -> Matrix:
    """1 the preferred language, 0.5 another one in common, 0 none, NaN where the provider's are not known."""
    found = np.zeros((len(children), len(providers)))
    known: dict[tuple[tuple[str, ...], tuple[str, ...]], float] = {}
    for row, mine in enumerate(children.languages):
        for column, theirs in enumerate(providers.languages):
            pair = (mine, theirs)
            if pair not in known:
                known[pair] = _common(mine, theirs)
            found[row, column] = known[pair]
    return found


def _common(mine: tuple[str, ...], theirs: tuple[str, ...]) -> float:
    if not mine or not theirs:
        return float("nan")
    return 1.0 if mine[0] in theirs else 0.5 * bool(set(mine) & set(theirs))


def _special_needs(children: Children, providers: Providers) -> Matrix:
    """Share of the child's special needs the provider can serve; NaN for a child without any."""
    wanted = _bits(children.needs)[:, None]
    served = _bits(children.needs[:, None] & providers.needs[None])
    return np.where(wanted > 0, served / np.maximum(wanted, 1), np.nan)


def _bits(masks: NDArray[np.int64]) -> NDArray[np.float64]:
    return np.bitwise_count(masks).astype(np.float64)


def _siblings(children: Children) -> NDArray[np.float64]:
    """1 for children placed together with siblings, NaN for others."""
    _, place, counts = np.unique(children.family, return_inverse=True, return_counts=True)
    return np.where(children.together & (counts[place] > 1), 1.0, np.nan)


def _days_valid(children: Children, providers: Providers) -> Matrix:
    """Days the vetting stays valid after the start."""
    days = (providers.valid_until[None] - children.start[:, None]).astype("timedelta64[D]").astype(np.float64)
    unknown = np.isnat(providers.valid_until)[None] | np.isnat(children.start)[:, None]
    return np.where(unknown, np.nan, days)


def _months_to_stay(children: Children, providers: Providers) -> Matrix:
    """How many of the age bands from the child's own on have a seat: it need not change places as it grows."""
    seats = (providers.seats > 0).astype(np.float64)
    later = np.cumsum(seats[:, ::-1], axis=1)[:, ::-1]
    total = np.arange(len(BANDS), 0, -1, dtype=np.float64)
    share = later / total
    band = children.band
    return np.where((band >= 0)[:, None], share[:, np.clip(band, 0, len(BANDS) - 1)].T, np.nan)
