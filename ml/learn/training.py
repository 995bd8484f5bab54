"""Training on one split: examples in, a calibrated scorer out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ml import scoring
from ml.frames import Floats
from ml.learn import additive, calibrate, export, knots, prior, stored, weights
from ml.learn.additive import Fitted, Rows, Settings
from ml.learn.examples import Examples, held_share, soft_label
from ml.learn.export import Scale
from ml.learn.faults import LearnError
from ml.learn.knots import Knots
from ml.learn.scored import scores_of
from ml.learn.splits import Split
from ml.scoring import Scorer

HIGH, MEDIUM = 2 / 3, 1 / 3  # the bands of a learned score: the best and the middle third of what was shown
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Learnt:
    """A scorer, and what it was made from: for the report and for the tests."""

    scorer: Scorer
    fitted: Fitted
    knots: Knots
    scale: Scale


def learn(examples: Examples, split: Split, settings: Settings | None = None, progress: Progress | None = None,
          base: Scorer = scoring.PRIOR) -> Learnt:
    """Train, calibrate on the validation families, and name the version by its own content.

    Raises LearnError where one of the two answers is missing from the decisions.
    """
    settings = settings or Settings()
    share = held_share(examples.take(split.train))
    train, validation = (_usable(examples.take(mask), share) for mask in (split.train, split.validation))
    placed = knots.place(train.raw, base.curves)
    rows, watched = _rows(train, placed, share), _rows(validation, placed, share)
    start = prior.start(train.raw, rows.label, rows.weight, (base, placed))
    fitted = additive.fit((rows, watched), (placed, start), settings, progress)
    curves, scale = export.curves(fitted, placed, _average(fitted, rows))
    plain = Scorer("unnamed", curves)
    known = validation.take(~np.isnan(validation.label))
    score = scores_of(plain, known)
    bands = (round(float(np.quantile(score, HIGH)), 6), round(float(np.quantile(score, MEDIUM)), 6))
    made = export.scorer("unnamed", curves, bands, calibrate.fit(score, known.label))
    return Learnt(stored.named(made), fitted, placed, scale)


def _usable(examples: Examples, share: float) -> Examples:
    label = soft_label(examples, share)
    found = examples.take(~np.isnan(label))
    if not ((found.label == 1).any() and (found.label == 0).any()):
        raise LearnError("the decisions hold no placement that held, or no refusal: nothing can be told apart",
                         "one_sided")
    return found



def _rows(examples: Examples, placed: Knots, share: float) -> Rows:
    ramps, unknown = knots.ramps(examples.raw, placed)
    return Rows(ramps, unknown, soft_label(examples, share), weights.of_rows(examples))


def _average(fitted: Fitted, rows: Rows) -> Floats:
    """(t,) mean height of the known values, NaN where enough unknown ones taught a neutral height."""
    size = np.maximum(fitted.increments.sum(axis=1), 1e-12)
    heights = np.einsum("mtk,tk->mt", rows.ramps.astype(np.float64), fitted.increments) / size
    known = ~rows.unknown * rows.weight[:, None]
    mean = (heights * known).sum(axis=0) / np.maximum(known.sum(axis=0), 1e-12)
    found: Floats = np.where(rows.unknown.sum(axis=0) < export.SEEN, mean, np.nan)
    return found
