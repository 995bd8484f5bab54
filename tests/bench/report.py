"""The figures of a bench as tables a person reads."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.table import Table

from tests.bench import machine
from tests.bench.visit import Timed

ONE = (60.0, 250.0)  # milliseconds: p50 and p95 of any page, one person
MANY = 500.0  # milliseconds: p95 of all requests, the crowd
SLOWEST = 12  # pages shown of each table; the file given with --out has all


def show(figures: dict[str, Any], console: Console) -> None:
    """Print what was measured, the slowest first, and whether each goal was reached."""
    size = ", ".join(f"{count} {name}" for name, count in figures["size"].items())
    console.print(f"{machine.line(figures['machine'])}; {size}")
    pages = {f"{role} {name}": time for role, found in figures["one_person"].items() for name, time in found.items()}
    _table(console, f"One person, {len(pages)} kinds of page", pages)
    _table(console, "The list of families beside a stock Flask-Admin list of the same rows", figures["list"])
    crowd = figures["crowd"]
    title = f"{crowd['users']} people for {crowd['seconds']} s, {crowd['requests_per_second']} requests a second"
    _table(console, title, {"all": crowd["all"], **crowd["kinds"]})
    for goal, reached in goals(figures).items():
        console.print(f"{'reached' if reached else 'MISSED':8} {goal}")
    for failure, count in crowd["failures"].items():
        console.print(f"failure {count} × {failure}")


def goals(figures: dict[str, Any]) -> dict[str, bool]:
    """Goal, with the figure it is judged by → was it reached?"""
    pages = [time for found in figures["one_person"].values() for time in found.values()]
    p50, p95 = max(one.p50 for one in pages), max(one.p95 for one in pages)
    crowd = figures["crowd"]
    failed = sum(crowd["failures"].values())
    return {
        f"any page p50 ≤ {ONE[0]:.0f} ms, one person: the slowest {p50} ms": p50 <= ONE[0],
        f"any page p95 ≤ {ONE[1]:.0f} ms, one person: the slowest {p95} ms": p95 <= ONE[1],
        f"p95 ≤ {MANY:.0f} ms, the crowd: {crowd['all'].p95} ms": crowd["all"].p95 <= MANY,
        f"no error, the crowd: {failed}": failed == 0,
    }


def _table(console: Console, title: str, times: dict[str, Timed]) -> None:
    table = Table("page", "p50 ms", "p95 ms", "times", title=title, title_justify="left")
    for name, time in sorted(times.items(), key=lambda one: -one[1].p50)[:SLOWEST]:
        table.add_row(name, str(time.p50), str(time.p95), str(time.rounds))
    console.print(table)
