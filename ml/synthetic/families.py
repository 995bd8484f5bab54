"""The families: where they live, what they work, what they can pay, how far they go, what they consent to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ml.frames import Bools, Floats, Ints
from ml.synthetic import mix, regions, weeks
from ml.synthetic.dice import Dice
from ml.synthetic.places import TOWN, VILLAGES, Country, Homes
from ml.synthetic.weeks import Hours

TASTES = 7  # terms of the hidden utility a family weighs in its own way


@dataclass(frozen=True)
class Families:
    """(f,) columns; places in the tuples of `mix` and `regions` where they are whole numbers.

    `mistrust` (0..1), `transport` and `taste` (f, 7) are in no column of the file: the story may tell them.
    """

    homes: Homes
    region: Ints
    caregiver: Ints
    languages: list[tuple[str, ...]]  # the preferred one first
    children: Ints
    together: Bools
    work: Ints
    hours: list[Hours]
    sisfoh: Ints
    budget: Ints  # soles a month
    transport: Ints
    reach: Floats  # km
    consents: Bools  # (f, 3) services, matching, training
    mistrust: Floats
    taste: Floats

    def __len__(self) -> int:
        return len(self.region)


def draw(dice: Dice, land: Country, homes: Homes) -> Families:
    """A family for each home."""
    rows, region = len(homes.hub), land.region[homes.district]
    work = dice.pick("work", mix.WORK_SHARE, rows)
    sisfoh = dice.pick("sisfoh", mix.SISFOH_SHARE, rows)
    transport = dice.pick("transport", np.array(mix.TRANSPORT_SHARE)[region], rows)
    children = 1 + dice.pick("children", mix.CHILDREN, rows)
    consents = dice.uniform("consents", rows, 3) < np.array(mix.CONSENT)
    return Families(
        homes, region, dice.pick("caregiver", mix.CAREGIVER, rows), _languages(dice, land, homes), children,
        dice.chance("together", mix.TOGETHER, rows) | (children == 1), work, weeks.needed(dice, work), sisfoh,
        _budget(dice, sisfoh, region), transport, _reach(dice, land, homes, transport), consents,
        _mistrust(dice, rows), 0.6 + 0.8 * dice.uniform("taste", rows, TASTES),
    )


def _languages(dice: Dice, land: Country, homes: Homes) -> list[tuple[str, ...]]:
    """Of those who grew up with an indigenous language seven in ten prefer it, one in ten speaks nothing else."""
    rows = len(homes.hub)
    aim, also = dice.uniform("language", rows), dice.uniform("second language", rows)
    return [
        _speaks(regions.tongue(land.code[district], one), other)
        for district, one, other in zip(homes.district.tolist(), aim.tolist(), also.tolist(), strict=True)
    ]


def _speaks(tongue: str, also: float) -> tuple[str, ...]:
    if not tongue:
        return ("es",)
    return (tongue,) if also < 0.1 else (tongue, "es") if also < 0.8 else ("es", tongue)


def _budget(dice: Dice, sisfoh: Ints, region: Ints) -> Ints:
    """In tens of soles."""
    low, high = np.array(mix.BUDGET)[sisfoh].T
    drawn = dice.between("budget", low, high, len(sisfoh)) * np.array(mix.PAY_LEVEL)[region]
    budget: Ints = (np.floor(drawn / 10.0) * 10).astype(np.int64)
    return budget


def _reach(dice: Dice, land: Country, homes: Homes, transport: Ints) -> Floats:
    """In half kilometres; who lives outside the towns goes farther."""
    low, high = np.array(mix.REACH)[transport].T
    outside = np.where(land.people[homes.district] < TOWN + VILLAGES, 1.6, 1.0)
    drawn = dice.between("reach", low, high, len(transport)) * outside
    reach: Floats = np.maximum(np.floor(drawn * 2.0) / 2.0, 1.0)
    return reach


def _mistrust(dice: Dice, rows: int) -> Floats:
    """Most trust more than not: the smaller of two draws."""
    both = dice.uniform("mistrust", 2, rows)
    smaller: Floats = np.minimum(both[0], both[1])
    return smaller
