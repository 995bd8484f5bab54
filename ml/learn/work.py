"""Training and evaluation from a dataset to the whole of metrics.json."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from ml import scoring
from ml.learn import code, compare, evaluation, methods, proofs, seen, splits
from ml.learn.examples import Examples
from ml.learn.folder import Dataset
from ml.learn.metrics import bootstrap, ranking
from ml.learn.options import Options
from ml.learn.origin import Origin
from ml.learn.training import Learnt
from ml.scoring import Scorer


def train(dataset: Dataset, options: Options) -> tuple[Learnt, dict[str, Any]]:
    """A version and its metrics. Raises LearnError where the decisions do not suffice."""
    split = splits.split(dataset.examples, "family", options.seed)
    learnt = compare.learn(dataset.examples, split, options)
    return learnt, {**measure(dataset, learnt.scorer, options), "seen": seen.held_back()}


def evaluate(dataset: Dataset, scorer: Scorer, origin: Origin | None, options: Options) -> dict[str, Any]:
    """Everything that is measured of a version, on families it did not learn from where that can be known.

    `origin`: what it was made from, None for nothing. LearnError where too few families are left.
    """
    dataset, seed, told = seen.apart(dataset, origin, options.seed)
    return {**measure(dataset, scorer, dataclasses.replace(options, seed=seed)), "seen": told}


def measure(dataset: Dataset, scorer: Scorer, options: Options) -> dict[str, Any]:
    """All figures of a scorer on a dataset; the other splits train the additive model anew."""
    split = splits.split(dataset.examples, "family", options.seed)
    figures = compare.everywhere(dataset, split, scorer, options)
    return {
        "version": scorer.version, "data": dataset.data, "code": code.version(), "seed": options.seed,
        "settings": dataclasses.asdict(options.settings), "counts": counts(dataset.examples),
        "unseen": None if options.unseen is None else {
            "data": options.unseen.data, "counts": counts(options.unseen.examples)
        },
        "validation": validation(dataset.examples.take(split.validation), scorer, options.seed),
        "splits": figures, **proofs.all_of(dataset, split, (scorer, figures), options),
    }


def counts(examples: Examples) -> dict[str, Any]:
    """What the decisions are made of."""
    label = examples.label
    return {
        "rows": len(examples), "families": len(np.unique(examples.family)), "lists": len(np.unique(examples.query)),
        "approved": int((examples.approved == 1).sum()), "held": int((label == 1).sum()),
        "censored": int(np.isnan(label).sum()), "without_propensity": int(np.isnan(examples.propensity).sum()),
        "first_day": str(examples.shown_on.min()), "last_day": str(examples.shown_on.max()),
    }


def validation(examples: Examples, scorer: Scorer, seed: int) -> dict[str, Any]:
    """nDCG@10 of a scorer and of the prior on validation lists, and the difference: the gate of promotion.

    Every shown row counts, those with no known end as in training: few lists would be left without them.
    """
    lists = evaluation.softened(examples)
    ours, prior = (lists.ranked(methods.scored_by(one)) for one in (scorer, scoring.PRIOR))
    family = lists.families(ours)
    return {
        "additive": bootstrap.of_mean(ranking.ndcg(ours), family, seed).plain(),
        "prior": bootstrap.of_mean(ranking.ndcg(prior), family, seed).plain(),
        "less_prior": bootstrap.difference(ranking.ndcg(ours), ranking.ndcg(prior), family, seed).plain(),
    }
