"""What would help who waits: what a provider could add to a plan, and how many more children would then have a place.

Apart from `ml.counterfactual`, which the web process can reach and which must not bring the plan's solvers along.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ml import assignment
from ml.assign import components, locks
from ml.assign.part import Ints
from ml.assignment import Plan, Problem
from ml.changes import offers, rows
from ml.changes.needs import Units, World
from ml.changes.offers import Addition
from ml.frames import BANDS, Children, Providers, Rules

PLANS = 8  # additions for which the plan is made anew: each a second where everybody reaches everybody
SECONDS = 20.0  # for all of these together
LOOK = 500_000  # pairs of a unit without a place and a provider that are looked at: the units in their order


@dataclass(frozen=True)
class Sides:
    """Who waits, who offers, under which rules; `units` are in the order of the plan's families.

    `aside` are units and providers that a person parted: no addition brings them together.
    """

    children: Children
    providers: Providers
    rules: Rules
    units: Units
    aside: frozenset[tuple[int, int]] = frozenset()

    def kept(self, units: Iterable[int], provider: int) -> list[int]:
        """Those of some units whom nobody parted from a provider."""
        return [unit for unit in units if (unit, provider) not in self.aside]


@dataclass(frozen=True)
class Effort:
    """For how many additions the plan is made anew, and within how many seconds all of them."""

    plans: int = PLANS
    seconds: float = SECONDS


@dataclass(frozen=True)
class Help:
    """An addition, and how many more children the best plan would then place; None where that was not asked.

    The addition's units are those without a place that it opens the provider to, numbered as in the plan.
    """

    addition: Addition
    placed: int | None


@dataclass(frozen=True)
class Found:
    """What helps, the most children first, and at how many of the units without a place was looked."""

    helps: list[Help]
    looked: int


def for_plan(sides: Sides, asked: Problem, plan: Plan, effort: Effort | None = None) -> Found:
    """What each provider could add for those whom a plan of the policy "coverage" leaves without a place.

    For the first the plan is made anew, whoever goes where: an open door is not yet a place for each. What then places
    nobody more is left out.
    """
    out = np.flatnonzero(plan.pair < 0)
    out = out[: max(LOOK // max(len(sides.providers), 1), 1)]
    if not len(out) or not len(sides.providers):
        return Found([], len(out))
    left = replace(sides.providers, seats=_left(asked, plan))
    found = offers.every(World.of(sides.children, left, sides.rules, [sides.units[unit] for unit in out.tolist()]))
    numbered = [_numbered(one, out, sides, asked) for one in _first_of_each(found)]
    numbered = [one for one in numbered if one.seated]
    return Found(_asked(_Again(sides, asked, plan), numbered, effort or Effort()), len(out))


def _left(asked: Problem, plan: Plan) -> Ints:
    """(n, b) seats that the plan leaves over."""
    chosen = plan.pair[plan.pair >= 0]
    seats = asked.seats.copy()
    np.subtract.at(seats, asked.provider[chosen], asked.demand[asked.family[chosen]])
    return seats


def _numbered(one: Addition, out: Ints, sides: Sides, asked: Problem) -> Addition:
    """An addition with the plan's numbers of its units, without those parted from its provider."""
    units = sides.kept(out[list(one.units)].tolist(), one.provider)
    children = int(asked.demand[units].sum())
    return replace(one, units=tuple(units), children=children, seated=min(one.seated, children))


def _first_of_each(found: Sequence[Addition]) -> list[Addition]:
    """The best of a kind at each provider; they come best first."""
    best: dict[tuple[int, str], Addition] = {}
    for one in found:
        best.setdefault((one.provider, one.kind), one)
    return list(best.values())


def _asked(again: _Again, found: Sequence[Addition], effort: Effort) -> list[Help]:
    end, helps = time.perf_counter() + effort.seconds, []
    for place, one in enumerate(found):
        left = end - time.perf_counter()
        placed = again.more(one, left) if place < effort.plans and left > 0 else None
        if placed != 0:
            helps.append(Help(one, placed))
    return sorted(helps, key=lambda one: -(one.placed or 0))


class _Again:
    """The plan made anew with one addition, where that can change it: children are counted, and nothing else."""

    def __init__(self, sides: Sides, asked: Problem, plan: Plan) -> None:
        self.sides, self.plan = sides, plan
        self.locked = np.zeros(len(asked.demand), dtype=np.bool_)
        if asked.locks is not None:
            self.locked[asked.family[asked.locks]] = True
        free = ~self.locked[asked.family]
        self.left = replace(
            locks.settled(asked)[0], family=asked.family[free], provider=asked.provider[free],
            score=np.ones(int(free.sum())), priority=None,
        )
        self.world = World.of(sides.children, sides.providers, sides.rules, sides.units)

    def more(self, addition: Addition, seconds: float) -> int:
        """Children placed more, never less than none; within `seconds`, fewer than there might be."""
        problem = self._with(addition)
        label = components.labels(problem, locks.usable(problem))
        at = label[problem.provider == addition.provider]
        here = np.flatnonzero(np.isin(label, at[at >= 0]))
        part = replace(
            problem, family=problem.family[here], provider=problem.provider[here], score=problem.score[here]
        )
        families = np.unique(part.family)
        now = int(part.demand[families[self.plan.pair[families] >= 0]].sum())
        return max(assignment.solve(part, seconds=seconds, processes=1).placed - now, 0)

    def _with(self, addition: Addition) -> Problem:
        """The plan's problem with one addition, and with the pairs that it opens."""
        one = np.array([addition.provider])
        offer = rows.take(self.sides.providers, one)
        made = rows.take(offers.made(self.sides.providers, addition), one)
        open_ = np.flatnonzero(self._open(made) & ~self._open(offer) & ~self.locked)
        opened = np.array(self.sides.kept(open_.tolist(), addition.provider), dtype=np.int64)
        seats = self.left.seats.copy()
        if addition.kind == "seat":
            seats[addition.provider, BANDS.index(addition.what)] += 1
        return replace(
            self.left, seats=seats, family=np.concatenate([self.left.family, opened]),
            provider=np.concatenate([self.left.provider, np.full(len(opened), addition.provider)]),
            score=np.ones(len(self.left.family) + len(opened)),
        )

    def _open(self, offer: Providers) -> np.ndarray:
        """(u,) the units that the rules let go to one provider."""
        return ~self.world.any(self.world.judged(self.world.children, offer).stops > 0)[:, 0]
