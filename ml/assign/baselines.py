"""What people do without a solver: first come, first served, and the best pair first."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from ml.assign.part import Floats, Ints


class Pairs(Protocol):
    """A problem, or a part of one."""

    @property
    def family(self) -> Ints: ...
    @property
    def provider(self) -> Ints: ...
    @property
    def score(self) -> Floats: ...
    @property
    def demand(self) -> Ints: ...
    @property
    def seats(self) -> Ints: ...


def greedy(problem: Pairs) -> Ints:
    """(q,) pair of each family or -1: the best score of all first, while it fits."""
    return take(problem, np.lexsort((problem.provider, problem.family, -problem.score)))


def first_come(problem: Pairs) -> Ints:
    """(q,) pair of each family or -1: families in their order, each to the best that is left."""
    return take(problem, np.lexsort((problem.provider, -problem.score, problem.family)))


def take(problem: Pairs, order: Ints) -> Ints:
    """(q,) pair of each family or -1: one after the other in this order, each where its seats are free."""
    left = problem.seats.tolist()
    demand = [[(band, count) for band, count in enumerate(row) if count] for row in problem.demand.tolist()]
    pair = [-1] * len(demand)
    columns = (order.tolist(), problem.family[order].tolist(), problem.provider[order].tolist())
    for place, family, provider in zip(*columns, strict=True):
        free = left[provider]
        if pair[family] < 0 and demand[family] and all(free[band] >= count for band, count in demand[family]):
            pair[family] = place
            for band, count in demand[family]:
                free[band] -= count
    return np.array(pair, dtype=np.int64)
