"""Siblings in one place: the relaxation, a plan rounded from it and repaired in windows, and how far it is proven.

Small parts are solved in whole numbers at once. In large ones, once only the score is left to prove, a pair is left out
where its cost at the relaxation's prices is more than the plan lacks: no better plan can have it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ml.assign import aims, baselines, bounds, exact, relaxation, repair
from ml.assign.bounds import Bounds
from ml.assign.clock import Clock
from ml.assign.exact import Effort, Picked
from ml.assign.part import Done, Floats, Ints, Part, Totals
from ml.assign.windows import Costs

SMALL = 600  # columns that are solved at once
PROVABLE = 2_500  # columns left of a large part for which a proof is tried
WORK = 1.0  # deterministic units for either


def solve_all(parts: Sequence[Part], seconds: float, prices: bool = False) -> list[Done]:
    """Each part's plan, in their order; the small ones go first."""
    clock, found = Clock(seconds, sum(len(part) for part in parts)), dict[int, Done]()
    for place in sorted(range(len(parts)), key=lambda place: len(parts[place])):
        found[place] = solve(parts[place], clock.share(len(parts[place])), prices)
    return [found[place] for place in range(len(parts))]


def solve(part: Part, seconds: float, prices: bool = False) -> Done:
    """The best plan found in the time, with bounds that hold for every plan."""
    clock = Clock(seconds, len(part))
    start = baselines.take(part, np.argsort(-aims.ranked(part).worth, kind="stable"))
    if len(part) <= SMALL:
        whole = _pick(part, np.arange(len(part)), start, clock)
        start = _pairs(part, whole.columns)
        if whole.proven:
            return Done(start, part.totals(whole.columns), _prices(part, clock) if prices else None)
    bound = Bounds.of(part, clock)
    if not bound.solved:
        return Done(start, bound.totals(part, _totals(part, start)), bound.guiding.price if prices else None)
    pair, most = _searched(part, bound, start, clock)
    return Done(pair, most, bound.guiding.price if prices else None)


def _searched(part: Part, bound: Bounds, start: Ints, clock: Clock) -> tuple[Ints, Totals]:
    """The rounded relaxation, repaired, or what was there if that is better; and what could be reached."""
    costs = Costs.of(part, bound.guiding)
    pair = repair.rounded(part, costs)
    if aims.better(_totals(part, start), _totals(part, pair)):
        pair = start
    most = bound.totals(part, _totals(part, pair))
    for rounds in (repair.FIRST, repair.SECOND):
        if bounds.is_open(part, _totals(part, pair), most):
            pair = repair.improve(part, costs, pair, rounds, clock)
            pair, most = _proven(part, bound, costs, pair, clock)
    return pair, most


def _proven(part: Part, bound: Bounds, costs: Costs, pair: Ints, clock: Clock) -> tuple[Ints, Totals]:
    """The plan, better where the proof finds one, and its bounds: its own totals where nothing can be better."""
    reached = _totals(part, pair)
    most = bound.totals(part, reached)
    dear = costs.cost > bound.lacks(pair) + bounds.CLOSE * part.top
    if most[:2] != reached[:2]:  # only the last aim is bounded by what a pair costs
        dear[:] = False
    left = np.union1d(np.flatnonzero(~dear), pair[pair >= 0])
    if not bounds.is_open(part, reached, most) or len(left) > PROVABLE:
        return pair, most
    picked = _pick(part, left, pair, clock)
    pair = _pairs(part, picked.columns)
    return pair, _totals(part, pair) if picked.proven else bound.totals(part, _totals(part, pair))


def _pick(part: Part, columns: Ints, pair: Ints, clock: Clock) -> Picked:
    return exact.pick(part, columns, aims.ranked(part).worth, pair[pair >= 0], Effort(WORK, clock.left()))


def _pairs(part: Part, columns: Ints) -> Ints:
    pair = np.full(len(part.demand), -1, dtype=np.int64)
    pair[part.family[columns]] = columns
    return pair


def _totals(part: Part, pair: Ints) -> Totals:
    return part.totals(pair[pair >= 0])


def _prices(part: Part, clock: Clock) -> Floats:
    """(n, b) in units of the score."""
    return relaxation.relax(part, relaxation.guided(part), clock.left()).price
