"""Families of one child: a transportation problem, solved exactly as a minimum-cost flow (OR-Tools).

The aims come one after the other, none as a huge weight on the next: as many as can be, by a maximum flow; then
priority, whose cheapest maximum flow says how many of each rank are placed; then the score among the flows that place
just so many of each. Costs are whole numbers, so that every machine finds the same plan.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from ortools.graph.python import min_cost_flow

from ml.assign import potentials
from ml.assign.part import Done, Ints, Part

FINEST = 2**30  # steps into which the largest score is cut
LARGEST = 2**60  # costs times nodes twice over stay exact in 64 bits


@dataclass(frozen=True)
class Network:
    """Nodes are the families, then the seats (a provider's places in one band), then what is added for a question."""

    part: Part
    seat: Ints  # (m,) of each pair
    capacity: Ints  # (seats,)
    cost: Ints  # (m,) minus the score, in whole steps
    step: float  # score of one step

    @property
    def families(self) -> int:
        """How many."""
        return len(self.part.demand)

    @property
    def nodes(self) -> int:
        """Families and seats."""
        return self.families + len(self.capacity)


def network(part: Part) -> Network:
    """The network of a part whose families have one child each."""
    bands = part.seats.shape[1]
    place = part.provider * bands + part.demand.argmax(axis=1)[part.family]
    used, seat = np.unique(place, return_inverse=True)
    nodes = len(part.demand) + len(used) + 2
    steps = min(FINEST, 2 ** int(np.log2(LARGEST // nodes**2 + 1)))
    step = 2.0 ** np.ceil(np.log2(part.top)) / steps
    cost = -np.round(part.score / step).astype(np.int64)
    return Network(part, seat, part.seats.reshape(-1)[used], cost, float(step))


def solve(part: Part, prices: bool = False) -> Done:
    """The best plan of a part, proven. RuntimeError where the solver does not say so."""
    net = network(part)
    if part.coverage:
        quota = _quotas(net)
        taken = _flow(net, net.cost, quota)
    else:
        taken = _flow(net, net.cost, None)
    pair = np.full(net.families, -1, dtype=np.int64)
    pair[part.family[taken]] = taken
    children, level, score = part.totals(taken)
    rounded = not np.array_equal(net.cost * -net.step, part.score)
    bound = (children, level, score + rounded * children * net.step)
    return Done(pair, bound, _prices(net, pair) if prices else None)


def solve_all(parts: Sequence[Part], _: float, prices: bool = False) -> list[Done]:
    """Each part's plan; the time plays no part, since a flow cannot be stopped."""
    return [solve(part, prices) for part in parts]


def _quotas(net: Network) -> Ints:
    """How many families of each rank the best plans place; with one rank, all of them may ask."""
    ranks = net.part.level
    if not ranks.any():
        return np.array([net.families], dtype=np.int64)
    taken = _flow(net, -ranks[net.part.family], np.array([net.families], dtype=np.int64))
    return np.bincount(ranks[net.part.family[taken]], minlength=int(ranks.max()) + 1).astype(np.int64)


def _flow(net: Network, cost: Ints, quota: Ints | None) -> Ints:
    """The pairs of a cheapest flow: a maximum one with `quota` families of each rank, or the cheapest of all."""
    solver = min_cost_flow.SimpleMinCostFlow()
    ones = np.ones(len(cost), dtype=np.int64)
    solver.add_arcs_with_capacity_and_unit_cost(net.part.family, net.families + net.seat, ones, cost)
    sink = net.nodes
    seats = np.arange(net.families, sink)
    _free_arcs(solver, seats, np.full_like(seats, sink), net.capacity)
    families = np.arange(net.families)
    if quota is None:  # staying without a place costs nothing
        _free_arcs(solver, families, np.full_like(families, sink), np.ones_like(families))
        solver.set_nodes_supplies(families, np.ones_like(families))
    else:
        rank = net.part.level if len(quota) > 1 else np.zeros_like(families)
        _free_arcs(solver, sink + 1 + rank, families, np.ones_like(families))
        solver.set_nodes_supplies(sink + 1 + np.arange(len(quota)), quota)
    solver.set_node_supply(sink, -(net.families if quota is None else int(quota.sum())))
    status = solver.solve_max_flow_with_min_cost()
    if status != solver.OPTIMAL:
        raise RuntimeError(f"the flow was not solved: {status}")
    taken: Ints = np.flatnonzero(np.asarray(solver.flows(np.arange(len(cost)))) > 0)
    return taken


def _free_arcs(solver: min_cost_flow.SimpleMinCostFlow, tail: Ints, head: Ints, capacity: Ints) -> None:
    solver.add_arcs_with_capacity_and_unit_cost(tail, head, capacity, np.zeros_like(tail))


def _prices(net: Network, pair: Ints) -> np.ndarray:
    """(n, b) what one more seat would add to the score."""
    found = np.zeros(net.part.seats.size)
    bands = net.part.seats.shape[1]
    place = net.part.provider * bands + net.part.demand.argmax(axis=1)[net.part.family]
    found[place] = potentials.lowest(net.part, pair, net.seat, -net.cost)[net.seat] * net.step
    return found.reshape(net.part.seats.shape)
