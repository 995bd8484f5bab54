"""`manage.py bench encoder`: texts a second and milliseconds a text, beside other runtimes and another model.

Each engine lives in a process of its own, so that its memory is its own; they take turns, round by round, on the same
texts, so that whatever else the machine does falls on all.
"""

from __future__ import annotations

import json
import multiprocessing
import random
import statistics
import tempfile
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
import numpy as np
from rich.console import Console
from rich.progress import track
from tokenizers import Tokenizer

from ml import artifacts, bank
from tests.bench import encoder_report, engines, judged
from tests.bench.machine import machine, printer

TOKENS = 32  # of each text of a batch, with the two marks
ALONE = 40  # sentences encoded one by one in a round


@click.command()
@click.option("--texts", default=512, show_default=True, help="Texts of a batch, of 32 tokens each.")
@click.option("--rounds", default=5, show_default=True)
@click.option("--seed", default=7, show_default=True)
@click.option("--similarity", type=click.Path(exists=True, path_type=Path, dir_okay=False),
              help="CSV of sentence, sentence, score: what int8 loses of Spearman against float32.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write every figure to this JSON file.")
def bench(texts: int, rounds: int, seed: int, similarity: Path | None, out: Path | None) -> None:
    """Encoding Spanish texts, beside ONNX Runtime on the same weights, TensorFlow, and USE multilingual."""
    sentences = _sentences(seed)
    measured, like = _measured((_batch(sentences, texts), sentences[:ALONE]), rounds, similarity)
    figures = {
        "machine": machine(), "size": {"texts": texts, "rounds": rounds, "seed": seed, "threads": engines.THREADS},
        "measured": measured, "similarity": like, "judged_ms": judged.milliseconds(rounds, seed),
    }
    encoder_report.show(figures, printer())
    if out:
        out.write_text(json.dumps(figures, indent=1, ensure_ascii=False), encoding="utf-8")


def _sentences(seed: int) -> list[str]:
    """What families and providers say, shuffled."""
    needs = bank.load(bank.FOLDER)
    found = sorted({text for need in needs for text in (*need.need, *need.answers)})
    random.Random(seed).shuffle(found)
    return found


def _batch(sentences: list[str], count: int) -> list[str]:
    """Texts that are cut from sentences in a row where the tokens are enough."""
    tokenizer = Tokenizer.from_file(str(artifacts.SHIPPED / "tokenizer.json"))
    rows = [" ".join(sentences[(5 * row + step) % len(sentences)] for step in range(5)) for row in range(count)]
    encoded = tokenizer.encode_batch(rows)
    return [row[: one.offsets[TOKENS - 2][1]] for row, one in zip(rows, encoded, strict=True)]


def _measured(
    texts: tuple[list[str], list[str]], rounds: int, similarity: Path | None
) -> tuple[list[dict[str, Any]], dict[str, float] | None]:
    """A row for each engine, and Spearman of ours and of the reference where there is a file to ask them about."""
    spawn = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as name:
        with ProcessPoolExecutor(1, mp_context=spawn) as writer:
            writer.submit(engines.graphs, Path(name)).result()
        pools = {engine: ProcessPoolExecutor(1, mp_context=spawn) for engine in engines.ENGINES}
        try:
            found = _rounds(pools, Path(name), texts, rounds)
            return found, similarity and {
                engine: pools[engine].submit(engines.similarity, engine, similarity).result()
                for engine in (engines.OURS, engines.REFERENCE)
            }
        finally:
            for pool in pools.values():
                pool.shutdown()


def _rounds(
    pools: dict[str, ProcessPoolExecutor], graphs: Path, texts: tuple[list[str], list[str]], rounds: int
) -> list[dict[str, Any]]:
    batch, alone = texts
    loaded = {name: pool.submit(engines.load, name, graphs).result() for name, pool in pools.items()}
    vectors = {name: pool.submit(engines.rows, name, batch).result() for name, pool in pools.items()}  # a warm round
    seconds: dict[str, list[float]] = {name: [] for name in pools}
    single: dict[str, list[float]] = {name: [] for name in pools}
    for _ in track(range(rounds), "rounds", console=Console(stderr=True), transient=True):
        for name, pool in pools.items():
            seconds[name].append(pool.submit(engines.batch, name, batch).result())
            single[name].append(statistics.median(pool.submit(engines.one_by_one, name, alone).result()))
    peaks = {name: pool.submit(engines.peak).result() for name, pool in pools.items()}
    return [
        {
            "engine": name, "texts_per_second": round(len(batch) / statistics.median(seconds[name]), 1),
            "ms_a_text": round(1000 * statistics.median(single[name]), 3), **asdict(loaded[name]),
            "peak_mb": peaks[name], "cosine": _likeness(vectors[name], vectors[engines.REFERENCE]),
        }
        for name in pools
    ]


def _likeness(rows: np.ndarray, reference: np.ndarray) -> float | None:
    """The mean cosine with the reference's rows; None for another model."""
    if rows.shape != reference.shape:
        return None
    return round(float(np.einsum("nd,nd->n", rows, reference).mean()), 5)
