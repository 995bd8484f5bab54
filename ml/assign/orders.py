"""A second order of a family's list: the score minus the price of the seats, so that not all are sent to one place."""

from __future__ import annotations

import numpy as np

from ml.assign import locks
from ml.assign.part import Bools, Floats, Ints
from ml.assign.problem import Problem


def after_price(problem: Problem, prices: Floats) -> Floats:
    """(m,) score of each pair minus the prices (n, b) of the seats it would use."""
    paid: Floats = problem.score.copy()
    for band in range(problem.demand.shape[1]):
        paid -= problem.demand[problem.family, band] * prices[problem.provider, band]
    return paid


def top(problem: Problem, worth: Floats, k: int) -> Ints:
    """(q, k) pairs of each family that fit, best `worth` (m,) first; -1 where there are fewer.

    Equal worth goes to the provider with the smaller number.
    """
    usable: Bools = locks.usable(problem)
    pairs = np.flatnonzero(usable)
    pairs = pairs[np.lexsort((problem.provider[pairs], -np.round(worth[pairs], 9), problem.family[pairs]))]
    family = problem.family[pairs]
    place = np.arange(len(pairs)) - np.searchsorted(family, family)
    found = np.full((len(problem.demand), k), -1, dtype=np.int64)
    kept = place < k
    found[family[kept], place[kept]] = pairs[kept]
    return found


def crowded_out(problem: Problem, worth: Floats) -> int:
    """Children who would find no seat if every family went to the first of its list by `worth` (m,)."""
    first = top(problem, worth, 1)[:, 0]
    first = first[first >= 0]
    wanted = np.zeros_like(problem.seats)
    np.add.at(wanted, problem.provider[first], problem.demand[problem.family[first]])
    return int(np.maximum(wanted - problem.seats, 0).sum())
