"""From the rows of the two CSV files to what the matcher looks at, and what is wrong with rows as a whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from ml import frames, schema, tables, text
from ml.frames import BANDS, Child, Children, Provider, Providers

Row = dict[str, Any]
Report = Callable[[str], None]
Centres = Mapping[str, tuple[float, float]]  # district code → (latitude, longitude)


def families(path: Path, on: date, centres: Centres, report: Report) -> tuple[list[Row], int]:
    """The good rows of families, and how many were bad. A start date left out is the day `on`."""
    return _counted(each_family(path, on, centres, report))


def each_family(path: Path, on: date, centres: Centres, report: Report) -> Iterator[Row | None]:
    """The rows of families one by one, None for a bad one."""
    siblings: dict[str, tuple[str, int]] = {}
    checks: list[Callable[[Row], tuple[str, str] | None]] = [
        lambda row: _place(row, centres), lambda row: _birth(row, on), lambda row: _siblings(row, siblings),
    ]
    for row in _checked(path, tables.each(path, schema.FAMILIES, ("family_ref", "child_ref"), report), checks, report):
        yield None if row is None else {**row, "start_date": row["start_date"] or on}


def providers(path: Path, centres: Centres, report: Report) -> tuple[list[Row], int]:
    """The good rows of providers, and how many were bad."""
    lines = tables.each(path, schema.PROVIDERS, ("provider_ref",), report)
    return _counted(_checked(path, lines, [lambda row: _place(row, centres)], report))


def _counted(rows: Iterator[Row | None]) -> tuple[list[Row], int]:
    every = list(rows)
    good = [row for row in every if row is not None]
    return good, len(every) - len(good)


def _checked(
    path: Path, rows: Iterator[Row | None], checks: Sequence[Callable[[Row], tuple[str, str] | None]], report: Report
) -> Iterator[Row | None]:
    for row in rows:
        wrong = [] if row is None else [found for check in checks if (found := check(row)) is not None]
        for column, problem in wrong:
            report(f"{path.name}:{row and row['_line']} {column}: {problem}")
        yield None if wrong else row


def _place(row: Row, centres: Centres) -> tuple[str, str] | None:
    """Where the coordinates are left out, the centre of the district takes their place."""
    if (row["latitude"] is None) != (row["longitude"] is None):
        lacking = "latitude" if row["latitude"] is None else "longitude"
        return lacking, "empty while the other coordinate is given"
    if row["latitude"] is None:
        if row["ubigeo"] not in centres:
            return "ubigeo", f"{row['ubigeo']} is no known district, and no coordinates are given"
        row["latitude"], row["longitude"] = centres[row["ubigeo"]]
    return None


def _birth(row: Row, on: date) -> tuple[str, str] | None:
    late = row["child_birth_date"] > (row["start_date"] or on)
    return ("child_birth_date", "after the start of care") if late else None


def _siblings(row: Row, first: dict[str, tuple[str, int]]) -> tuple[str, str] | None:
    siblings, line = first.setdefault(row["family_ref"], (row["siblings"], row["_line"]))
    return None if row["siblings"] == siblings else ("siblings", f"not as in line {line} of the same family")


def children_of(rows: Sequence[Row], families: dict[str, int] | None = None) -> Children:
    """The frame of good rows of families; `families` as in `frames.children`."""
    return frames.children([
        Child(
            ref=row["child_ref"], family=row["family_ref"], birth=row["child_birth_date"], start=row["start_date"],
            latitude=row["latitude"], longitude=row["longitude"], max_km=row["max_distance_km"],
            max_fee=row["max_monthly_fee_pen"], together=row["siblings"] == "together",
            needs=row["child_special_needs"], schedule=row["schedule"], languages=row["language"],
        )
        for row in rows
    ], families)


def providers_of(rows: Sequence[Row]) -> Providers:
    """The frame of good rows of providers."""
    return frames.providers([
        Provider(
            ref=row["provider_ref"], ubigeo=row["ubigeo"], status=row["vetting_status"],
            valid_until=row["vetting_valid_until"], latitude=row["latitude"], longitude=row["longitude"],
            fee=row["monthly_fee_pen"], accepts_subsidy=row["accepts_subsidy"], needs=row["special_needs"],
            schedule=row["schedule"], seats=[row[f"seats_{band}"] for band in BANDS], languages=row["languages"],
        )
        for row in rows
    ])


def stories(rows: Sequence[Row]) -> list[tuple[str, ...]]:
    """The readable sentences of each child's family story."""
    return [tuple(text.sentences(row["story"], (row["caregiver_name"], row["child_name"]))) for row in rows]


def profiles(rows: Sequence[Row]) -> list[tuple[str, ...]]:
    """The readable sentences of each provider's profile."""
    return [tuple(text.sentences(row["profile"], (row["name"],))) for row in rows]
