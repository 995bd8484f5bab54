"""What people would use instead, each on the same instance: (q,) the pair of each family or -1.

Peers that want a square or dense problem get one column for each seat and one for staying without; a place is worth
more than all scores together, so that they too place the most children.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import lap
import networkx
import numpy as np
from matching.games import HospitalResident
from numpy.typing import NDArray
from ortools.sat.python import cp_model
from scipy.optimize import Bounds, LinearConstraint, linear_sum_assignment, milp
from scipy.sparse import coo_array
from scipy.sparse.csgraph import min_weight_full_bipartite_matching

from ml.assign import baselines, locks
from ml.assignment import Problem

Ints = NDArray[np.int64]
LIMIT = 60.0  # seconds, for those that can be stopped
FINE = 10**6


@dataclass(frozen=True)
class Rival:
    """A peer, up to which size it is sane, and whether it wants one child a family."""

    solve: Callable[[Problem], Ints]
    families: int
    single: bool = True


def _seats(problem: Problem) -> tuple[Ints, Ints, Ints]:
    """(pairs, columns) of every pair with every seat of its provider; and how many seats there are."""
    free = problem.seats[:, 0]
    first = np.cumsum(free) - free
    pairs = np.flatnonzero(locks.usable(problem))
    count = free[problem.provider[pairs]]
    start = np.repeat(first[problem.provider[pairs]] - np.cumsum(count) + count, count)
    return np.repeat(pairs, count), start + np.arange(int(count.sum())), free


def _worth(problem: Problem) -> NDArray[np.float64]:
    """(m,) of a pair: a place, and behind it the score."""
    return problem.score + 2.0 * len(problem.demand)


def _dense(problem: Problem) -> tuple[NDArray[np.float64], Ints]:
    """Costs (q, seats + q) and the pair behind each, -1 for staying without."""
    pairs, columns, free = _seats(problem)
    families = len(problem.demand)
    cost = np.zeros((families, int(free.sum()) + families))
    behind = np.full(cost.shape, -1, dtype=np.int64)
    cost[problem.family[pairs], columns] = -_worth(problem)[pairs]
    behind[problem.family[pairs], columns] = pairs
    return cost, behind


def dense_scipy(problem: Problem) -> Ints:
    """SciPy's Hungarian method on a dense matrix."""
    cost, behind = _dense(problem)
    row, column = linear_sum_assignment(cost)
    return behind[row, column]


def dense_lap(problem: Problem) -> Ints:
    """Jonker and Volgenant on a dense matrix."""
    cost, behind = _dense(problem)
    _, column, _ = lap.lapjv(cost, extend_cost=True)
    return behind[np.arange(len(cost)), column]


def sparse_scipy(problem: Problem) -> Ints:
    """SciPy's LAPJVsp; a seat for each family at the end stands for staying without."""
    pairs, columns, free = _seats(problem)
    families = len(problem.demand)
    own = np.arange(families)
    worth = 3.0 * families - _worth(problem)  # no cost may be nought
    graph = coo_array((
        np.concatenate([worth[pairs], np.full(families, 3.0 * families)]),
        (np.concatenate([problem.family[pairs], own]), np.concatenate([columns, int(free.sum()) + own])),
    )).tocsr()
    row, column = min_weight_full_bipartite_matching(graph)
    behind = coo_array((pairs + 1, (problem.family[pairs], columns)), shape=graph.shape).tocsr()
    return np.asarray(behind[row, column]).ravel() - 1


def network_simplex(problem: Problem) -> Ints:
    """NetworkX, a network as ours."""
    graph = networkx.DiGraph()
    families = len(problem.demand)
    for family in range(families):
        graph.add_node(("f", family), demand=-1)
        graph.add_edge(("f", family), "end", capacity=1, weight=2 * families * FINE)
    for provider, free in enumerate(problem.seats[:, 0].tolist()):
        graph.add_edge(("p", provider), "end", capacity=free, weight=0)
    graph.nodes["end"]["demand"] = families
    for pair in np.flatnonzero(locks.usable(problem)).tolist():
        ends = ("f", int(problem.family[pair])), ("p", int(problem.provider[pair]))
        graph.add_edge(*ends, capacity=1, weight=-round(float(problem.score[pair]) * FINE), pair=pair)
    _, flow = networkx.network_simplex(graph)
    found = np.full(families, -1, dtype=np.int64)
    for family in range(families):
        for node, carried in flow["f", family].items():
            if carried and node != "end":
                found[family] = graph.edges[("f", family), node]["pair"]
    return found


