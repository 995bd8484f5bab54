"""By how much each unit falls short of each provider, rule by rule, as the rules themselves judge it.

Axes: u units (children placed together), q their children, n providers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ml import constraints
from ml.assign.part import Bools, Floats, Ints
from ml.changes import dates, rows, shifts
from ml.constraints import FAIL, UNKNOWN, Verdicts
from ml.evidence import NAMES
from ml.frames import Children, Providers, Rules

Units = Sequence[tuple[int, ...]]
BIT = {name: 1 << place for place, name in enumerate(NAMES)}
GRADUAL = BIT["distance"] | BIT["fee"] | BIT["hours"]  # what an amount can mend
NEVER = np.inf


@dataclass(frozen=True)
class World:
    """Both sides and the rules, the children in the order of their units."""

    children: Children
    providers: Providers
    rules: Rules
    first: Ints  # (u,) where each unit's children begin

    @classmethod
    def of(cls, children: Children, providers: Providers, rules: Rules, units: Units) -> World:
        """The children of some units, each unit a family of its own."""
        chosen = rows.take(children, np.array([row for unit in units for row in unit], dtype=np.int64))
        sizes = np.array([len(unit) for unit in units], dtype=np.int64)
        numbered = replace(chosen, family=np.repeat(np.arange(len(units)), sizes), together=np.repeat(sizes > 1, sizes))
        return cls(numbered, providers, rules, np.cumsum(sizes) - sizes)

    def largest(self, values: Floats) -> Floats:
        """(u, …) the largest of each unit's children."""
        found: Floats = np.maximum.reduceat(values, self.first, axis=0)
        return found

    def any(self, values: Bools) -> Bools:
        """(u, …) whether it holds for any of the unit's children."""
        found: Bools = np.logical_or.reduceat(values, self.first, axis=0)
        return found

    def judged(self, children: Children, providers: Providers | None = None) -> Verdicts:
        """What the rules say of these children."""
        return constraints.judge(children, self.providers if providers is None else providers, self.rules)


@dataclass(frozen=True)
class Needs:
    """(u, n) amounts that a unit lacks with a provider: 0 where none, infinite where no amount helps.

    `hours` is whether these stand in the way, `gaps` whether both sides' are known then; `days` is until a start on
    which all but the gradual rules pass, 0 where they do now; `free` is where nothing at all stands in the way.
    """

    km: Floats
    pen: Floats
    later: Floats
    earlier: Floats
    hours: Bools
    gaps: Bools
    days: Floats
    free: Bools


def of(world: World) -> Needs:
    """What every unit lacks with every provider."""
    verdicts = world.judged(world.children)
    pairs, stops = verdicts.pairs, verdicts.stops
    weeks = (pairs.children.schedule, pairs.providers.schedule)
    pay = np.broadcast_to(pairs.pay, stops.shape)
    hours = (stops & BIT["hours"]) > 0
    vague = hours & (verdicts.by_rule["hours"] == UNKNOWN)
    late, early = (constraints.each_with_each(*weeks, shift) for shift in (shifts.later, shifts.earlier))
    return Needs(
        km=world.largest(_lacking(verdicts, "distance", pairs.km, pairs.children.max_km)),
        pen=world.largest(_lacking(verdicts, "fee", pay, pairs.children.max_fee)),
        later=world.largest(_where_failing(verdicts, "hours", late)),
        earlier=world.largest(_where_failing(verdicts, "hours", early)),
        hours=world.any(hours), gaps=world.any(hours) & ~world.any(vague),
        days=_days(world, verdicts), free=~world.any(stops > 0),
    )


def _lacking(verdicts: Verdicts, rule: str, asked: Floats, limit: Floats) -> Floats:
    """(q, n) by how much a limit is too low; the sum of both is never rounded below what is asked."""
    by = asked - limit[:, None]
    by = np.where(limit[:, None] + by < asked, np.nextafter(by, NEVER), by)
    return _where_failing(verdicts, rule, by)


def _where_failing(verdicts: Verdicts, rule: str, amount: Floats) -> Floats:
    """The amount where the rule fails, 0 where it lets pass, infinite where nobody knows."""
    stops = (verdicts.stops & BIT[rule]) > 0
    return np.where(stops, np.where(verdicts.by_rule[rule] == FAIL, amount, NEVER), 0.0)


def _days(world: World, now: Verdicts) -> Floats:
    """(u, n) days until the rules that no amount mends all pass; infinite where waiting does not help."""
    found = np.where(world.any((now.stops & ~np.uint8(GRADUAL)) > 0), NEVER, 0.0)
    if not np.isinf(found).any():
        return found
    soon = _sorted_days(world, dates.birthdays(world.children))
    for days in soon.T:
        _try(world, days, found, np.arange(len(world.providers)))
    ends, ahead = dates.returns(world.children, world.providers)
    back = world.providers.away_until + np.timedelta64(1, "D")
    for end, days in zip(ends, ahead.T, strict=True):
        _try(world, world.largest(np.nan_to_num(days)), found, np.flatnonzero(back == end))
    return found


def _sorted_days(world: World, days: Floats) -> Floats:
    """(u, k) the different days of a unit's children, the soonest first; NaN where there are no more."""
    owner = np.repeat(world.children.family, days.shape[1])
    known = ~np.isnan(days.ravel())
    pairs = np.unique(np.stack([owner[known], days.ravel()[known].astype(np.int64)]), axis=1)
    unit, day = pairs
    place = np.arange(len(unit)) - np.searchsorted(unit, unit)
    found = np.full((len(world.first), int(place.max(initial=-1)) + 1), np.nan)
    found[unit, place] = day
    return found


def _try(world: World, days: Floats, found: Floats, columns: Ints) -> None:
    """Where a start so many days later lets all but the gradual rules pass, and none sooner did, note it."""
    asked = np.flatnonzero((days > 0) & (found[:, columns] > days[:, None]).any(axis=1))
    if not len(asked) or not len(columns):
        return
    inside = np.flatnonzero(np.isin(world.children.family, asked))
    some = rows.take(world.children, inside)
    waits = days[some.family].astype(np.int64).astype("timedelta64[D]")
    stops = world.judged(replace(some, start=some.start + waits), rows.take(world.providers, columns)).stops
    first = np.searchsorted(some.family, asked)
    passes = ~np.logical_or.reduceat((stops & ~np.uint8(GRADUAL)) > 0, first, axis=0)
    here = np.ix_(asked, columns)
    found[here] = np.minimum(found[here], np.where(passes, days[asked][:, None], NEVER))
