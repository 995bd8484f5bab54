"""Made-up instances of assignment: families where the people of Peru live, their nearest providers, too few seats."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from ml.assignment import Problem
from portal.places import districts

SUPPLY = 0.83  # seats for each child
HOMES = 0.75  # of the providers; the others are centres
PLACES = ((4, 10), (16, 36))  # fewest and most seats of a home and of a centre
AGES = (0.15, 0.24, 0.27, 0.34)  # children and seats in each age band
KM = 111.2  # a degree of latitude
SPREAD = 2.5  # km around the centre of a district
CHILDREN = (0.72, 0.22, 0.06)  # families with one, two and three
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Shape:
    """How large an instance is: `near` providers of a family at most, none farther than `radius` km."""

    families: int
    siblings: bool = False
    bands: int = 1
    near: int = 15
    radius: float = 15.0
    priorities: int = 1


def make(shape: Shape, seed: int = 7) -> Problem:
    """An instance; the same shape and seed make the same one."""
    dice = np.random.default_rng(seed)
    demand = _demand(dice, shape)
    children = int(demand.sum())
    seats = _seats(dice, round(children * SUPPLY), shape.bands)
    providers = len(seats)
    homes, places = _points(dice, shape.families), _points(dice, providers)
    km, found = cKDTree(places).query(homes, k=min(shape.near, providers), distance_upper_bound=shape.radius)
    km, found = km.reshape(shape.families, -1), found.reshape(shape.families, -1)
    family, column = np.nonzero(np.isfinite(km))
    fit = 0.6 * np.exp(-km[family, column] / 4.0) + 0.4 * dice.random(len(family))
    priority = dice.integers(0, shape.priorities, shape.families).astype(float) if shape.priorities > 1 else None
    return Problem(family, found[family, column], fit.round(6), demand, seats, priority)


def _demand(dice: np.random.Generator, shape: Shape) -> NDArray[np.int64]:
    demand = np.zeros((shape.families, shape.bands), dtype=np.int64)
    counts = 1 + dice.choice(3, shape.families, p=CHILDREN) if shape.siblings else np.ones(shape.families, np.int64)
    rows = np.repeat(np.arange(shape.families), counts)
    np.add.at(demand, (rows, dice.choice(shape.bands, len(rows), p=_shares(shape.bands))), 1)
    return demand


def _shares(bands: int) -> Floats:
    shares = np.array(AGES[:bands])
    return shares / shares.sum()


def _seats(dice: np.random.Generator, total: int, bands: int) -> NDArray[np.int64]:
    """Homes and centres until there are seats enough, each with its seats over the bands by age."""
    few, many = np.array(PLACES).T
    kind = (dice.random(total) >= HOMES).astype(np.int64)
    size = dice.integers(few[kind], many[kind] + 1)
    size = size[: int(np.searchsorted(np.cumsum(size), total)) + 1]
    return dice.multinomial(size, _shares(bands))


def _points(dice: np.random.Generator, count: int) -> Floats:
    """Kilometres east and north, in a plane: near enough for who is near whom."""
    known = [one for one in districts().values() if one.population > 0]
    people = np.array([one.population for one in known], dtype=float)
    centre = np.array([(one.longitude * np.cos(np.radians(10.0)), one.latitude) for one in known]) * KM
    chosen = dice.choice(len(known), count, p=people / people.sum())
    return centre[chosen] + dice.normal(0.0, SPREAD, (count, 2))
