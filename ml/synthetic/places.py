"""Where people live: districts by their people, and the hubs an NGO works from.

A network does not work in all of Peru at once but around its offices: families and providers are drawn near hubs, each
with about `HUB` families, and the hubs lie where the people are. So there is somebody within reach of a family in a
population of a thousand as in one of a hundred thousand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ml.frames import Floats, Ints
from ml.synthetic import regions
from ml.synthetic.dice import Dice

HUB = 500  # families
AROUND = 6.0  # km: districts a hub works in
VILLAGES = 5_700  # people of a district outside its towns: what the country has beyond its towns, shared out
CITY = 0.009  # km for each root of a person: how far a city of so many people reaches from its middle
TOWN = 20_000  # people from which a district is a town
SCATTER = (0.9, 1.5)  # km of deviation around the district's point: towns, countryside
KM = 111.19  # of a degree of latitude


@dataclass(frozen=True)
class District:
    """INEI code; degrees WGS84; people of the town the point stands for, 0 where that is not known."""

    code: str
    latitude: float
    longitude: float
    population: int


@dataclass(frozen=True)
class Country:
    """(d,) columns of the districts, in the order of their codes. `people` are those who are drawn from each."""

    code: tuple[str, ...]
    latitude: Floats
    longitude: Floats
    people: Floats
    region: Ints  # in regions.REGIONS


@dataclass(frozen=True)
class Homes:
    """(rows,) columns: the hub, the district and the place of a family or a provider."""

    hub: Ints
    district: Ints
    latitude: Floats
    longitude: Floats


def country(districts: Sequence[District]) -> Country:
    """Raises ValueError where nobody lives, or a code stands twice."""
    rows = sorted(districts, key=lambda one: one.code)
    codes = tuple(one.code for one in rows)
    if not rows or len(set(codes)) < len(codes):
        raise ValueError("districts holds no district, or one twice")
    latitude, longitude = np.array([one.latitude for one in rows]), np.array([one.longitude for one in rows])
    towns = np.array([one.population for one in rows], dtype=np.float64)
    people = _whole_cities(codes, (latitude, longitude), _once(codes, (latitude, longitude), towns)) + VILLAGES
    return Country(codes, latitude, longitude, people, np.array([regions.region(code) for code in codes]))


def _once(codes: Sequence[str], place: tuple[Floats, Floats], towns: Floats) -> Floats:
    """A town that several districts point to counts once, for those whose province's capital is nearest."""
    capitals = {code[:4]: row for row, code in enumerate(codes) if code.endswith("01")}
    groups: dict[tuple[float, float], list[int]] = {}
    for row, at in enumerate(zip(*(axis.tolist() for axis in place), strict=True)):
        if towns[row]:
            groups.setdefault(at, []).append(row)
    found = towns.copy()
    for rows in groups.values():
        far = [float(km(place, row, capitals.get(codes[row][:4], row))) for row in rows]
        near = [row for row, one in zip(rows, far, strict=True) if one <= min(far)]
        found[rows] = 0.0
        found[near] = towns[near] / len(near)
    return found


def _whole_cities(codes: Sequence[str], place: tuple[Floats, Floats], towns: Floats) -> Floats:
    """A capital's figure is the whole city's: the districts of its province that the city covers share it evenly."""
    found = towns.copy()
    province = np.array([code[:4] for code in codes])
    for row, code in enumerate(codes):
        if code.endswith("01") and towns[row]:
            near = np.flatnonzero((province == code[:4]) & (km(place, row) <= CITY * towns[row] ** 0.5))
            found[near] = towns[near].sum() / len(near)
    return found


def km(place: tuple[Floats, Floats], one: int, other: int | slice = slice(None)) -> Floats:
    """Distances on the flat map around a place; `place` are latitudes and longitudes."""
    north = (place[0][other] - place[0][one]) * KM
    east = (place[1][other] - place[1][one]) * KM * narrowing(place[0][one])
    away: Floats = (north * north + east * east) ** 0.5
    return away


def narrowing(latitude: Floats) -> Floats:
    """The cosine, as a polynomial that every machine works out alike; good to 1e-6 within 20 degrees."""
    square = (latitude * (3.141592653589793 / 180.0)) ** 2
    return 1.0 - square / 2.0 * (1.0 - square / 12.0 * (1.0 - square / 30.0))


def hubs(dice: Dice, land: Country, families: int) -> Ints:
    """(h,) districts of the hubs, at even steps along all people in the order of the codes."""
    count = max(1, round(families / HUB))
    edges = np.cumsum(land.people)
    steps = (np.arange(count) + dice.uniform("hubs", 1)) / count * edges[-1]
    chosen: Ints = np.minimum(np.searchsorted(edges, steps, side="right"), len(edges) - 1)
    return chosen


def settle(dice: Dice, land: Country, offices: Ints, rows: int) -> Homes:
    """A home for each row: a hub by turns, a district near it by its people, a place around the district's point."""
    hub = np.arange(rows) % len(offices)
    aim = dice.uniform("district", rows)
    district = np.zeros(rows, dtype=np.int64)
    for one, office in enumerate(offices.tolist()):
        near = np.flatnonzero(km((land.latitude, land.longitude), office) <= AROUND)
        edges = np.cumsum(land.people[near])
        mine = hub == one
        district[mine] = near[np.searchsorted(edges, aim[mine] * edges[-1], side="right").clip(max=len(near) - 1)]
    spread = np.where(land.people[district] >= TOWN + VILLAGES, *SCATTER)
    latitude = land.latitude[district] + dice.bell("north", rows) * spread / KM
    wide = KM * narrowing(land.latitude[district])
    return Homes(hub, district, latitude, land.longitude[district] + dice.bell("east", rows) * spread / wide)
