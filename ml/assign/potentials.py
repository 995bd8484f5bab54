"""What a seat is worth to those who compete for it: the lowest prices at which everybody is content with the plan.

They are the duals of the flow. At a price for each seat and a least gain for each rank of priority, every placed family
has the seat that gives it the most, and nobody without a place would gain enough to pay for one. Such prices are
longest paths in the network that the flow leaves over, found by relaxing the arcs of whatever changed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ml.assign.part import Ints, Part

NEVER = -(2**62)


@dataclass(frozen=True)
class Arcs:
    """head is worth at least what tail is worth plus length; in order of tail, which starts at `first`."""

    first: Ints  # (nodes + 1,)
    head: Ints
    length: Ints


def lowest(part: Part, pair: Ints, seat: Ints, worth: Ints) -> Ints:
    """(seats,) lowest prices of an optimal plan, in the steps of `worth` (m,), the score of each pair.

    `seat` (m,) numbers the seats. A seat with a place left costs nothing.
    """
    seats = int(seat.max(initial=-1)) + 1
    ranks = int(part.level.max(initial=0)) + 1
    price = np.full(seats + ranks, NEVER, dtype=np.int64)
    price[:seats] = 0
    if not part.coverage:  # nobody has to be placed: the least gain is nothing, for every rank
        price[seats:] = 0
    return _longest(_arcs(part, pair, seat, worth), price)[:seats]


def _arcs(part: Part, pair: Ints, seat: Ints, worth: Ints) -> Arcs:
    seats, nodes = int(seat.max()) + 1, int(seat.max()) + 2 + int(part.level.max(initial=0))
    own = pair[part.family]  # (m,) the pair that its family has
    placed = own >= 0
    have = pair[pair >= 0]
    rank = seats + part.level
    tail = np.where(placed, seat[own], rank[part.family])
    length = worth - np.where(placed, worth[own], 0)
    head = seat
    if part.coverage:
        tail = np.concatenate([tail, seat[have]])
        head = np.concatenate([head, rank[part.family[have]]])
        length = np.concatenate([length, -worth[have]])
    order = np.argsort(tail, kind="stable")
    first = np.searchsorted(tail[order], np.arange(nodes + 1))
    return Arcs(first, head[order], length[order])


def _longest(arcs: Arcs, worth: Ints) -> Ints:
    changed = np.flatnonzero(worth > NEVER)
    while len(changed):
        place, tail = _leaving(arcs, changed)
        reached = worth[tail] + arcs.length[place]
        head = arcs.head[place]
        better = reached > worth[head]
        np.maximum.at(worth, head[better], reached[better])
        changed = np.unique(head[better])
    return worth


def _leaving(arcs: Arcs, nodes: Ints) -> tuple[Ints, Ints]:
    """Every arc that leaves one of the nodes, and the node it leaves."""
    count = arcs.first[nodes + 1] - arcs.first[nodes]
    start = np.repeat(arcs.first[nodes] - np.cumsum(count) + count, count)
    return start + np.arange(int(count.sum())), np.repeat(nodes, count)
