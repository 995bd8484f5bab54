"""The figures of `bench assign` as tables a person reads, and the goals they are judged by."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.table import Column, Table

from tests.bench import machine

SECONDS = {1_000: 0.05, 10_000: 0.3, 100_000: 3.0, 1_000_000: 60.0}  # single children, exact
MEMORY = 3_000  # MB
FASTER = 10.0  # than SciPy's LAPJVsp at 10,000
SIBLINGS = (10_000, 15.0, 1e-4, 1.08)  # families, seconds, gap, children beside the best pair first
CLOSE = 1e-8  # of a score: rounding
Row = dict[str, Any]


def show(figures: dict[str, Any], console: Console) -> None:
    """Print what was measured, instance by instance, and whether each goal was reached."""
    size = figures["size"]
    console.print(f"{machine.line(figures['machine'])}; seed {size['seed']}, medians of {size['rounds']}")
    for rows in instances(figures).values():
        _table(console, rows)
    for goal, reached in goals(figures).items():
        console.print(f"{'reached' if reached else 'MISSED':8} {goal}")


def instances(figures: dict[str, Any]) -> dict[tuple[bool, int], list[Row]]:
    """(with siblings, families) → its rows."""
    found: dict[tuple[bool, int], list[Row]] = {}
    for row in figures["measured"]:
        found.setdefault((row["siblings"], row["families"]), []).append(row)
    return found


def _table(console: Console, rows: list[Row]) -> None:
    first = rows[0]
    kind = f"siblings, {first['bands']} age bands" if first["siblings"] else "one child each"
    table = Table(
        Column("solver", no_wrap=True), "s", "processor s", "MB", "children placed", "score", "gap", "blocking",
        title=f"{first['families']:,} families ({kind}), {first['pairs']:,} pairs, {first['providers']:,} providers",
        title_justify="left",
    )
    for row in rows:
        plan = row["plan"]
        table.add_row(
            row["solver"], f"{row['seconds']:.3f}", f"{row['processor_seconds']:.3f}", f"{row['peak_mb']:,}",
            f"{row['placed']:,}", f"{row['score']:,.2f}", f"{plan['gap']:.1e}" if plan else "",
            f"{plan['blocking_pairs']:,}" if plan else "",
        )
    console.print(table)
    for name, aim in (first["plan"]["aims"] if first["plan"] else {}).items():
        if aim["bound"] > aim["reached"] * (1 + CLOSE):
            console.print(f"  {name}: {aim['reached']:,.2f} of at most {aim['bound']:,.2f} "
                          f"({1 - aim['reached'] / aim['bound']:.1e} short)")


def goals(figures: dict[str, Any]) -> dict[str, bool]:
    """Goal, with the figure it is judged by → was it reached? Only what was measured is judged."""
    found: dict[str, bool] = {}
    for (siblings, families), rows in instances(figures).items():
        by_solver = {row["solver"]: row for row in rows}
        if siblings and families == SIBLINGS[0]:
            found |= _siblings(by_solver)
        if not siblings and families in SECONDS:
            found |= _single(by_solver, families)
    return found


def _single(rows: dict[str, Row], families: int) -> dict[str, bool]:
    ours, limit = rows["ayni"], SECONDS[families]
    found = {
        f"{families:,} families exact in ≤ {limit} s: {ours['seconds']} s, gap {ours['plan']['gap']:.0e}":
            ours["seconds"] <= limit and ours["plan"]["gap"] < 1e-9,
        f"{families:,} families in ≤ {MEMORY} MB: {ours['peak_mb']} MB": ours["peak_mb"] <= MEMORY,
    }
    for name in ("SciPy linear_sum_assignment", "lap", "SciPy LAPJVsp", "NetworkX network simplex"):
        if name in rows:
            same = rows[name]["placed"] == ours["placed"] and abs(rows[name]["score"] - ours["score"]) < 1e-3
            found[f"{families:,} families: the same optimum as {name}"] = same
    if families == 10_000 and "SciPy LAPJVsp" in rows:
        times = rows["SciPy LAPJVsp"]["seconds"] / ours["seconds"]
        found[f"10,000 families ≥ {FASTER:.0f} × as fast as SciPy LAPJVsp: {times:.1f} ×"] = times >= FASTER
    return found


def _siblings(rows: dict[str, Row]) -> dict[str, bool]:
    families, limit, gap, more = SIBLINGS
    ours = rows["ayni"]
    found = {
        f"{families:,} families with siblings in ≤ {limit:.0f} s: {ours['seconds']} s": ours["seconds"] <= limit,
        f"{families:,} families with siblings to a gap ≤ {gap}: {ours['plan']['gap']:.0e}": ours["plan"]["gap"] <= gap,
    }
    if "best pair first" in rows:
        gain = ours["placed"] / rows["best pair first"]["placed"]
        goal = f"{families:,} families with siblings: ≥ {more - 1:.0%} more children than the best pair first"
        found[f"{goal}: {gain - 1:.1%}"] = gain >= more
    return found
