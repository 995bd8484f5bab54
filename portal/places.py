"""The districts of Peru: INEI code, names, where they are and how exactly that is known (`data/README.md`)."""

from __future__ import annotations

import csv
import math
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

TABLE = Path(__file__).resolve().parent / "data" / "districts.csv"
EARTH = 6371.0088  # km, mean radius


@dataclass(frozen=True)
class District:
    """Degrees WGS84; `population` of the town the point stands for, 0 where it is not known."""

    code: str
    name: str
    province: str
    department: str
    latitude: float
    longitude: float
    population: int
    exactness: str  # town | district | province: what the point is

    @property
    def label(self) -> str:
        """`San Juan de Lurigancho, Lima, Lima`: names repeat between provinces."""
        return f"{self.name}, {self.province}, {self.department}"


@cache
def districts() -> Mapping[str, District]:
    """Every district by its code."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = [
            District(**{
                **row, "latitude": float(row["latitude"]), "longitude": float(row["longitude"]),
                "population": int(row["population"]),
            })
            for row in csv.DictReader(file)
        ]
    return {row.code: row for row in rows}


def district(code: str) -> District | None:
    """The district of an INEI code."""
    return districts().get(code)


@cache
def centres() -> Mapping[str, tuple[float, float]]:
    """Code → (latitude, longitude)."""
    return {code: (one.latitude, one.longitude) for code, one in districts().items()}


TOWN = 2_000  # people, from which a populated place counts as urban (the census's line)


@cache
def areas() -> Mapping[str, str]:
    """Code → urban or rural by the town the district's point stands for, where one is known."""
    return {code: "urban" if one.population >= TOWN else "rural" for code, one in districts().items() if one.population}


def fold(text: str) -> str:
    """Lower case without accents."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(sign for sign in plain if not unicodedata.combining(sign)).split())


@cache
def _folded() -> tuple[tuple[str, str, District], ...]:
    return tuple((fold(one.name), fold(one.label.replace(",", "")), one) for one in districts().values())


@cache
def _by_label() -> Mapping[str, District]:
    """Folded label → district, where it is the label of one alone."""
    held = Counter(label for _, label, _ in _folded())
    return {label: one for _, label, one in _folded() if held[label] == 1}


def labelled(text: str) -> District | None:
    """The district of a label (`San Juan de Lurigancho, Lima, Lima`); its name alone is not enough."""
    return _by_label().get(fold(text.replace(",", " ")))


def search(query: str, near: str = "", limit: int = 12) -> list[District]:
    """Districts by name (words of province and department narrow it) or by the beginning of the code.

    In order: the name itself, names that begin so, others; those of the province and the department of `near` (a code)
    first; then by population.
    """
    words = fold(query)
    if not words:
        return []
    if words.isdigit():
        return [one for code, one in sorted(districts().items()) if code.startswith(words)][:limit]
    found = [(name, one) for name, label, one in _folded() if all(_begins(label, word) for word in words.split())]
    found.sort(key=lambda pair: (_rank(pair[0], words), _away(pair[1].code, near), -pair[1].population, pair[1].code))
    return [one for _, one in found[:limit]]


def _begins(label: str, word: str) -> bool:
    return f" {label}".find(f" {word}") >= 0


def _rank(name: str, words: str) -> int:
    if name == words:
        return 0
    return 1 if name.startswith(words) else 2


def _away(code: str, near: str) -> int:
    if not near:
        return 0
    return 0 if code[:4] == near[:4] else 1 if code[:2] == near[:2] else 2


def distance_km(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Great-circle distance of two (latitude, longitude), in a straight line."""
    lat, lon, to_lat, to_lon = map(math.radians, (*one, *other))
    half = math.sin((to_lat - lat) / 2) ** 2 + math.cos(lat) * math.cos(to_lat) * math.sin((to_lon - lon) / 2) ** 2
    return 2 * EARTH * math.asin(min(1.0, math.sqrt(half)))
