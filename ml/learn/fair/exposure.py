"""How providers share the places at the top of lists, against how they share the seats."""

from __future__ import annotations

from typing import Any

import numpy as np

from ml.frames import Floats
from ml.learn.baselines.plain import Score
from ml.learn.evaluation import Lists
from ml.learn.examples import Examples

SHOWN = 10  # places of a list


def shares(every: Examples, score: Score) -> dict[str, Any]:
    """Over all admissible pairs of test families: who comes among the first ten, weighed by 1 / log2(1 + place).

    `apart`: half the sum of differences between shares of exposure and of seats, 0 the same. Gini: 0 all alike.
    """
    lists = Lists.of(every, np.nan_to_num(every.capacity))
    ranked = lists.ranked(score)
    seen = np.where(ranked.position <= SHOWN, 1 / np.log2(1 + ranked.position), 0.0)
    names, place = np.unique(lists.provider[ranked.order], return_inverse=True)
    exposure: Floats = np.bincount(place, seen).astype(np.float64)
    seats = np.zeros(len(names))
    np.maximum.at(seats, place, ranked.gain)
    mine, theirs = exposure / exposure.sum(), seats / max(seats.sum(), 1e-12)
    return {
        "providers": len(names), "never_shown": round(float((exposure == 0).mean()), 6),
        "gini_exposure": round(gini(exposure), 6), "gini_seats": round(gini(seats), 6),
        "apart": round(float(np.abs(mine - theirs).sum() / 2), 6),
        "top_tenth": round(float(np.sort(mine)[::-1][: max(len(names) // 10, 1)].sum()), 6),
    }


def gini(values: Floats) -> float:
    """Mean absolute difference over twice the mean; `values` ≥ 0."""
    ordered = np.sort(values)
    count = len(ordered)
    if not ordered.sum():
        return 0.0
    return float((2 * np.arange(1, count + 1) - count - 1) @ ordered / (count * ordered.sum()))


def supply(every: Examples) -> dict[str, float]:
    """Family → admissible providers in a list, on average: a desert is no fault of the model, and is told apart."""
    query, provider = every.query, np.unique(every.provider, return_inverse=True)[1]
    pairs, first = np.unique(np.stack([query, provider], axis=1), axis=0, return_index=True)
    lists, start, counts = np.unique(pairs[:, 0], return_index=True, return_counts=True)
    found: dict[str, list[int]] = {}
    for place, count in zip(first[start].tolist(), counts.tolist(), strict=True):
        found.setdefault(str(every.family[place]), []).append(count)
    return {family: float(np.mean(each)) for family, each in found.items()}
