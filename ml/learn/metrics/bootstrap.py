"""95 % intervals over families: families are drawn with replacement, all their rows with them (Efron's percentile)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from ml.frames import Floats, Texts

TIMES = 500
LOW, HIGH = 2.5, 97.5  # percentiles


@dataclass(frozen=True)
class Interval:
    """A figure, its 95 % interval, and how many families stand behind it. NaN where there is nothing to measure."""

    value: float
    low: float
    high: float
    families: int

    def plain(self) -> dict[str, float | int | None]:
        """For JSON: rounded, None for NaN."""
        value, low, high = (None if np.isnan(one) else round(one, 6) for one in (self.value, self.low, self.high))
        return {"value": value, "low": low, "high": high, "families": self.families}


def draws(families: int, seed: int, times: int = TIMES) -> Floats:
    """(times, families) how often each family is drawn; the same seed gives the same draws."""
    dice = np.random.default_rng(seed)
    found: Floats = dice.multinomial(families, np.full(families, 1 / families), size=times).astype(np.float64)
    return found


def of_mean(values: Floats, family: Texts, seed: int) -> Interval:
    """The mean of (l,) values, one a list, over their families; NaN values are left out."""
    known = ~np.isnan(values)
    if not known.any():
        return Interval(float("nan"), float("nan"), float("nan"), 0)
    names, place = np.unique(family[known], return_inverse=True)
    total, count = np.bincount(place, values[known]), np.bincount(place)
    drawn = draws(len(names), seed)
    means = (drawn @ total) / np.maximum(drawn @ count, 1e-12)
    return _interval(float(total.sum() / count.sum()), means, len(names))


def of_rows(measure: Callable[[Floats], Mapping[str, float]], family: Texts, seed: int,
            times: int = TIMES // 2) -> dict[str, Interval]:
    """Figures that are no means. `measure` takes (m,) weights and gives each figure by name."""
    names, place = np.unique(family, return_inverse=True)
    point = measure(np.ones(len(family)))
    again = [measure(weight[place]) for weight in draws(len(names), seed, times)]
    return {
        name: _interval(value, np.array([one[name] for one in again]), len(names)) for name, value in point.items()
    }


def difference(ours: Floats, theirs: Floats, family: Texts, seed: int) -> Interval:
    """Mean of ours less theirs on the same lists: the pairing makes it narrower than two intervals apart."""
    return of_mean(ours - theirs, family, seed)


def ratio(ours: Floats, theirs: Floats, family: Texts, seed: int) -> Interval:
    """The mean of ours as a share of the mean of theirs, of the same (l,) lists; NaN where either is."""
    known = ~np.isnan(ours) & ~np.isnan(theirs)

    def measure(weight: Floats) -> dict[str, float]:
        whole = float((weight * theirs[known]).sum())
        return {"share": float((weight * ours[known]).sum()) / whole if whole else float("nan")}

    return of_rows(measure, family[known], seed)["share"]


def _interval(value: float, again: Floats, families: int) -> Interval:
    known = again[~np.isnan(again)]
    if not len(known):
        return Interval(value, float("nan"), float("nan"), families)
    low, high = np.percentile(known, [LOW, HIGH])
    return Interval(value, float(low), float(high), families)
