"""Every method on the test families of one split: the order of lists, the probability, and who wins."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ml.frames import Bools, Floats, Texts
from ml.learn import calibrate
from ml.learn.baselines.plain import Score
from ml.learn.examples import Examples, held_share, soft_label
from ml.learn.methods import Methods
from ml.learn.metrics import bootstrap, probability, ranking
from ml.learn.metrics.ranking import Ranked
from ml.learn.names import OURS
from ml.learn.splits import Split
from ml.scoring import Calibration

MAIN = "ndcg@10"
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Asked:
    """What is asked of one split: probabilities are made on `validation`, everything is measured on `test`.

    `every` holds all admissible pairs of test families, None where not known; `truth` (m,) is what each of them was
    really worth, within 0..1, where somebody knows (synthetic data).
    """

    validation: Examples
    test: Examples
    every: Examples | None = None
    truth: Floats | None = None
    calibration: Calibration | None = None  # the additive model's own
    seed: int = 7

    @classmethod
    def of(cls, examples: Examples, split: Split, calibration: Calibration | None, seed: int) -> Asked:
        """The validation and the test rows of a split."""
        return cls(examples.take(split.validation), examples.take(split.test), None, None, calibration, seed)

    def lists(self) -> dict[str, Lists]:
        """Every kind of list the data allow."""
        found = {"shown": shown(self.test), "approved": approved(self.test)}
        if self.every is not None:
            found["admissible"] = admissible(self.every)
            if self.truth is not None:
                found["truth"] = Lists.of(self.every, self.truth)
        return found


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


def approved(examples: Examples) -> Lists:
    """The lists as they were shown, by the supervisor's answer alone: it is known of every row."""
    known = examples.take(~np.isnan(examples.approved))
    return Lists.of(known, known.approved)


def softened(examples: Examples) -> Lists:
    """The lists as they were shown, every row of them: what was approved with no known end is worth the usual share."""
    gain = soft_label(examples, held_share(examples))
    known = ~np.isnan(gain)
    return Lists.of(examples.take(known), gain[known])


def admissible(every: Examples) -> Lists:
    """All who might have been shown; what was not shown counts as not chosen, what is not known yet is left out."""
    known = every.take(_counts(every))
    return Lists.of(known, (known.label == 1).astype(np.float64))


def _counts(every: Examples) -> Bools:
    found: Bools = (every.rank == 0) | ~np.isnan(every.label)
    return found


def _utility(asked: Asked, lists: dict[str, Lists], ours: dict[str, Ranked]) -> dict[str, Any] | None:
    """nDCG@10 of the hidden utility's own order: people's answers are chance too, so that even it stays below 1.

    `share` is how much of it the additive model reaches; None where nobody knows what pairs are worth.
    """
    if asked.every is None or asked.truth is None:
        return None
    known = asked.truth[_counts(asked.every)]
    best = lists["admissible"].ranked(lambda _: known)
    family, (most, reached) = lists["admissible"].families(best), (ranking.ndcg(best), ranking.ndcg(ours["admissible"]))
    return {MAIN: bootstrap.of_mean(most, family, asked.seed).plain(),
            "share": bootstrap.ratio(reached, most, family, asked.seed).plain()}


def evaluate(
    asked: Asked, methods: Methods, progress: Progress | None = None, there: Methods | None = None
) -> dict[str, Any]:
    """Figures with intervals for each method, each one's distance from the additive model, and the best; `utility`,
    how good an order can be by such answers.

    `there` are the same methods where the test rows are of another world, whose texts are others.
    """
    lists, there = asked.lists(), there or methods
    found: dict[str, Any] = {}
    ours = {name: one.ranked(there.score[OURS]) for name, one in lists.items()}
    for number, name in enumerate(there.score):
        found[name] = {kind: _order(one, there.score[name], ours[kind], asked.seed) for kind, one in lists.items()}
        found[name] |= _chances(asked, name, (methods.score[name], there.score[name]))
        if progress is not None:
            progress(number + 1, len(there.score))
    return {
        "families": {name: len(np.unique(one.family)) for name, one in (("validation", asked.validation),
                                                                        ("test", asked.test))},
        "rows": {"validation": len(asked.validation), "test": len(asked.test)},
        "methods": found, "missing": there.missing, "best": {kind: best(found, kind) for kind in lists},
        "utility": _utility(asked, lists, ours),
    }


def _order(lists: Lists, score: Score, ours: Ranked, seed: int) -> dict[str, Any]:
    ranked = lists.ranked(score)
    family = lists.families(ranked)
    found = {
        name: bootstrap.of_mean(measure(ranked), family, seed).plain() for name, measure in ranking.MEASURES.items()
    }
    less = bootstrap.difference(ranking.ndcg(ours), ranking.ndcg(ranked), family, seed)
    return {**found, "additive_less_this": less.plain()}


def _chances(asked: Asked, name: str, score: tuple[Score, Score]) -> dict[str, Any]:
    """Probabilities of every method are calibrated on the validation rows; the additive model brings its own."""
    validation, test = (one.take(~np.isnan(one.label)) for one in (asked.validation, asked.test))
    scores = [_plain(method(rows)) for method, rows in zip(score, (validation, test), strict=True)]
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


def best(methods: dict[str, Any], kind: str) -> dict[str, Any]:
    """The method with the highest nDCG@10; is the additive model told apart below it, or above every other one?"""
    value = {name: one[kind][MAIN]["value"] or 0.0 for name, one in methods.items()}
    winner = max(value, key=lambda name: (value[name], name == OURS))
    less = methods[winner][kind]["additive_less_this"]
    behind = less["high"] is not None and less["high"] < 0
    others = [one[kind]["additive_less_this"]["low"] for name, one in methods.items() if name != OURS]
    ahead = all(low is not None and low > 0 for low in others)
    return {"method": winner, "additive_is_behind": bool(winner != OURS and behind), "additive_is_ahead": ahead}
