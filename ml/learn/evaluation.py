"""Every method on the test families of one split: the order of lists, the probability, and who wins."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ml.frames import Floats, Texts
from ml.learn import calibrate
from ml.learn.baselines.plain import Score
from ml.learn.examples import Examples
from ml.learn.methods import OURS, Methods
from ml.learn.metrics import bootstrap, probability, ranking
from ml.learn.metrics.ranking import Ranked
from ml.learn.splits import Split
from ml.scoring import Calibration

MAIN = "ndcg@10"
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Asked:
    """What is asked of one split. `every` holds all admissible pairs of test families, None where not known."""

    examples: Examples
    split: Split
    every: Examples | None = None
    calibration: Calibration | None = None  # the additive model's own
    seed: int = 7


@dataclass(frozen=True)
class Lists:
    """Pooled rows of a set of lists: what each was worth, and whose list it is."""

    query: Any
    provider: Texts
    gain: Floats
    family_of: dict[int, str]
    examples: Examples

    @classmethod
    def of(cls, examples: Examples, gain: Floats) -> Lists:
        query, provider, (gain,) = ranking.pooled(examples.query, examples.provider, [gain])
        return cls(query, provider, gain, dict(zip(examples.query.tolist(), examples.family.tolist(), strict=True)),
                   examples)

    def ranked(self, score: Score) -> Ranked:
        """The lists in the order of a method."""
        _, _, (found,) = ranking.pooled(self.examples.query, self.examples.provider, [score(self.examples)])
        return ranking.rank(self.query, found, self.gain, self.provider)

    def families(self, ranked: Ranked) -> Texts:
        """(l,) whose list each is."""
        return np.array([self.family_of[int(one)] for one in ranked.lists], dtype=np.str_)


def shown(examples: Examples) -> Lists:
    """The lists as they were shown, without the rows whose end nobody knows yet."""
    known = examples.take(~np.isnan(examples.label))
    return Lists.of(known, known.label)


def admissible(every: Examples) -> Lists:
    """All who might have been shown; what was not shown or not decided counts as not chosen."""
    return Lists.of(every, (every.label == 1).astype(np.float64))


def evaluate(asked: Asked, methods: Methods, progress: Progress | None = None) -> dict[str, Any]:
    """Figures with intervals for each method, each one's distance from the additive model, and the best."""
    test = asked.examples.take(asked.split.test)
    lists = {"shown": shown(test)} | ({} if asked.every is None else {"admissible": admissible(asked.every)})
    found: dict[str, Any] = {}
    ours = {name: one.ranked(methods.score[OURS]) for name, one in lists.items()}
    for number, (name, score) in enumerate(methods.score.items()):
        found[name] = {kind: _order(one, score, ours[kind], asked.seed) for kind, one in lists.items()}
        found[name] |= _chances(asked, name, score)
        if progress is not None:
            progress(number + 1, len(methods.score))
    return {
        "families": {side: len(np.unique(asked.examples.family[getattr(asked.split, side)]))
                     for side in ("train", "validation", "test")},
        "rows": {side: int(getattr(asked.split, side).sum()) for side in ("train", "validation", "test")},
        "methods": found, "missing": methods.missing, "best": best(found),
    }


def _order(lists: Lists, score: Score, ours: Ranked, seed: int) -> dict[str, Any]:
    ranked = lists.ranked(score)
    family = lists.families(ranked)
    found = {
        name: bootstrap.of_mean(measure(ranked), family, seed).plain() for name, measure in ranking.MEASURES.items()
    }
    less = bootstrap.difference(ranking.ndcg(ours), ranking.ndcg(ranked), family, seed)
    return {**found, "additive_less_this": less.plain()}


def _chances(asked: Asked, name: str, score: Score) -> dict[str, Any]:
    """Probabilities of every method are calibrated on the validation rows; the additive model brings its own."""
    validation, test = (asked.examples.take(mask) for mask in (asked.split.validation, asked.split.test))
    validation, test = (one.take(~np.isnan(one.label)) for one in (validation, test))
    scores = [_plain(score(one)) for one in (validation, test)]
    own = asked.calibration if name == OURS else None
    chance = own or calibrate.fit(scores[0], validation.label)
    told, said = chance(scores[0]), chance(scores[1])
    threshold = probability.best_threshold(validation.label, told)

    def measure(weight: Floats) -> dict[str, float]:
        figures = {key: one(test.label, said, weight) for key, one in probability.MEASURES.items()}
        return {**figures, **probability.at_threshold(test.label, said, weight, threshold)}

    figures = bootstrap.of_rows(measure, test.family, asked.seed)
    return {
        "probability": {key: one.plain() for key, one in figures.items()}, "threshold": round(threshold, 6),
        "reliability": [[round(part, 6) for part in one]
                        for one in probability.reliability(test.label, said, np.ones(len(said)))],
    }


def _plain(score: Floats) -> Floats:
    """What a method does not know gets its lowest score."""
    known = score[~np.isnan(score)]
    return np.where(np.isnan(score), known.min() if len(known) else 0.0, score)


def best(methods: dict[str, Any], kind: str = "shown") -> dict[str, Any]:
    """The method with the highest nDCG@10, and whether the additive model is told apart from it."""
    value = {name: one[kind][MAIN]["value"] or 0.0 for name, one in methods.items()}
    winner = max(value, key=lambda name: (value[name], name == OURS))
    less = methods[winner][kind]["additive_less_this"]
    behind = less["high"] is not None and less["high"] < 0
    return {"method": winner, "additive_is_behind": bool(winner != OURS and behind)}
