"""The methods side by side on each split: by family, by time, in new districts, and on a dataset nobody learnt from."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from ml.learn import evaluation, measured, methods, splits, training, truth
from ml.learn.baselines.texts import Texts
from ml.learn.evaluation import Asked
from ml.learn.examples import Examples
from ml.learn.faults import LearnError
from ml.learn.folder import Dataset
from ml.learn.methods import Methods
from ml.learn.options import Options
from ml.learn.splits import Split
from ml.learn.training import Learnt
from ml.scoring import Scorer

MOST_FAMILIES = 1500  # test families whose admissible pairs are all looked at


def learn(examples: Examples, split: Split, options: Options) -> Learnt:
    """The additive model on one split."""
    settings = dataclasses.replace(options.settings, seed=options.seed)
    return training.learn(examples, split, settings, options.progress(f"additive model, {split.kind} split"))


def everywhere(dataset: Dataset, split: Split, scorer: Scorer, options: Options) -> dict[str, Any]:
    """Split by name → its figures, or why it could not be made."""
    words = None if dataset.world is None else Texts.of(dataset.world)
    ready = _ready(dataset.examples, split, scorer, options, words)
    asked = Asked.of(dataset.examples, split, scorer.calibration, options.seed)
    known = options.truth if options.unseen is None else None
    found = {"family": _figures(with_every(asked, dataset, known), ready, options, "family")}
    for kind in ("time", "district"):
        found[kind] = _elsewhere(dataset.examples, kind, words, options)
    if options.unseen is not None:
        found["unseen"] = _unseen(asked, options.unseen, ready, options)
    return found


def _ready(examples: Examples, split: Split, scorer: Scorer, options: Options, words: Texts | None) -> Methods:
    what = f"baselines, {split.kind} split"
    options.tell(what, 0, 1)
    found = methods.ready((examples.take(split.train), examples.take(split.validation)), scorer, options.seed, words)
    options.tell(what, 1, 1)
    return found


def _figures(asked: Asked, ready: Methods, options: Options, kind: str, there: Methods | None = None) -> dict[str, Any]:
    return evaluation.evaluate(asked, ready, options.progress(f"figures, {kind} split"), there)


def _elsewhere(examples: Examples, kind: str, words: Texts | None, options: Options) -> dict[str, Any]:
    """Another split; one that these data do not allow says why."""
    try:
        split = splits.split(examples, kind, options.seed)
        scorer = learn(examples, split, options).scorer
    except LearnError as error:
        return {"not_run": str(error)}
    ready = _ready(examples, split, scorer, options, words)
    return _figures(Asked.of(examples, split, scorer.calibration, options.seed), ready, options, kind)


def _unseen(asked: Asked, other: Dataset, ready: Methods, options: Options) -> dict[str, Any]:
    """What was learnt here, on all families of another dataset."""
    there = ready if other.world is None else methods.with_words(ready, Texts.of(other.world))
    elsewhere = dataclasses.replace(asked, test=other.examples)
    return _figures(with_every(elsewhere, other, options.truth), ready, options, "unseen", there)


def with_every(asked: Asked, dataset: Dataset, known: dict[tuple[str, str, str], float] | None) -> Asked:
    """All admissible pairs of the test families, of `MOST_FAMILIES` at most (drawn by the seed)."""
    world = dataset.world
    if world is None:
        return asked
    names = np.random.default_rng(asked.seed).permutation(np.unique(asked.test.family))[:MOST_FAMILIES]
    chosen = set(names.tolist())
    rows = [place for place, row in enumerate(world.needs) if row["family_ref"] in chosen]
    every = measured.candidates(world, dataset.decisions, dataset.places, rows)
    return dataclasses.replace(asked, every=every, truth=None if known is None else truth.of(every, world, known))
