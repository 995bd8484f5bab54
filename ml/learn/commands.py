"""`manage.py train` and `evaluate` without the portal: from a dataset to the files of a version or of an evaluation."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ml import tables
from ml.encoder import Encoder
from ml.learn import card, folder, save, seen, work
from ml.learn import truth as known
from ml.learn.folder import Dataset, Reader
from ml.learn.options import Options
from ml.learn.origin import FAMILIES, Origin
from ml.learn.places import Places
from ml.learn.registry import METRICS
from ml.learn.report import page
from ml.scoring import Scorer


@dataclass(frozen=True)
class Run:
    """What a run needs to be told: where districts are, when it is (ISO), how it goes, and where lines go.

    `source` says whose decisions they are, "" for those of a folder.
    """

    places: Places
    made: str
    options: Options
    report: Callable[[str], None]
    source: str = ""


def read(path: Path, run: Run) -> Dataset:
    """A training folder. Raises TableError, LearnError, ArtifactError (the encoder)."""
    progress = run.options.progress("sentences encoded")
    return folder.read(path, Reader(Encoder.load(), run.places, run.report, progress))


def truth(path: Path, run: Run) -> dict[tuple[str, str, str], float]:
    """What pairs were worth. Raises TableError."""
    return known.read(path, run.report)


def train(dataset: Dataset, root: Path, run: Run) -> tuple[Path, dict[str, Any]]:
    """Make a version under `root`; returns its folder and its metrics. Raises LearnError.

    Families of the unseen dataset that are in this one too are left out of it, and counted.
    """
    options, shared = _without_shared(dataset, run)
    learnt, metrics = work.train(dataset, options)
    if shared is not None:
        metrics["unseen"]["shared"] = shared
    about = save.about(metrics, run.made, run.source)
    files = {**_files(metrics, learnt.scorer), "card.md": card.render(metrics, learnt.scorer)}
    if not run.source:  # an NGO's families are numbered anew each time: a list of them would name nobody
        files[FAMILIES] = seen.listed(dataset.examples, run.options.seed)
    return save.version(root, learnt, files, about), metrics


def _without_shared(dataset: Dataset, run: Run) -> tuple[Options, dict[str, Any] | None]:
    if run.options.unseen is None:
        return run.options, None
    unseen, told = seen.strangers(dataset, run.options.unseen)
    if told["how"] == seen.NOT_KNOWN:
        run.report("whether families of the test are among those to learn from is not known: these are numbered anew")
    elif told["families_left_out"]:
        run.report(f"{told['families_left_out']} families ({told['rows_left_out']} decisions) of the test are among "
                   "those to learn from: they are left out of the test")
    return dataclasses.replace(run.options, unseen=unseen), told


def evaluate(dataset: Dataset, made: tuple[Scorer, Origin | None], out: Path, run: Run) -> dict[str, Any]:
    """Measure a version on a dataset into a folder; returns the metrics. Raises LearnError.

    `made`: its scorer and what it was made from. No card is written: a card is about what a version was made from.
    """
    metrics = work.evaluate(dataset, *made, run.options)
    out.mkdir(parents=True, exist_ok=True)
    for name, text in _files(metrics, made[0]).items():
        with tables.whole(out / name) as file:
            file.write(text)
    return metrics


def _files(metrics: dict[str, Any], scorer: Scorer) -> dict[str, str]:
    return {METRICS: save.metrics_text(metrics), "report.html": page.render(metrics, scorer)}
