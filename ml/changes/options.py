"""Which one or two fields together mend what a unit lacks, and the least of them that open a provider."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ml.assign.part import Bools, Floats
from ml.changes import shifts
from ml.changes.fields import COSTS, FIELDS, MOST, Step
from ml.changes.needs import NEVER, Needs, World

Option = tuple[str, ...]
PAIRS: tuple[Option, ...] = (
    ("max_km", "max_fee"), ("max_km", "start_later"), ("max_km", "end_earlier"), ("max_km", "start_date"),
    ("max_fee", "start_later"), ("max_fee", "end_earlier"), ("max_fee", "start_date"), ("start_later", "start_date"),
    ("end_earlier", "start_date"),
)
SINGLES = (("max_km",), ("max_fee",), ("start_later",), ("end_earlier",), ("start_date",))


@dataclass(frozen=True)
class Least:
    """Of one option: (u,) the cost of the cheapest change that opens a provider, and the amounts (u, fields)."""

    option: Option
    cost: Floats
    amounts: Floats


def amounts(needs: Needs) -> dict[str, Floats]:
    """Field → (u, n) how much of it would be needed; more than is asked of anybody counts as never."""
    found = {
        "max_km": needs.km, "max_fee": needs.pen, "start_later": needs.later, "end_earlier": needs.earlier,
        "start_date": needs.days,
    }
    return {field: np.where(by > MOST[FIELDS.index(field)], NEVER, by) for field, by in found.items()}


def mends(needs: Needs, option: Option) -> Bools:
    """(u, n) where these fields, each of them needed, are all that stands in the way."""
    slots = {
        ("max_km",): needs.km > 0, ("max_fee",): needs.pen > 0, ("start_later", "end_earlier"): needs.hours,
        ("start_date",): needs.days > 0,
    }
    found = np.ones_like(needs.free)
    for fields, lacking in slots.items():
        found &= lacking == bool(set(fields) & set(option))
    return found


def cheapest(option: Option, by: list[Floats], where: Bools) -> Least:
    """The cheapest provider of each unit where this option suffices; the first one where several cost the same."""
    price = [COSTS[FIELDS.index(field)] for field in option]
    cost = np.where(where, sum(amount * one for amount, one in zip(by, price, strict=True)), NEVER)
    best, row = cost.argmin(axis=1), np.arange(len(cost))
    return Least(option, cost[row, best], np.stack([amount[row, best] for amount in by], axis=1))


def singles(needs: Needs) -> list[Least]:
    """One field each."""
    by = amounts(needs)
    return [cheapest(option, [by[option[0]]], mends(needs, option)) for option in SINGLES]


def pairs(needs: Needs, alone: dict[str, Floats], world: World) -> Iterator[Least]:
    """Two fields each, both less than what one of them alone would have to be (`alone`, (u,), infinite for never)."""
    by = amounts(needs)
    for option in PAIRS:
        mine = [by[field] for field in option]
        yield cheapest(option, mine, mends(needs, option) & _less(mine, option, alone))
    hours = _both(needs, alone, world)
    yield cheapest(("start_later", "end_earlier"), hours, np.isfinite(hours[0]))


def _less(by: list[Floats], option: Option, alone: dict[str, Floats]) -> Bools:
    found = np.ones_like(by[0], dtype=np.bool_)
    for field, amount in zip(option, by, strict=True):
        found &= amount < alone[field][:, None]
    return found


def _both(needs: Needs, alone: dict[str, Floats], world: World) -> list[Floats]:
    """(u, n) minutes later and earlier where only both together make the hours fit."""
    found = [np.full(needs.free.shape, NEVER), np.full(needs.free.shape, NEVER)]
    known: dict[tuple[int, ...], tuple[int, int]] = {}
    weeks, offers = world.children.schedule, world.providers.schedule
    last = np.append(world.first[1:], len(world.children))
    for unit, provider in np.argwhere(mends(needs, ("start_later",)) & needs.gaps).tolist():
        mine = sorted(set(weeks.place[world.first[unit] : last[unit]].tolist()))
        key = (*mine, int(offers.place[provider]))
        if key not in known:
            known[key] = shifts.both([weeks.values[place] for place in mine], offers.values[key[-1]])
        late, early = known[key]
        if late < min(alone["start_later"][unit], MOST[2] + 1) and early < min(alone["end_earlier"][unit], MOST[3] + 1):
            found[0][unit, provider], found[1][unit, provider] = late, early
    return found


def parted(needs: Needs, alone: dict[str, Floats], closed: Bools) -> Iterator[Least]:
    """For each sibling by itself (u,): parting them, with one more field only where that alone opens nothing.

    `closed` (u, n) are the providers closed to the family as it is.
    """
    once = np.ones(needs.free.shape)
    parting = cheapest(("split",), [once], needs.free & closed)
    yield parting
    by = amounts(needs)
    for (field,) in SINGLES:
        useful = mends(needs, (field,)) & closed & (by[field] < alone[field][:, None])
        yield cheapest(("split", field), [once, by[field]], useful & np.isinf(parting.cost)[:, None])


def steps(least: Least, unit: int) -> tuple[Step, ...]:
    """The steps of one unit's change."""
    return tuple(Step(field, float(by)) for field, by in zip(least.option, least.amounts[unit], strict=True))
