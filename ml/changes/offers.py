"""What one provider could add, a seat, hours or a training, and which waiting units each would open it to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from ml import constraints, schedule
from ml.assign.part import Bools, Ints
from ml.changes.needs import BIT, World
from ml.constraints import FAIL, Verdicts
from ml.frames import BANDS, NEEDS, Coded, Providers
from ml.schedule import Week

MOST = 1_200  # minutes a week that a provider may be asked to open more


@dataclass(frozen=True)
class Addition:
    """`kind` is seat, hours or training; `what` the age band, the hours to add, or the special need.

    `amount` is 1 seat, minutes a week, or 1 training. It opens the provider to `units`, with `children` in all, of whom
    at most `seated` would find a seat there.
    """

    provider: int  # row
    kind: str
    what: str
    amount: int
    units: tuple[int, ...]
    children: int
    seated: int


def every(world: World) -> list[Addition]:
    """All additions that open their provider to anybody: those that seat the most first, then the least to add."""
    now = world.judged(world.children)
    free = ~world.any(now.stops > 0)
    found = [*_seats(world, free), *_trainings(world, free), *_hours(world, now)]
    return sorted(found, key=lambda one: (-one.seated, one.amount, -one.children, one.kind, one.provider))


def with_seat(providers: Providers, band: int, rows: Ints) -> Providers:
    """One more seat in a band at some providers."""
    seats = providers.seats.copy()
    seats[rows, band] += 1
    return replace(providers, seats=seats)


def _seats(world: World, free: Bools) -> Iterator[Addition]:
    everybody = np.arange(len(world.providers))
    for band, name in enumerate(BANDS):
        yield from _opened(world, with_seat(world.providers, band, everybody), free, ("seat", name))


def _trainings(world: World, free: Bools) -> Iterator[Addition]:
    for bit, name in enumerate(NEEDS):
        if (world.children.needs >> bit & 1).any():
            trained = replace(world.providers, needs=world.providers.needs | 1 << bit)
            yield from _opened(world, trained, free, ("training", name))


def _opened(world: World, providers: Providers, free: Bools, what: tuple[str, str]) -> Iterator[Addition]:
    """One addition for each provider: they do not bear on each other, so that all are judged at once."""
    open_ = ~world.any(world.judged(world.children, providers).stops > 0) & ~free
    for provider in np.flatnonzero(open_.any(axis=0)).tolist():
        yield _addition(world, providers.seats[provider], (provider, *what, 1), np.flatnonzero(open_[:, provider]))


def _addition(world: World, seats: Ints, what: tuple[int, str, str, int], units: Ints) -> Addition:
    """One addition; `seats` (b,) are the provider's with it."""
    demand = constraints.group_demand(world.children)[world.first[units]].sum(axis=0)
    seated = int(np.minimum(demand, seats).sum())
    return Addition(*what, units=tuple(units.tolist()), children=int(demand.sum()), seated=seated)


def _hours(world: World, now: Verdicts) -> Iterator[Addition]:
    """Hours that one unit lacks and nothing else; of those that open as many children, the fewest minutes."""
    only = ~world.any((now.stops & ~np.uint8(BIT["hours"])) > 0) & world.any(now.stops > 0)
    only &= ~world.any((now.stops > 0) & (now.by_rule["hours"] != FAIL))
    only &= world.largest(now.pairs.lacking) <= MOST
    for provider in np.flatnonzero(only.any(axis=0)).tolist():
        units = np.flatnonzero(only[:, provider])
        lacks = [_lacking(world, unit, provider) for unit in units.tolist()]
        found = []
        for hours in sorted(set(lacks), key=lambda week: (week.minutes, week.spans)):
            if hours.minutes <= MOST:
                inside = np.array([schedule.covers(one, hours) for one in lacks], dtype=np.bool_)
                what = (provider, "hours", hours.text(), hours.minutes)
                found.append(_addition(world, world.providers.seats[provider], what, units[inside]))
        yield from _worthwhile(found)


def _worthwhile(additions: list[Addition]) -> Iterator[Addition]:
    """Those for which no shorter one opens as much; they come by length."""
    most = 0
    for one in additions:
        if one.children > most:
            most = one.children
            yield one


def _lacking(world: World, unit: int, provider: int) -> Week:
    """What the provider's hours lack of all the children of a unit."""
    last = world.first[unit + 1] if unit + 1 < len(world.first) else len(world.children)
    offer = world.providers.schedule[provider]
    rows = range(int(world.first[unit]), int(last))
    lacks = [schedule.lacking(world.children.schedule[row], offer) for row in rows]
    return Week.of(interval for week in lacks for interval in week.intervals())


def made(providers: Providers, addition: Addition) -> Providers:
    """The providers with one addition."""
    row = np.array([addition.provider])
    if addition.kind == "seat":
        return with_seat(providers, BANDS.index(addition.what), row)
    if addition.kind == "training":
        needs = providers.needs.copy()
        needs[row] |= 1 << NEEDS.index(addition.what)
        return replace(providers, needs=needs)
    weeks = [providers.schedule[place] for place in range(len(providers))]
    added = schedule.parse(addition.what)
    weeks[addition.provider] = Week.of([*weeks[addition.provider].intervals(), *added.intervals()])
    return replace(providers, schedule=Coded.of(weeks))
