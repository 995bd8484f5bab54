"""What else is asked of a version: who it serves how well, whether wording moves it, whether the data drift."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from ml import scoring
from ml.learn import compare, drift, methods
from ml.learn.evaluation import Asked
from ml.learn.fair import exposure, groups
from ml.learn.fair.groups import Told
from ml.learn.folder import Dataset
from ml.learn.names import OURS
from ml.learn.options import Options
from ml.learn.scored import scores_of
from ml.learn.splits import Split
from ml.learn.swap import proof
from ml.learn.swap.proof import Bench
from ml.scoring import Scorer


def all_of(
    dataset: Dataset, split: Split, made: tuple[Scorer, dict[str, Any]], options: Options
) -> dict[str, Any]:
    """fairness, swap and drift, on the test families (all families of the unseen dataset, where there is one).

    `made`: the scorer, and the figures of the splits, whose threshold is used.
    """
    scorer, figures = made
    there = options.unseen or dataset
    asked = Asked.of(dataset.examples, split, scorer.calibration, options.seed)
    if options.unseen is not None:
        asked = dataclasses.replace(asked, test=options.unseen.examples)
    asked = compare.with_every(asked, there, None)
    kind = "family" if options.unseen is None else "unseen"
    threshold = figures[kind]["methods"][OURS]["threshold"]
    return {
        "fairness": _fairness(asked, scorer, threshold, options),
        "swap": _swap(there, asked, scorer, options),
        "drift": drift.between(dataset.examples, scores_of(scorer, dataset.examples)),
    }


def _fairness(asked: Asked, scorer: Scorer, threshold: float, options: Options) -> dict[str, Any]:
    options.tell("fairness", 0, 1)
    score = scores_of(scorer, asked.test)
    chance = score if scorer.calibration is None else scorer.calibration(score)
    supply = {} if asked.every is None else exposure.supply(asked.every)
    told = Told(asked.test, chance, score, threshold, asked.seed)
    found: dict[str, Any] = {
        "facets": groups.tables(told, supply), "not_known": groups.not_known(asked.test), "exposure": None,
    }
    if asked.every is not None:
        ours, prior = (exposure.shares(asked.every, methods.scored_by(one)) for one in (scorer, scoring.PRIOR))
        found["exposure"] = {OURS: ours, "prior": prior}
    options.tell("fairness", 1, 1)
    return found


def _swap(there: Dataset, asked: Asked, scorer: Scorer, options: Options) -> dict[str, Any]:
    """Nothing where no texts are at hand. On a ground of its own every family may be asked."""
    world = there.world or there.ground
    if world is None or there.encoder is None:
        return {}
    everyone = np.array([row["family_ref"] for row in world.needs], dtype=np.str_)
    bench = Bench.of(world, asked.test.family if there.world else everyone, options.seed, (there.encoder, scorer))
    return proof.run(dataclasses.replace(bench, reader=options.reader), options.seed, options.progress("swap test"))
