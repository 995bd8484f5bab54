"""The figures of `bench encoder` as a table a person reads, and the goals they are judged by."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.table import Column, Table

from tests.bench import machine
from tests.bench.engines import OURS, PEER, REFERENCE

FASTER = 2.5  # than the peer, in a batch
ALONE = 2.0  # milliseconds for one text
COLD = 1.0  # seconds until the first text
MEMORY = 250  # megabytes with the engine loaded
JUDGED = 150  # milliseconds for a family's twenty best candidates
LOST = 0.005  # of Spearman on a similarity file, against the reference


def show(figures: dict[str, Any], console: Console) -> None:
    """Print what was measured, and whether each goal was reached."""
    size = figures["size"]
    console.print(
        f"{machine.line(figures['machine'])}; "
        f"{size['texts']} texts of 32 tokens, {size['threads']} threads, medians of {size['rounds']}"
    )
    rows = {row["engine"]: row for row in figures["measured"]}
    ours = rows[OURS]
    table = Table(Column("engine", no_wrap=True), "texts/s", "×", "ms", "×", "s cold", "MB", "cosine")
    for name, row in rows.items():
        table.add_row(
            name, f"{row['texts_per_second']:,.0f}", f"{ours['texts_per_second'] / row['texts_per_second']:.2f}",
            f"{row['ms_a_text']:.2f}", f"{row['ms_a_text'] / ours['ms_a_text']:.2f}", f"{row['seconds']:.2f}",
            f"{row['megabytes']:,}", "" if row["cosine"] is None else f"{row['cosine']:.4f}",
        )
    console.print(table)
    console.print(f"×: times as fast as that engine is {OURS}; ms: one text; s cold, MB: until its first text")
    console.print(f"cosine: of its rows with those of {REFERENCE}")
    for goal, reached in {**goals(rows, figures["similarity"]), **_judged(figures["judged_ms"])}.items():
        told = "not measured" if reached is None else "reached" if reached else "MISSED"
        console.print(f"{told:8} {goal}")


def goals(rows: dict[str, dict[str, Any]], similarity: dict[str, float] | None) -> dict[str, bool | None]:
    """Goal, with the figure it is judged by → was it reached? None where it was not measured."""
    ours, times = rows[OURS], rows[OURS]["texts_per_second"] / rows[PEER]["texts_per_second"]
    return {
        f"a batch ≥ {FASTER} × as fast as {PEER}: {times:.2f} ×": times >= FASTER,
        f"one text ≤ {ALONE} ms: {ours['ms_a_text']} ms": ours["ms_a_text"] <= ALONE,
        f"cold start ≤ {COLD} s: {ours['seconds']} s": ours["seconds"] <= COLD,
        f"≤ {MEMORY} MB once loaded: {ours['megabytes']} MB": ours["megabytes"] <= MEMORY,
        **_like(similarity),
    }


def _judged(milliseconds: float | None) -> dict[str, bool | None]:
    goal = f"20 candidates judged in ≤ {JUDGED} ms"
    if milliseconds is None:
        return {f"{goal}: this model has no judge": None}
    return {f"{goal}: {milliseconds} ms": milliseconds <= JUDGED}


def _like(similarity: dict[str, float] | None) -> dict[str, bool | None]:
    goal = f"Spearman ≤ {LOST} below {REFERENCE}'s"
    if similarity is None:
        return {f"{goal}: give --similarity": None}
    ours, theirs = similarity[OURS], similarity[REFERENCE]
    return {f"{goal}: {ours:.4f} and {theirs:.4f}, {theirs - ours:+.4f} below": bool(theirs - ours <= LOST)}
