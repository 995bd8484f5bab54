"""Training and evaluation from a dataset to the whole of metrics.json."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ml import scoring
from ml.learn import code, evaluation, measured, methods, splits, training
from ml.learn.additive import Settings
from ml.learn.baselines.texts import Texts
from ml.learn.evaluation import Asked
from ml.learn.examples import Examples
from ml.learn.faults import LearnError
from ml.learn.folder import Dataset
from ml.learn.metrics import bootstrap, ranking
from ml.learn.splits import Split
from ml.learn.training import Learnt
from ml.scoring import Scorer

MOST_FAMILIES = 1500  # test families whose admissible pairs are all looked at
Tell = Callable[[str, int, int], None]  # what is being done, done, of how many


@dataclass(frozen=True)
class Options:
    """How it is done. The same dataset and options give the same figures."""

    seed: int = 7
    settings: Settings = field(default_factory=Settings)
    tell: Tell = lambda what, done, total: None

    def progress(self, what: str) -> Callable[[int, int], None]:
        """For one stage."""
        return lambda done, total: self.tell(what, done, total)


def train(dataset: Dataset, options: Options) -> tuple[Learnt, dict[str, Any]]:
    """A version and its metrics. Raises LearnError where the decisions do not suffice."""
    split = splits.split(dataset.examples, "family", options.seed)
    learnt = _learn(dataset.examples, split, options, "family")
    return learnt, evaluate(dataset, learnt.scorer, options)


def evaluate(dataset: Dataset, scorer: Scorer, options: Options) -> dict[str, Any]:
    """Everything that is measured of a scorer on a dataset; the other splits train the additive model anew."""
    examples = dataset.examples
    split = splits.split(examples, "family", options.seed)
    words = Texts.of(dataset.world) if dataset.world is not None else None
    every = _candidates(dataset, examples.family[split.test], options)
    asked = Asked(examples, split, every, scorer.calibration, options.seed)
    found = {"family": _compared(asked, scorer, words, options)}
    for kind in ("time", "district"):
        found[kind] = _elsewhere(examples, kind, words, options)
    return {
        "version": scorer.version, "data": dataset.data, "code": code.version(), "seed": options.seed,
        "settings": dataclasses.asdict(options.settings), "counts": counts(examples),
        "validation": validation(examples.take(split.validation), scorer, options.seed), "splits": found,
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
    """nDCG@10 of a scorer and of the prior on validation lists, and the difference: the gate of promotion."""
    lists = evaluation.shown(examples)
    ours, prior = (lists.ranked(methods.scored_by(one)) for one in (scorer, scoring.PRIOR))
    family = lists.families(ours)
    return {
        "additive": bootstrap.of_mean(ranking.ndcg(ours), family, seed).plain(),
        "prior": bootstrap.of_mean(ranking.ndcg(prior), family, seed).plain(),
        "less_prior": bootstrap.difference(ranking.ndcg(ours), ranking.ndcg(prior), family, seed).plain(),
    }


def _learn(examples: Examples, split: Split, options: Options, kind: str) -> Learnt:
    settings = dataclasses.replace(options.settings, seed=options.seed)
    return training.learn(examples, split, settings, options.progress(f"additive model, {kind} split"))


def _compared(asked: Asked, scorer: Scorer, words: Texts | None, options: Options) -> dict[str, Any]:
    kind = asked.split.kind
    options.tell(f"baselines, {kind} split", 0, 1)
    found = methods.ready(asked.examples, asked.split, scorer, options.seed, words)
    options.tell(f"baselines, {kind} split", 1, 1)
    return evaluation.evaluate(asked, found, options.progress(f"figures, {kind} split"))


def _elsewhere(examples: Examples, kind: str, words: Texts | None, options: Options) -> dict[str, Any]:
    """Another split; one that these data do not allow says why."""
    try:
        split = splits.split(examples, kind, options.seed)
        scorer = _learn(examples, split, options, kind).scorer
    except LearnError as error:
        return {"not_run": str(error)}
    return _compared(Asked(examples, split, None, scorer.calibration, options.seed), scorer, words, options)


def _candidates(dataset: Dataset, families: Any, options: Options) -> Examples | None:
    """All admissible pairs of the test families, of `MOST_FAMILIES` at most (drawn by the seed)."""
    if dataset.world is None:
        return None
    names = np.random.default_rng(options.seed).permutation(np.unique(families))[:MOST_FAMILIES]
    chosen = set(names.tolist())
    rows = [place for place, row in enumerate(dataset.world.needs) if row["family_ref"] in chosen]
    return measured.candidates(dataset.world, dataset.decisions, dataset.places, rows)
