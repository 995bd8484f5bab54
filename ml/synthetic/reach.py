"""Who may go where: the pairs within reach that pass every hard rule, found hub by hub.

Siblings who stay together count as one: a pair is kept only where all of them may go there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ml import constraints, frames, schedule
from ml.constraints import Pairs
from ml.frames import Bools, Child, Ints, Provider, Rules, needs_codes
from ml.synthetic import mix
from ml.synthetic.places import KM
from ml.synthetic.population import Population

BLOCK = 200  # families looked at together, at most


@dataclass(frozen=True)
class Block:
    """Children of one hub and the providers around them. `admissible` (q, n); rows are those of the population."""

    child: Ints  # (q,)
    provider: Ints  # (n,)
    pairs: Pairs
    admissible: Bools


def blocks(population: Population, families: int) -> Iterator[Block]:
    """The first so many families, hub by hub. Who has no provider around is left out."""
    everyone = _providers(population)
    hub = population.families.homes.hub[:families]
    for office in np.unique(hub).tolist():
        rows = np.flatnonzero(hub == office)
        for start in range(0, len(rows), BLOCK):
            near = _around(population, rows[start : start + BLOCK])
            if len(near):
                yield _block(population, rows[start : start + BLOCK], near, everyone)


def _around(population: Population, families: Ints) -> Ints:
    """The providers in the box that holds every family's circle. A degree of longitude is at most one of latitude."""
    homes, there = population.families.homes, population.providers.homes
    reach = population.families.reach[families].max() / (KM * 0.9)
    near = np.ones(len(population.providers), dtype=np.bool_)
    for mine, theirs in ((homes.latitude, there.latitude), (homes.longitude, there.longitude)):
        near &= (theirs >= mine[families].min() - reach) & (theirs <= mine[families].max() + reach)
    return np.flatnonzero(near)


def _block(population: Population, families: Ints, near: Ints, everyone: list[Provider]) -> Block:
    child = np.flatnonzero(np.isin(population.children.family, families))
    children = _children(population, child)
    around = frames.providers([everyone[row] for row in near.tolist()])
    verdicts = constraints.judge(children, around, Rules(today=population.on))
    return Block(child, near, verdicts.pairs, _together(children, verdicts.admissible))


def _together(children: frames.Children, free: Bools) -> Bools:
    """What one of the siblings placed together may not have, none of them may."""
    barred = np.zeros((int(children.family.max(initial=-1)) + 1, free.shape[1]), dtype=np.bool_)
    np.logical_or.at(barred, children.family[children.together], ~free[children.together])
    return free & ~(children.together[:, None] & barred[children.family])


def _children(population: Population, rows: Ints) -> frames.Children:
    families, children = population.families, population.children
    found = []
    for row in rows.tolist():
        family = int(children.family[row])
        found.append(Child(
            ref=str(row), family=str(family), birth=children.birth[row].item(), start=children.start[row].item(),
            latitude=_degrees(families.homes.latitude[family]), longitude=_degrees(families.homes.longitude[family]),
            max_km=float(families.reach[family]), max_fee=float(families.budget[family]),
            together=bool(families.together[family]), needs=needs_codes(int(children.needs[row])),
            schedule=schedule.parse(families.hours[family].text()), languages=families.languages[family],
        ))
    return frames.children(found)


def _degrees(value: float) -> float:
    """As it stands in the file: what is admissible here must be admissible to who reads it."""
    return round(float(value), 5)


def _providers(population: Population) -> list[Provider]:
    offering = population.providers
    return [
        Provider(
            ref=str(row), ubigeo=population.land.code[offering.homes.district[row]],
            status=mix.STATUSES[offering.status[row]], valid_until=offering.valid_until[row].item(),
            latitude=_degrees(offering.homes.latitude[row]), longitude=_degrees(offering.homes.longitude[row]),
            fee=float(offering.fee[row]), accepts_subsidy=bool(offering.subsidy[row]),
            needs=needs_codes(int(offering.needs[row])), schedule=schedule.parse(offering.hours[row].text()),
            seats=offering.seats[row].tolist(), languages=offering.languages[row],
        )
        for row in range(len(offering))
    ]
