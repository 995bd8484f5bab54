"""What would help who waits: what a provider could add, and how many more the plan would then place.

Apart from `ml.counterfactual`, which the web process can reach and which must not bring the plan's solvers along.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ml import assignment, constraints
from ml.assignment import Problem
from ml.changes import offers
from ml.changes.needs import Units, World
from ml.changes.offers import Addition
from ml.frames import Children, Providers, Rules

PLANS = 5  # additions for which the plan is made anew


@dataclass(frozen=True)
class Help:
    """An addition, and how many more of all who wait the best plan would then place; None where that was not asked."""

    addition: Addition
    placed: int | None


def for_providers(
    children: Children, providers: Providers, rules: Rules, units: Units, plans: int = PLANS
) -> list[Help]:
    """What each provider could add for waiting units, the most children opened first; `units` are all who wait.

    For the first `plans` of them the plan is made anew: an open door is not yet a place for each.
    """
    if not units or not len(providers):
        return []
    world = World.of(children, providers, rules, units)
    found = offers.every(world)
    now = _placed(world, providers) if found[:plans] else 0
    with_plan = [Help(one, _placed(world, offers.made(providers, one)) - now) for one in found[:plans]]
    return with_plan + [Help(one, None) for one in found[plans:]]


def _placed(world: World, providers: Providers) -> int:
    """Children that the best plan places; no pair is better than another, since only places are counted."""
    open_ = ~world.any(world.judged(world.children, providers).stops > 0)
    unit, provider = np.nonzero(open_)
    demand = constraints.group_demand(world.children)[world.first]
    return assignment.solve(Problem(unit, provider, np.ones(len(unit)), demand, providers.seats)).placed
