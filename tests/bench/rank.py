"""`manage.py bench rank`: one family over many providers, vectors kept, beside the same written plainly in pandas.

Both are given the same rows and vectors, prepared beforehand as each likes them, and take turns family by family. Their
lists are compared before anything is told of their times.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click
import numpy as np
from rich.console import Console
from rich.progress import track

from ml import frames, pipeline
from ml.frames import Child
from ml.passages import Corpus, Passage
from ml.pipeline import Request
from ml.stages import peak_mb
from tests.bench import rank_pandas, rank_report, rank_whole
from tests.bench.machine import machine, printer
from tests.ml import population

WIDTH = 384  # columns of a vector
SENTENCES = 2  # of a provider's profile, and three of a family's story
SAME = 1e-6  # of a score: the products are float32


@dataclass(frozen=True)
class Case:
    """One family, ready for both sides."""

    child: Child
    request: Request


@click.command()
@click.option("--providers", default="1000,10000,100000", show_default=True)
@click.option("--families", default=5, show_default=True)
@click.option("--rounds", default=5, show_default=True)
@click.option("--seed", default=7, show_default=True)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write every figure to this JSON file.")
def bench(providers: str, families: int, rounds: int, seed: int, out: Path | None) -> None:
    """Rules, score and cut of a family over 1,000 to 100,000 providers, beside pandas; then the whole of many families:
    from file to file, and what would help who waits."""
    sizes = [int(size) for size in providers.split(",") if size.strip()]
    shown = track(sizes, "measuring", console=Console(stderr=True), transient=True)
    figures = {
        "machine": machine(), "size": {"families": families, "rounds": rounds, "seed": seed},
        "measured": [_measured(size, families, rounds, seed) for size in shown],
        "whole": rank_whole.measured(rounds, seed),
    }
    rank_report.show(figures, printer())
    if out:
        out.write_text(json.dumps(figures, indent=1, ensure_ascii=False), encoding="utf-8")


def _measured(size: int, families: int, rounds: int, seed: int) -> dict[str, Any]:
    children, offers = population.people(20 * families, size, seed)
    few = [replace(one, together=False) for one in children if frames.children([one]).band[0] >= 0][:families]
    dice = np.random.default_rng(seed)
    corpus = Corpus.of([passage(dice, SENTENCES) for _ in offers])
    prepared = frames.providers(offers)
    cases = [
        Case(one, Request(frames.children([one]), prepared, [passage(dice, 3)], corpus)) for one in few
    ]
    table = rank_pandas.prepared(offers, corpus)
    told = sum(agreed(case, table) for case in cases)
    ways: dict[str, Callable[[Case], Any]] = {
        "ayni": _cut, "ayni, with reasons": lambda case: pipeline.rank(case.request),
        "ayni, why not the others": _why_not,
        "pandas": lambda case: rank_pandas.rank(case.child, case.request, table),
    }
    seconds = _seconds(ways, cases, rounds)
    return {"providers": size, "suggestions": told, "seconds": seconds, "peak_mb": peak_mb()}


def passage(dice: np.random.Generator, sentences: int) -> Passage:
    """A text of random directions."""
    rows = dice.normal(size=(1 + sentences, WIDTH)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return Passage(tuple(f"frase {number}" for number in range(sentences)), rows)


def _seconds(ways: dict[str, Callable[[Case], Any]], cases: list[Case], rounds: int) -> dict[str, float]:
    """Way → the median of all rounds and families; a round of each way in turn."""
    found: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for case in cases:
            for name, way in ways.items():
                started = time.perf_counter()
                way(case)
                found[name].append(time.perf_counter() - started)
    return {name: round(statistics.median(times), 6) for name, times in found.items()}


def _cut(case: Case) -> list[tuple[str, float]]:
    """Rules, score and the best few, without their reasons: what pandas does too."""
    request = case.request
    found = pipeline.weigh(request, pipeline.measure(request))
    chosen = found.choices.provider[found.best], found.choices.score[found.best]
    return [(str(request.providers.ref[row]), float(score)) for row, score in zip(*chosen, strict=True)]


def _why_not(case: Case) -> Any:
    """The table of who is left out, from the rules on."""
    return pipeline.rank(case.request), pipeline.why_not(case.request).by_provider()


def agreed(case: Case, table: rank_pandas.Offers) -> int:
    """How many suggestions both give. RuntimeError where the lists differ."""
    ours, theirs = _cut(case), rank_pandas.rank(case.child, case.request, table)
    near = all(abs(one[1] - other[1]) < SAME for one, other in zip(ours, theirs, strict=False))
    if [ref for ref, _ in ours] != [ref for ref, _ in theirs] or not near:
        raise RuntimeError(f"the lists of {case.child.ref} differ: {ours} and {theirs}")
    return len(ours)
