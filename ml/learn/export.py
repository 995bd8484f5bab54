"""From what was trained to the scorer that serves: curves as numbers, no TensorFlow."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ml.frames import Bools, Floats
from ml.learn.additive import Fitted
from ml.learn.knots import Knots
from ml.scoring import MOST_FOR_TEXT, Calibration, Curve, Scorer

DECIMALS = 9
SEEN = 50  # rows without a value, from which a neutral height can be learnt


@dataclass(frozen=True)
class Scale:
    """log odds = range × score + lowest."""

    range: float
    lowest: float


def curves(fitted: Fitted, knots: Knots, average: Floats) -> tuple[dict[str, Curve], Scale]:
    """Each term's curve with weights that add up to 1, and how log odds come from the score.

    `average` (t,) is the neutral height that takes the place of the trained one where it is not NaN: a term that was
    hardly ever unknown taught none, and there the average offer is what reasons are told against.
    """
    size = fitted.increments.sum(axis=1)
    weight = _capped(size / size.sum(), knots.is_text > 0)
    neutral = np.where(np.isnan(average), fitted.neutral, average)
    found = {}
    for row, (term, values) in enumerate(zip(knots.terms, knots.values, strict=True)):
        heights = _heights(fitted.increments[row, : len(values) - 1], bool(knots.rises[row]))
        found[term] = Curve(float(weight[row]), tuple(values.tolist()), tuple(heights.tolist()),
                            round(float(np.clip(neutral[row], 0, 1)), DECIMALS))
    return found, Scale(float(size.sum()), fitted.offset)


def _capped(weight: Floats, is_text: Bools) -> Floats:
    """Weights rounded, adding up to 1, the text terms below their cap."""
    text = float(weight[is_text].sum())
    if text > MOST_FOR_TEXT:
        weight = np.where(is_text, weight * MOST_FOR_TEXT / text, weight * (1 - MOST_FOR_TEXT) / (1 - text))
    weight = np.floor(weight * 10**DECIMALS) / 10**DECIMALS
    largest = int(np.argmax(np.where(is_text, -1, weight)))
    weight[largest] += 1 - weight.sum()
    return weight


def _heights(increments: Floats, rises: bool) -> Floats:
    """Rising or falling from one end of 0..1 to the other; an even slope where a term weighs nothing."""
    total = increments.sum()
    steps = increments / total if total > 0 else np.full(len(increments), 1 / len(increments))
    climbed = np.round(np.concatenate([[0.0], np.cumsum(steps)]), DECIMALS)
    climbed[-1] = 1.0
    climbed = np.minimum(climbed, 1.0)
    found: Floats = climbed if rises else 1.0 - climbed
    return found


def scorer(version: str, made: dict[str, Curve], bands: tuple[float, float], calibration: Calibration) -> Scorer:
    """`bands`: the least scores of high and of medium."""
    return Scorer(version, made, ((bands[0], "high"), (bands[1], "medium")), calibration)
