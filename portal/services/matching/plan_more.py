"""What else the planner finds out: what providers could add, what held seats cost, and whose seats are sought after.

Children are counted as a plan of the policy "coverage" places them, whatever the plan itself aims at.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import groupby
from uuid import UUID

import numpy as np

from ml import additions, assignment
from ml.additions import Sides
from ml.assign import orders
from ml.assignment import Plan as Solved
from ml.assignment import Problem
from ml.changes import rows
from ml.changes.needs import World
from ml.changes.offers import Addition
from ml.frames import BANDS, Ints, Providers
from portal.extensions import db
from portal.queries import frames, plans
from portal.queries.plan_findings import Held
from portal.services.matching import convert
from portal.services.matching.plan_rows import Columns, Gathered, Side, Tell

SECONDS = 15.0  # for the prices of all held seats, and for a plan of "coverage" where another one was asked for
STEPS = 2  # what is told of
KEPT = 25  # additions


@dataclass(frozen=True)
class Added:
    """An addition in the portal's terms: it opens to so many families, and so many more children have a place.

    `placed` is 0 where that was not worked out.
    """

    provider: UUID
    what: Addition
    families: int
    placed: int


@dataclass(frozen=True)
class Demand:
    """Of how many lists a provider is first, and the price of a seat of it in each age band."""

    provider: UUID
    firsts: int
    prices: list[float]


@dataclass(frozen=True)
class More:
    """What was found out. `costs`: proposal → children more without it alone.

    `looked`: at how many without a place, the first of them, was looked for additions; 0 where at all of them.
    """

    looked: int = 0
    added: list[Added] = field(default_factory=list)
    demand: list[Demand] = field(default_factory=list)
    held: int = 0
    priced: int = 0
    costs: dict[UUID, int] = field(default_factory=dict)


def find(gathered: Gathered, side: Side, asked: Problem, solved: Solved, tell: Tell) -> More:
    """Look beyond a plan. Commits, and raises what `tell` raises."""
    tell("more", 0, STEPS)
    base = solved
    if all(aim.name != "children" for aim in solved.aims):
        base = assignment.solve(asked, seconds=SECONDS, processes=1, prices=True)
    sides = Sides(convert.children(gathered.needs), side.providers, side.rules, gathered.waiting.units,
                  frozenset(gathered.aside))
    helps = additions.for_plan(sides, asked, base)
    tell("more", 1, STEPS)
    costs, all_looked = _costs(side, sides, asked, base), helps.looked == int((base.pair < 0).sum())
    return More(
        looked=0 if all_looked else helps.looked, demand=_demand(side, asked, base),
        added=[_added(gathered, side, one.addition, one.placed or 0) for one in helps.helps[:KEPT]],
        held=len({one.proposal for one in side.held}), priced=len(costs),
        costs={proposal: children for proposal, children in costs.items() if children > 0},
    )


def _added(gathered: Gathered, side: Side, one: Addition, placed: int) -> Added:
    families = {gathered.needs[gathered.waiting.units[unit][0]]["family"] for unit in one.units}
    return Added(UUID(side.offers[one.provider]["ref"]), one, len(families), placed)


def _demand(side: Side, asked: Problem, base: Solved) -> list[Demand]:
    """The providers a seat of which has a price."""
    first = orders.top(asked, asked.score, 1)[:, 0]
    firsts = np.bincount(asked.provider[first[first >= 0]], minlength=len(asked.seats))
    prices = base.prices if base.prices is not None else np.zeros(asked.seats.shape)
    return [
        Demand(UUID(side.offers[row]["ref"]), int(firsts[row]), [round(one, 6) for one in prices[row].tolist()])
        for row in np.flatnonzero((prices > 0).any(axis=1)).tolist()
    ]


@dataclass(frozen=True)
class Lock:
    """A proposal as the plan's problem has it: where its children are sent, and the seats it holds there."""

    proposal: UUID
    provider: int
    needs: list[Columns]
    demand: Ints  # (b,)
    aside: list[int]  # the rows of the providers a person set aside for these children