def hospitals(problem: Problem) -> Ints:
    """The pip package matching: deferred acceptance, both sides by score."""
    usable = np.flatnonzero(locks.usable(problem))
    order = usable[np.argsort(-problem.score[usable], kind="stable")]
    families: dict[int, list[int]] = {}
    providers: dict[int, list[int]] = {}
    pair_of = {}
    for pair in order.tolist():
        family, provider = int(problem.family[pair]), int(problem.provider[pair])
        families.setdefault(family, []).append(provider)
        providers.setdefault(provider, []).append(family)
        pair_of[family, provider] = pair
    seats = {provider: int(problem.seats[provider, 0]) for provider in providers}
    found = np.full(len(problem.demand), -1, dtype=np.int64)
    game = HospitalResident.create_from_dictionaries(families, providers, seats)
    for where, those in game.solve(optimal="resident").items():
        for one in those:
            found[one.name] = pair_of[one.name, where.name]
    return found


def _rows(problem: Problem, usable: Ints) -> tuple[coo_array, Ints]:
    demand = problem.demand[problem.family[usable]]
    column, band = np.nonzero(demand)
    families, bands = len(problem.demand), problem.seats.shape[1]
    row = np.concatenate([problem.family[usable], families + problem.provider[usable][column] * bands + band])
    place = np.concatenate([np.arange(len(usable)), column])
    entries = np.concatenate([np.ones(len(usable), dtype=np.int64), demand[column, band]])
    limit = np.concatenate([np.ones(families, dtype=np.int64), problem.seats.ravel()])
    return coo_array((entries, (row, place)), shape=(len(limit), len(usable))), limit


def _value(problem: Problem, usable: Ints) -> NDArray[np.float64]:
    """A child and its score as in one sum: ten scores a child, as a person would set it."""
    return problem.demand.sum(axis=1)[problem.family[usable]] * 10.0 + problem.score[usable]


def whole_highs(problem: Problem) -> Ints:
    """HiGHS on all columns at once."""
    usable = np.flatnonzero(locks.usable(problem))
    matrix, limit = _rows(problem, usable)
    found = milp(
        -_value(problem, usable), integrality=np.ones(len(usable)), bounds=Bounds(0, 1),
        constraints=LinearConstraint(matrix.tocsr(), ub=limit), options={"time_limit": LIMIT, "mip_rel_gap": 1e-5},
    )
    return _pairs(problem, usable[found.x > 0.5] if found.x is not None else usable[:0])


def whole_cp_sat(problem: Problem) -> Ints:
    """CP-SAT on all columns at once, two workers."""
    usable = np.flatnonzero(locks.usable(problem))
    matrix, limit = _rows(problem, usable)
    rows = matrix.tocsr()
    model = cp_model.CpModel()
    taken = [model.new_bool_var("") for _ in usable]
    for row, most in enumerate(limit.tolist()):
        places = rows.indices[rows.indptr[row] : rows.indptr[row + 1]].tolist()
        weights = rows.data[rows.indptr[row] : rows.indptr[row + 1]].tolist()
        if sum(weights) > most:
            model.add(cp_model.LinearExpr.weighted_sum([taken[place] for place in places], weights) <= most)
    value = np.round(_value(problem, usable) * FINE).astype(np.int64).tolist()
    model.maximize(cp_model.LinearExpr.weighted_sum(taken, value))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 2
    solver.parameters.max_time_in_seconds = LIMIT
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return _pairs(problem, usable[:0])
    return _pairs(problem, usable[[bool(solver.boolean_value(one)) for one in taken]])


def _pairs(problem: Problem, chosen: Ints) -> Ints:
    found = np.full(len(problem.demand), -1, dtype=np.int64)
    found[problem.family[chosen]] = chosen
    return found


RIVALS = {
    "first come, first served": Rival(baselines.first_come, 10**6, single=False),
    "best pair first": Rival(baselines.greedy, 10**6, single=False),
    "SciPy linear_sum_assignment": Rival(dense_scipy, 2_000),
    "lap": Rival(dense_lap, 2_000),
    "SciPy LAPJVsp": Rival(sparse_scipy, 10_000),
    "NetworkX network simplex": Rival(network_simplex, 1_000),
    "matching (stable)": Rival(hospitals, 1_000),
    "HiGHS, whole": Rival(whole_highs, 10_000, single=False),
    "CP-SAT, whole": Rival(whole_cp_sat, 10_000, single=False),
}
