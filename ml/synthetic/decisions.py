"""What was suggested over two years, and what became of it, drawn from the hidden utility with noise.

A family's suggestions were shown on one day. Each place of the list was filled from the documented prior's order, text
left out, or, once in `EXPLORE`, by any provider not yet shown; `propensity` is the chance with which the shown one came
to that place, given those above it. A supervisor then said of each whether it would do. Of those approved the family
took the one it liked best; whether that placement held for 90 days is known where they have passed.

Columns of decisions.csv: family_ref, child_ref, provider_ref; shown_on (ISO date); rank (from 1); propensity (above 0,
at most 1); approved (yes, no); held (yes, no, or empty where there was no placement or nobody knows yet). A row a
child; siblings placed together have the same rows. Who did not consent to services and matching was shown nothing;
whether a row may be learned from is said by consent_training of the family's row. Ages and dates of the two other files
are those of the day of the population: `shown_on` puts the families in order, and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from ml import features, scoring
from ml.frames import Ints
from ml.synthetic.population import Population
from ml.synthetic.reach import Block

HEADER = ("family_ref", "child_ref", "provider_ref", "shown_on", "rank", "propensity", "approved", "held")
SHOWN = 6  # suggestions a child gets
EXPLORE = 0.25  # of the places in a list
DAYS, KNOWN = 730, 97  # back to the first list; until it is known whether a placement held
MIDDLE, SLOPE = 0.57, 1.9  # of the chance to be approved over the utility
LASTS, LONGER = 0.42, 0.56  # chance to hold where the utility is 0, and what all of it adds: more is luck
STRICTER = 0.06  # the chance to be approved falls by so much over the two years
Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class Shown:
    """One suggestion of one unit; rows are those of the population."""

    children: tuple[int, ...]
    provider: int
    days_ago: int
    rank: int
    propensity: float
    approved: bool
    held: bool | None


def decide(population: Population, block: Block, utility: Matrix) -> Iterator[Shown]:
    """The suggestions of a block's families, `utility` (q, n) as in `truth`."""
    prior = scoring.score(features.features(block.pairs, np.full(block.pairs.shape, np.nan))).score
    family = population.children.family[block.child]
    for one in np.unique(family).tolist():
        if not population.families.consents[one, :2].all():
            continue
        dice = population.dice.stream("decisions", one)
        days = int(dice.integers(1, DAYS + 1))
        for unit in _units(np.flatnonzero(family == one), bool(population.families.together[one])):
            yield from _list(dice, unit, block, (prior, utility), days)


def _units(rows: Ints, together: bool) -> list[Ints]:
    return [rows] if together else [np.array([row]) for row in rows.tolist()]


def _list(dice: Generator, unit: Ints, block: Block, scores: tuple[Matrix, Matrix], days: int) -> list[Shown]:
    """What one unit was shown, in order."""
    free = np.flatnonzero(block.admissible[unit[0]])
    prior, utility = (matrix[unit][:, free].mean(axis=0) for matrix in scores)
    places = _shown(dice, prior)
    approved = [_happens(dice, _approval(float(utility[place]), days)) for place, _ in places]
    taken = _taken(dice, utility, [place for place, _ in places], approved)
    found = []
    for rank, ((place, propensity), yes) in enumerate(zip(places, approved, strict=True), start=1):
        held = _happens(dice, LASTS + LONGER * float(utility[place]))
        known = place == taken and days >= KNOWN
        found.append(Shown(tuple(block.child[unit].tolist()), int(block.provider[free[place]]), days, rank, propensity,
                           yes, held if known else None))
    return found


def _shown(dice: Generator, prior: Matrix) -> list[tuple[int, float]]:
    """(place among the admissible, propensity) from the first of the list on."""
    left = np.argsort(-prior, kind="stable").tolist()
    found = []
    for _ in range(min(SHOWN, len(left))):
        anyone, which = dice.random(2).tolist()
        chosen = int(which * len(left)) if anyone < EXPLORE else 0
        found.append((left.pop(chosen), EXPLORE / (len(left) + 1) + (1 - EXPLORE) * (chosen == 0)))
    return found


def _approval(utility: float, days: int) -> float:
    """The chance that a supervisor approves what was shown so many days ago."""
    chance = 0.5 + SLOPE * (utility - MIDDLE) - STRICTER * (0.5 - days / DAYS)
    return min(max(chance, 0.04), 0.96)


def _happens(dice: Generator, chance: float) -> bool:
    return float(dice.random()) < chance


def _taken(dice: Generator, utility: Matrix, places: list[int], approved: list[bool]) -> int:
    """The one the family takes: the best of the approved in its own eyes, which are not exact. -1 where none is."""
    seen = {place: float(utility[place]) + 0.1 * float(dice.random()) for place in places}
    allowed = [place for place, yes in zip(places, approved, strict=True) if yes]
    return max(allowed, key=lambda place: seen[place]) if allowed else -1