def _costs(side: Side, sides: Sides, asked: Problem, base: Solved) -> dict[UUID, int]:
    """Proposal → children more that could have a place without it alone, its own children waiting again."""
    found = _locks(side)
    if not found:
        return {}
    demand, sent = np.array([one.demand for one in found]), np.array([one.provider for one in found])
    seats = asked.seats.copy()
    np.add.at(seats, sent, demand)
    freed = replace(side.providers, seats=seats)
    waits, there = _freed(sides, freed, np.unique(sent))
    unit, provider = np.nonzero(_open(side, found, freed))
    families, pairs = len(asked.demand), len(asked.family) + len(waits)
    own = np.flatnonzero(provider == sent[unit]) + pairs
    problem = Problem(
        family=np.concatenate([asked.family, waits, unit + families]),
        provider=np.concatenate([asked.provider, there, provider]), score=np.ones(pairs + len(unit)),
        demand=np.concatenate([asked.demand, demand]), seats=seats, locks=own,
    )
    prices = assignment.lock_prices(problem, seconds=SECONDS, held=np.concatenate([base.pair, own]))
    return {found[problem.family[one.pair] - families].proposal: one.children for one in prices}


def _freed(sides: Sides, freed: Providers, at: Ints) -> tuple[Ints, Ints]:
    """Units that wait and providers that the seats held there, once free, would open to them."""
    world = World.of(sides.children, sides.providers, sides.rules, sides.units)
    units, providers = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
    for provider in at.tolist() if len(sides.units) else ():
        now, then = (
            ~world.any(world.judged(world.children, rows.take(offers, np.array([provider]))).stops > 0)[:, 0]
            for offers in (sides.providers, freed)
        )
        opened = sides.kept(np.flatnonzero(then & ~now).tolist(), provider)
        units.append(np.array(opened, dtype=np.int64))
        providers.append(np.full(len(opened), provider))
    return np.concatenate(units), np.concatenate(providers)


def _open(side: Side, found: list[Lock], freed: Providers) -> np.ndarray:
    """(h, n) where each proposal's children could go, were it not for what is held; where they are sent, always."""
    needs = [{**one, "family": str(lock.proposal), "together": True} for lock in found for one in lock.needs]
    ends = np.cumsum([len(lock.needs) for lock in found]).tolist()
    units = [tuple(range(end - len(lock.needs), end)) for lock, end in zip(found, ends, strict=True)]
    world = World.of(convert.children(needs), freed, side.rules, units)
    open_: np.ndarray = ~world.any(world.judged(world.children).stops > 0)
    for row, lock in enumerate(found):
        open_[row, lock.aside] = False
        open_[row, lock.provider] = True
    return open_


def _locks(side: Side) -> list[Lock]:
    """The proposals whose seats are held at providers the plan knows. Commits."""
    ids = list(dict.fromkeys(one.family for one in side.held))
    families = {one.id: one for one in plans.of(ids)}
    dismissed = {key for key, one in plans.listed(ids).items() if one.status == "dismissed"} if ids else set()
    found = []
    for _, of_one in groupby(side.held, key=lambda one: one.proposal):
        seats = list(of_one)
        children = {str(one.child) for one in seats}
        family, provider = families.get(seats[0].family), side.row.get(str(seats[0].provider))
        if family is None or provider is None:
            continue
        found.append(Lock(
            seats[0].proposal, provider,
            [frames.child(family, one) for one in family.children if str(one.id) in children], _demanded(seats),
            [side.row[str(of)] for whose, of, who in dismissed
             if (whose, who) == (family.id, frozenset(children)) and str(of) in side.row],
        ))
    db.session.commit()
    return found


def _demanded(seats: list[Held]) -> Ints:
    demand = np.zeros(len(BANDS), dtype=np.int64)
    for one in seats:
        demand[BANDS.index(one.band)] += 1
    return demand
