"""districts.csv, where a folder has one: how poor a district is and whether it is urban, for the fairness tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ml import schema, tables

Centres = Mapping[str, tuple[float, float]]
AREAS = ("urban", "rural")


@dataclass(frozen=True)
class Places:
    """Where districts are, whether they are urban or rural, and their poverty quintile (1 the poorest)."""

    centres: Centres = field(default_factory=dict)
    area: Mapping[str, str] = field(default_factory=dict)
    poverty: Mapping[str, str] = field(default_factory=dict)


def with_table(places: Places, path: Path, report: Callable[[str], None]) -> tuple[Places, int]:
    """The same, completed by a table of districts where the folder has one; and how many rows of it were bad."""
    if not path.is_file():
        return places, 0
    rows, bad = tables.read(path, schema.DISTRICTS, ("ubigeo",), report)
    area = {row["ubigeo"]: row["area"] for row in rows if row["area"]}
    poverty = {row["ubigeo"]: row["poverty_quintile"] for row in rows if row["poverty_quintile"]}
    return Places(places.centres, {**places.area, **area}, {**places.poverty, **poverty}), bad
