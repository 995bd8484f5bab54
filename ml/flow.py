"""Families of one child: a transportation problem, solved exactly as a minimum-cost flow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python import min_cost_flow

if TYPE_CHECKING:
    from ml.assignment import Problem

Ints = NDArray[np.int64]
LARGEST = 2**52  # costs times nodes stay exact in 64 bits


def solve(problem: Problem, value: NDArray[np.float64], fits: NDArray[np.bool_], must_place: bool) -> Ints:
    """(q,) index of the pair of each family, -1 without. `must_place`: as many as can be, then value."""
    chosen = np.full(len(problem.demand), -1, dtype=np.int64)
    usable = np.flatnonzero(fits)
    if not must_place:
        usable = usable[value[usable] > 0]
    if not len(usable):
        return chosen
    network = _network(problem, usable, _costs(problem, value, usable, must_place), must_place)
    status = network.solve_max_flow_with_min_cost()
    if status != network.OPTIMAL:
        raise RuntimeError(f"the flow was not solved: {status}")
    carries = network.flows(np.arange(len(usable))) > 0
    pairs = usable[np.asarray(carries, dtype=np.bool_)]
    chosen[problem.family[pairs]] = pairs
    return chosen


def _costs(problem: Problem, value: NDArray[np.float64], usable: Ints, must_place: bool) -> Ints:
    """Whole numbers: the score to a millionth where it fits, priority above it."""
    score = problem.score[usable]
    unit = min(10**6, LARGEST // (len(problem.demand) + len(problem.seats) + 2) ** 2)
    costs = -np.round((score - score.min() if must_place else score) * unit).astype(np.int64)
    if problem.priority is not None and must_place:
        level = np.unique(problem.priority, return_inverse=True)[1][problem.family[usable]]
        costs -= level * (int(-costs.min()) + 1) * (len(problem.demand) + 1)
    return costs


def _network(
    problem: Problem, usable: Ints, costs: Ints, must_place: bool
) -> min_cost_flow.SimpleMinCostFlow:
    families, bands = len(problem.demand), problem.seats.shape[1]
    band = problem.demand.argmax(axis=1)
    source, sink = 0, 1
    family_node = 2 + problem.family[usable]
    seat_node = 2 + families + problem.provider[usable] * bands + band[problem.family[usable]]
    network = min_cost_flow.SimpleMinCostFlow()
    one = np.ones(len(usable), dtype=np.int64)
    network.add_arcs_with_capacity_and_unit_cost(family_node, seat_node, one, costs)
    waiting = np.unique(family_node)
    ones = np.ones(len(waiting), dtype=np.int64)
    network.add_arcs_with_capacity_and_unit_cost(np.full_like(waiting, source), waiting, ones, np.zeros_like(ones))
    used = np.unique(seat_node)
    capacity = problem.seats.reshape(-1)[used - 2 - families]
    network.add_arcs_with_capacity_and_unit_cost(used, np.full_like(used, sink), capacity, np.zeros_like(used))
    if not must_place:  # staying without a place costs nothing
        network.add_arcs_with_capacity_and_unit_cost(waiting, np.full_like(waiting, sink), ones, np.zeros_like(ones))
    network.set_node_supply(source, len(waiting))
    network.set_node_supply(sink, -len(waiting))
    return network
