"""Where learning starts and what it is pulled to: the prior, stretched to the decisions at hand.

The prior's score says nothing of how often people say yes. Two numbers, a slope and an offset, are fitted first
(logistic regression of the label on the prior's score); the increments of the prior's curves times that slope are the
start of the training and the middle of its penalty.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit

from ml import scoring
from ml.frames import Floats
from ml.learn.knots import Knots
from ml.scoring import Scorer

LEAST_SLOPE = 1.0  # a prior that the decisions contradict still gives the directions


@dataclass(frozen=True)
class Start:
    """`increments` (t, k) ≥ 0 in log odds, `neutral` (t,) within 0..1, and the offset of the log odds."""

    increments: Floats
    neutral: Floats
    offset: float


def platt(score: Floats, label: Floats, weight: Floats) -> tuple[float, float]:
    """(slope, offset) of the weighted logistic regression of a label within 0..1 on a score."""

    def loss(at: Floats) -> tuple[float, Floats]:
        logit = at[0] * score + at[1]
        value = weight @ (np.logaddexp(0, logit) - label * logit) / weight.sum()
        slope = weight * (expit(logit) - label) / weight.sum()
        return float(value) + 1e-6 * float(at @ at), np.array([slope @ score, slope.sum()]) + 2e-6 * at

    found = minimize(loss, np.array([1.0, 0.0]), jac=True, method="L-BFGS-B")
    return float(found.x[0]), float(found.x[1])


def start(raw: Mapping[str, Floats], label: Floats, weight: Floats, base: tuple[Scorer, Knots]) -> Start:
    """The base's curves in log odds."""
    scorer, knots = base
    score = scoring.score({name: values[None] for name, values in raw.items()}, scorer).score[0]
    slope, _ = platt(score, label, weight)
    slope = max(slope, LEAST_SLOPE)
    increments = np.zeros(knots.shape)
    for row, (term, values) in enumerate(zip(knots.terms, knots.values, strict=True)):
        curve = scorer.curves[term]
        increments[row, : len(values) - 1] = slope * curve.weight * np.abs(np.diff(curve(values)))
    lowest = slope * sum(curve.weight * min(curve.heights) for curve in scorer.curves.values())
    mean = float(weight @ label / weight.sum())
    offset = float(np.log(mean / (1 - mean)) - slope * (weight @ score / weight.sum()) + lowest)
    return Start(increments, _neutral(scorer, knots), offset)


def _neutral(scorer: Scorer, knots: Knots) -> Floats:
    """Neutral heights within each curve's own range."""
    found = []
    for term in knots.terms:
        curve = scorer.curves[term]
        low, high = min(curve.heights), max(curve.heights)
        found.append((curve.neutral - low) / (high - low) if high > low else 0.5)
    within: Floats = np.clip(np.array(found), 0.02, 0.98)
    return within
