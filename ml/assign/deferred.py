"""Deferred acceptance, and the pairs that would rather have each other than what a plan gives them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ml.assign.problem import Problem

Ints = NDArray[np.int64]


def _standing(problem: Problem) -> list[tuple[float, float, int]]:
    """How each pair stands with the provider: priority, then score, then the earlier family."""
    priority = problem.priority if problem.priority is not None else np.zeros(len(problem.demand))
    return [
        (float(priority[family]), float(score), -int(family))
        for family, score in zip(problem.family, problem.score, strict=True)
    ]


def accept(problem: Problem, fits: NDArray[np.bool_]) -> Ints:
    """(q,) index of the pair of each family, -1 without. Families propose from their best pair down."""
    standing = _standing(problem)
    wishes: list[list[int]] = [[] for _ in range(len(problem.demand))]
    for pair in sorted(np.flatnonzero(fits).tolist(), key=lambda one: (problem.score[one], -problem.provider[one])):
        wishes[problem.family[pair]].append(pair)
    kept: list[list[int]] = [[] for _ in range(len(problem.seats))]
    asking = [family for family in range(len(wishes)) if wishes[family]]
    chosen = np.full(len(problem.demand), -1, dtype=np.int64)
    while asking:
        family = asking.pop()
        if not wishes[family]:
            continue
        pair = wishes[family].pop()
        provider = int(problem.provider[pair])
        chosen[family] = pair
        kept[provider], refused = _keep(problem, provider, [*kept[provider], pair], standing)
        for other in refused:
            chosen[problem.family[other]] = -1
            asking.append(int(problem.family[other]))
    return chosen


def _keep(
    problem: Problem, provider: int, pairs: list[int], standing: list[tuple[float, float, int]]
) -> tuple[list[int], list[int]]:
    """The best of those who ask, as far as the seats go; the others are refused."""
    left, kept, refused = problem.seats[provider].copy(), [], []
    for pair in sorted(pairs, key=lambda one: standing[one], reverse=True):
        demand = problem.demand[problem.family[pair]]
        if (demand <= left).all():
            left -= demand
            kept.append(pair)
        else:
            refused.append(pair)
    return kept, refused


def blocking_pairs(problem: Problem, chosen: Ints, fits: NDArray[np.bool_]) -> int:
    """How many admissible pairs block: the family likes it better, and the provider has room or would make room.

    A provider makes room for a family by sending away those who stand behind it.
    """
    has = chosen >= 0
    have = np.full(len(chosen), -np.inf)
    have[has] = problem.score[chosen[has]]
    better = np.flatnonzero(fits & (problem.score > have[problem.family] + 1e-12))
    pairs = np.concatenate([chosen[has], better])
    asks = np.arange(len(pairs)) >= int(has.sum())
    order = _by_standing(problem, pairs)
    pairs, asks = pairs[order], asks[order]
    demand = problem.demand[problem.family[pairs]]
    room = problem.seats[problem.provider[pairs]] - _ahead(problem.provider[pairs], demand * ~asks[:, None])
    return int((asks & (demand <= room).all(axis=1)).sum())


def _by_standing(problem: Problem, pairs: Ints) -> Ints:
    """Provider by provider, whoever stands better first; the order is that of `_standing`."""
    family = problem.family[pairs]
    priority = problem.priority if problem.priority is not None else np.zeros(len(problem.demand))
    order: Ints = np.lexsort((family, -problem.score[pairs], -priority[family], problem.provider[pairs]))
    return order


def _ahead(provider: Ints, seated: Ints) -> Ints:
    """(k, b) seats taken by those before each row at the same provider; rows are in order of provider."""
    before = np.cumsum(seated, axis=0) - seated
    begins = np.searchsorted(provider, provider)
    ahead: Ints = before - before[begins]
    return ahead
