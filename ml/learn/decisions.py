"""decisions.csv: what became of suggestions that were shown. Bad rows are named and left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ml import schema, tables

KEYS = ("family_ref", "child_ref", "provider_ref", "shown_on")
Row = dict[str, Any]
Report = Callable[[str], None]


def read(path: Path, report: Report) -> tuple[list[Row], int]:
    """The good rows, and how many were bad. Raises TableError when the file is no such table."""
    rows, bad = tables.read(path, schema.DECISIONS, KEYS, report)
    good = []
    for row in rows:
        wrong = _wrong(row)
        if wrong is None:
            good.append(row)
        else:
            report(f"{path.name}:{row['_line']} {wrong[0]}: {wrong[1]}")
    return good, bad + len(rows) - len(good)


def _wrong(row: Row) -> tuple[str, str] | None:
    if row["rank"] < 1:
        return "rank", "0; ranks begin at 1"
    if row["held"] is not None and not row["approved"]:
        return "held", "given for a row that was not approved"
    return None


def place(
    path: Path, rows: list[Row], known: tuple[Mapping[tuple[str, str], int], Mapping[str, int]], report: Report
) -> tuple[list[tuple[Row, int, int]], int]:
    """Each row with its child's and its provider's row; those that name nobody are bad."""
    children, providers = known
    found, bad = [], 0
    for row in rows:
        child, provider = children.get((row["family_ref"], row["child_ref"])), providers.get(row["provider_ref"])
        if child is None or provider is None:
            column = "child_ref" if child is None else "provider_ref"
            report(f"{path.name}:{row['_line']} {column}: {row[column]!r} is in no good row of the other file")
            bad += 1
            continue
        found.append((row, child, provider))
    return found, bad
