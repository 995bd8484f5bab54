"""Siblings in one place: a mixed-integer program over (family, provider) columns, component by component."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

if TYPE_CHECKING:
    from ml.assignment import Problem

Ints = NDArray[np.int64]
GAP = 1e-6


def solve(
    problem: Problem, value: NDArray[np.float64], fits: NDArray[np.bool_], seconds: float
) -> tuple[Ints, float]:
    """(q,) index of the pair of each family or -1, and an upper bound of the objective."""
    chosen = np.full(len(problem.demand), -1, dtype=np.int64)
    usable = np.flatnonzero(fits & (value > 0))
    bound, end = 0.0, time.perf_counter() + seconds
    for pairs in _components(problem, usable):
        left = max(end - time.perf_counter(), 0.05)
        picked, best = _one(problem, value, pairs, left)
        chosen[problem.family[picked]] = picked
        bound += best
    return chosen, bound


def _components(problem: Problem, usable: Ints) -> list[Ints]:
    """The pairs, apart where no family and no provider is shared."""
    if not len(usable):
        return []
    families, providers = len(problem.demand), len(problem.seats)
    row, column = problem.family[usable], problem.provider[usable] + families
    size = families + providers
    graph = coo_array((np.ones(len(usable)), (row, column)), shape=(size, size))
    _, label = connected_components(graph, directed=False)
    mine = label[row]
    order = np.argsort(mine, kind="stable")
    cuts = np.flatnonzero(np.diff(mine[order])) + 1
    return [np.asarray(part) for part in np.split(usable[order], cuts)]


def _one(problem: Problem, value: NDArray[np.float64], pairs: Ints, seconds: float) -> tuple[Ints, float]:
    weight = value[pairs]
    scale = float(np.abs(weight).max())
    constraints = [
        LinearConstraint(_by_family(problem, pairs), ub=1),
        LinearConstraint(*_by_seat(problem, pairs)),
    ]
    result = milp(
        -weight / scale, integrality=np.ones(len(pairs)), bounds=Bounds(0, 1), constraints=constraints,
        options={"time_limit": seconds, "mip_rel_gap": GAP * 1e-3},
    )
    if result.x is None:
        picked = _greedy(problem, value, pairs)
        return picked, float(weight.sum())
    picked = pairs[result.x > 0.5]
    dual = getattr(result, "mip_dual_bound", None)
    reached = float(value[picked].sum())
    return picked, max(reached, -float(dual) * scale if dual is not None else reached)


def _by_family(problem: Problem, pairs: Ints) -> csr_array:
    _, row = np.unique(problem.family[pairs], return_inverse=True)
    return coo_array((np.ones(len(pairs)), (row, np.arange(len(pairs))))).tocsr()


def _by_seat(problem: Problem, pairs: Ints) -> tuple[csr_array, float, NDArray[np.int64]]:
    bands = problem.seats.shape[1]
    demand = problem.demand[problem.family[pairs]]
    place, band = np.nonzero(demand)
    seat, row = np.unique(problem.provider[pairs][place] * bands + band, return_inverse=True)
    matrix = coo_array((demand[place, band].astype(float), (row, place)), shape=(len(seat), len(pairs))).tocsr()
    return matrix, -np.inf, problem.seats.reshape(-1)[seat]


def _greedy(problem: Problem, value: NDArray[np.float64], pairs: Ints) -> Ints:
    """A plan for when no time was left: the best pair first, while it fits."""
    left, placed, picked = problem.seats.copy(), set(), []
    for pair in pairs[np.argsort(-value[pairs], kind="stable")]:
        family, provider = int(problem.family[pair]), int(problem.provider[pair])
        if family not in placed and (problem.demand[family] <= left[provider]).all():
            left[provider] -= problem.demand[family]
            placed.add(family)
            picked.append(pair)
    return np.array(picked, dtype=np.int64)
