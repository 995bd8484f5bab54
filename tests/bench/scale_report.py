"""The figures of `bench scale` as tables a person reads, and as a plot."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Column, Table

from tests.bench import machine

Figures = dict[str, Any]
STAGES = ("read", "encode", "candidates", "score", "plan", "write")
COLOURS = ("#1b9e77", "#d95f02", "#7570b3", "#e7298a", "#66a61e", "#a6761d", "#000000")
MEMORY = 24_000  # MB of the machine that a country is to be planned on


def show_one(row: Figures, console: Console) -> None:
    """A run, as soon as it is done."""
    table = Table(
        Column("stage", no_wrap=True), "s", "processor s", "MB by its end", title_justify="left",
        title=f"{row['families']:,} families ({row['children']:,} children), {row['providers']:,} providers, "
              f"{row['sentences']:,} different sentences, {row['pairs']:,} pairs: {row['placed']:,} children placed, "
              f"gap {row['gap']:.1e}",
    )
    for name, stage in row["stages"].items():
        table.add_row(name, f"{stage['seconds']:,.1f}", f"{stage['processor']:,.1f}", f"{stage['peak_mb']:,}")
    table.add_row("made up before", f"{row['made_seconds']:,.1f}", "", "")
    table.add_row("whole run", f"{row['seconds']:,.1f}", f"{_processor(row):,.1f}", f"{row['peak_mb']:,}")
    console.print(table)


def show(figures: Figures, target: int, console: Console) -> None:
    """How each stage grows with the families, and what it comes to at `target` if it goes on so."""
    rows = figures["measured"]
    console.print(f"{machine.line(figures['machine'])}; seed {figures['seed']}, {figures['keep']} suggestions a child")
    table = Table(Column("processor s", no_wrap=True), *(f"{row['families']:,}" for row in rows), "exponent",
                  f"{target:,} (reckoned)")
    for name, figure in _lines().items():
        values = [figure(row) for row in rows]
        power = exponent([row["families"] for row in rows], values)
        far = values[-1] * (target / rows[-1]["families"]) ** power
        told = ("" if np.isnan(power) else f"{power:.2f}", "" if np.isnan(far) or name == "MB" else f"{far:,.0f}")
        table.add_row(name, *(f"{value:,.1f}" for value in values), *told)
    console.print(table)
    console.print("Reckoned as powers. Where towns fill up a child has more providers within reach: candidates, plan "
                  "and memory then grow faster.")
    for row in rows:
        reached = row["peak_mb"] <= MEMORY
        console.print(f"{'reached' if reached else 'MISSED':8} {row['families']:,} families in ≤ {MEMORY:,} MB: "
                      f"{row['peak_mb']:,} MB")


def exponent(sizes: list[int], values: list[float]) -> float:
    """The slope of the logarithms: 1 where twice the families take twice as much. NaN with fewer than two sizes."""
    if len(sizes) < 2 or min(values) <= 0:
        return float("nan")
    return float(np.polyfit(np.log(sizes), np.log(values), 1)[0])


def _processor(row: Figures) -> float:
    return float(sum(stage["processor"] for stage in row["stages"].values()))


def _lines() -> dict[str, Callable[[Figures], float]]:
    """Name → its figure of a run."""
    def of(name: str) -> Callable[[Figures], float]:
        return lambda row: float(row["stages"][name]["processor"])

    return {**{name: of(name) for name in STAGES}, "all stages": _processor, "MB": lambda row: float(row["peak_mb"])}


def plot(figures: Figures) -> str:
    """Processor seconds by families, both by powers of ten, a line for each stage; memory beside."""
    rows, lines = figures["measured"], _lines()
    sizes = [row["families"] for row in rows]
    seconds = {name: [figure(row) for row in rows] for name, figure in lines.items() if name != "MB"}
    memory = {"MB at most": [lines["MB"](row) for row in rows]}
    panels = _panel(0, "processor seconds", sizes, seconds) + _panel(420, "MB", sizes, memory)
    return ('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 840 360" width="840" height="360" role="img" '
            f'aria-label="Growth of the matcher" font-family="sans-serif" font-size="11">'
            f'<rect width="840" height="360" fill="#fff"/>{panels}</svg>\n')


def _panel(x: int, title: str, sizes: list[int], series: dict[str, list[float]]) -> str:
    values = [max(value, 1e-2) for one in series.values() for value in one]
    across, up = _decades(sizes), _decades(values)

    def at(size: float, value: float) -> str:
        return (f"{x + 60 + 240 * (np.log10(size) - across[0]) / (across[1] - across[0]):.1f} "
                f"{320 - 290 * (np.log10(max(value, 1e-2)) - up[0]) / (up[1] - up[0]):.1f}")

    parts = [f'<text x="{x + 60}" y="16" font-weight="bold">{escape(title)} by families</text>']
    parts += [f'<path d="M{at(10.0**power, 10.0 ** up[0])}L{at(10.0**power, 10.0 ** up[1])}" stroke="#ddd"/>'
              f'<text x="{at(10.0**power, 1).split()[0]}" y="338" text-anchor="middle">{10**power:,}</text>'
              for power in range(across[0], across[1] + 1)]
    for power in range(up[0], up[1] + 1):
        left, height = at(10.0 ** across[0], 10.0**power).split()
        parts.append(f'<path d="M{left} {height}L{at(10.0 ** across[1], 10.0**power)}" stroke="#ddd"/>'
                     f'<text x="{x + 54}" y="{float(height) + 4}" text-anchor="end">{10.0**power:g}</text>')
    for number, (name, one) in enumerate(series.items()):
        colour, points = COLOURS[number % len(COLOURS)], [at(*point) for point in zip(sizes, one, strict=True)]
        parts.append(f'<path d="M{"L".join(points)}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{left}" cy="{height}" r="3" fill="{colour}"/>'
                  for left, height in map(str.split, points)]
        parts.append(f'<text x="{x + 306}" y="{40 + 16 * number}" fill="{colour}">{escape(name)}</text>')
    return "".join(parts)


def _decades(values: list[Any]) -> tuple[int, int]:
    """The powers of ten that hold all values, two at least."""
    low, high = int(np.floor(np.log10(min(values)))), int(np.ceil(np.log10(max(values))))
    return low, max(high, low + 1)
