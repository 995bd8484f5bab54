"""The figures of `bench rank` as a table a person reads, and the goals they are judged by."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.table import Column, Table

from tests.bench import machine
from tests.bench.rank_whole import FAMILIES

GOALS = {"ayni, with reasons": 0.030, "ayni, why not the others": 0.050}  # seconds for a family over 10,000 providers
AT = 10_000
WHOLE = {  # the goal as it is told, and its seconds
    "files": ("{families:,} families over {providers:,} providers from file to file, texts encoded", 15.0),
    "changes": ("what would help {families:,} waiting families among {providers:,} providers", 10.0),
}


def show(figures: dict[str, Any], console: Console) -> None:
    """Print what was measured, and whether each goal was reached."""
    size = figures["size"]
    console.print(
        f"{machine.line(figures['machine'])}; "
        f"medians over {size['families']} families and {size['rounds']} rounds; the lists of both sides are the same"
    )
    columns = ("ms", "pairs/s", "× as fast as pandas", "suggested", "peak MB")
    table = Table("providers", Column("way", no_wrap=True), *columns)
    for row in figures["measured"]:
        for name, seconds in row["seconds"].items():
            table.add_row(
                f"{row['providers']:,}", name, f"{1000 * seconds:.2f}", f"{row['providers'] / seconds:,.0f}",
                f"{row['seconds']['pandas'] / seconds:.2f}", f"{row['suggestions']}",
                f"{row['peak_mb']:,}",
            )
    console.print(table)
    console.print("peak MB: of the process that holds both sides, by the end of that size")
    for goal, reached in goals(figures).items():
        console.print(f"{'reached' if reached else 'MISSED':8} {goal}")


def goals(figures: dict[str, Any]) -> dict[str, bool]:
    """Goal, with the figure it is judged by → was it reached? Only what was measured is judged."""
    found = {
        f"{name}: a family over {AT:,} providers in ≤ {1000 * limit:.0f} ms: {1000 * row['seconds'][name]:.1f} ms":
            row["seconds"][name] <= limit
        for row in figures["measured"] if row["providers"] == AT for name, limit in GOALS.items()
    }
    for name, one in figures["whole"].items():
        goal, limit = WHOLE[name]
        told = goal.format(families=FAMILIES, providers=int(one["providers"]))
        found[f"{told} in ≤ {limit:.0f} s: {one['seconds']} s, {one['peak_mb']:,} MB"] = one["seconds"] <= limit
    return found
