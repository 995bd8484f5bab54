"""The hidden utility: how well a child would be where. No code that learns or ranks may import this file.

It is made so that no sum of separate terms reaches it, and no field alone:

- the way counts by minutes, and the minutes by how the family moves (on foot, by mototaxi, by bus with its waiting);
- spare opening hours count for those who work at dawn or at night, hardly for the others;
- a fresh vetting and a place run by many count for a family that mistrusts;
- a common language counts most for the youngest;
- what is left of the budget counts most for the poorest;
- babies do better in small places, the oldest in larger ones; a child with special needs does in small ones;
- a need that no field says counts where the profile answers it, and more where it refuses it;
- each family weighs these terms in its own way, some providers are better than anybody wrote, and a pair has its luck.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml import features
from ml.frames import Floats, Ints
from ml.synthetic.concerns import REFUSED
from ml.synthetic.population import Population
from ml.synthetic.reach import Block

Matrix = NDArray[np.float64]  # (q, n)

WAIT, PACE = (0.0, 4.0, 12.0), (14.0, 3.5, 4.5)  # minutes, minutes a km, by mix.TRANSPORT
SPARE = (1.1, 0.35, 0.3, 0.25, 1.1, 0.3)  # by mix.WORK
MANY = (-0.45, 0.15, 0.45, 0.30)  # by mix.KINDS: comfort of a wary family
SPEAKS = (1.0, 1.3, 1.0, 0.5)  # by age band
LEFT = (0.35, 0.7, 1.0, 0.6)  # by mix.SISFOH
SMALL = (1.3, 0.7, 0.0, -0.7)  # by age band
ANSWER, REFUSAL = 0.9, 1.5
LUCK, QUALITY = 0.7, 0.8
MIDDLE = 1.0  # what an ordinary admissible place is worth before the scale


@dataclass(frozen=True)
class Rows:
    """A block's rows in the population: (q,) children, families, age bands; (n,) providers."""

    child: Ints
    family: Ints
    band: Ints
    provider: Ints


def utility(population: Population, block: Block) -> Matrix:
    """(q, n) within 0..1, NaN where a pair is not admissible. About 0.5 for an ordinary admissible place."""
    rows = Rows(block.child, population.children.family[block.child], block.pairs.children.band, block.provider)
    raw = features.features(block.pairs, np.full(block.pairs.shape, np.nan))
    worth = _weighed(population, rows, _terms(population, rows, raw)) - MIDDLE
    worth += concern(population, rows.family, rows.provider) + _luck(population, rows)
    worth += QUALITY * (population.providers.quality[rows.provider] - 0.5)[None]
    return np.where(block.admissible, 0.5 + 0.5 * worth / (1.0 + np.abs(worth)), np.nan)


def _terms(population: Population, rows: Rows, raw: dict[str, Matrix]) -> list[Matrix]:
    """The terms that each family weighs in its own way, `families.TASTES` of them."""
    families = population.families
    transport, poor = families.transport[rows.family], families.sisfoh[rows.family]
    minutes = np.array(WAIT)[transport][:, None] + np.array(PACE)[transport][:, None] * raw["distance"]
    spare = np.array(SPARE)[families.work[rows.family]][:, None] * np.clip(np.nan_to_num(raw["hours"]), 0.0, 1.0)
    left = np.array(LEFT)[poor][:, None] * np.clip(raw["fee"], 0.0, 1.0)
    speaks = np.array(SPEAKS)[rows.band][:, None] * _language(population, rows, raw["language"])
    return [0.9 - minutes / 25.0, spare, _trust(population, rows, raw["vetting"]), speaks, left,
            _size(population, rows), 0.4 * raw["continuity"] + 0.5 * (np.nan_to_num(raw["siblings"], nan=1.0) - 1.0)]


def _language(population: Population, rows: Rows, common: Matrix) -> Matrix:
    """0 where the preferred language is spoken, less without; half as much where it is Spanish that lacks."""
    indigenous = np.array([population.families.languages[row][0] != "es" for row in rows.family.tolist()])
    return np.where(indigenous, 1.0, 0.5)[:, None] * (np.nan_to_num(common, nan=0.5) - 1.0)


def _trust(population: Population, rows: Rows, days: Matrix) -> Matrix:
    wary = population.families.mistrust[rows.family][:, None]
    fresh = np.clip(np.nan_to_num(days) / 240.0, 0.0, 1.0)
    many = np.array(MANY)[population.providers.kind[rows.provider]][None]
    worth: Matrix = (0.15 + 1.6 * wary) * (fresh - 0.5) + wary * many
    return worth


def _size(population: Population, rows: Rows) -> Matrix:
    """How small the place is, by what that means at the child's age; twice that for special needs."""
    seats = population.providers.seats[rows.provider].sum(axis=1)
    small = 1.0 / (1.0 + seats / 6.0) - 0.4
    wish = np.array(SMALL)[rows.band] + np.where(population.children.needs[rows.child] > 0, 0.9, 0.0)
    worth: Matrix = wish[:, None] * small[None]
    return worth


def _weighed(population: Population, rows: Rows, terms: list[Matrix]) -> Matrix:
    taste = population.families.taste[rows.family]
    total: Matrix = np.zeros_like(terms[0])
    for place, term in enumerate(terms):
        total += taste[:, place][:, None] * term
    return total


def concern(population: Population, family: Ints, provider: Ints) -> Matrix:
    """(families, providers) what the needs that no field says add where they are answered, and take where refused."""
    concerns = population.concerns
    total: Matrix = np.zeros((len(family), len(provider)))
    for place in range(concerns.need.shape[1]):
        need = concerns.need[family, place]
        stance = concerns.stance[provider][:, need].T.astype(np.float64)
        worth = np.where(stance == REFUSED, REFUSAL, ANSWER) * stance
        total += np.where(need >= 0, concerns.weighs[family, place], 0.0)[:, None] * worth
    return total


def _luck(population: Population, rows: Rows) -> Matrix:
    """A pair's own luck, the same for siblings and whoever else is looked at in the run."""
    everyone = len(population.providers)
    drawn: dict[int, Floats] = {}
    for family in rows.family.tolist():
        if family not in drawn:
            both = population.dice.stream("luck", family).random((2, everyone))
            drawn[family] = ((both[0] + both[1]) - 1.0)[rows.provider]
    return LUCK * np.stack([drawn[family] for family in rows.family.tolist()])


