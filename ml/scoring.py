"""The score: a sum of named terms, each a monotone curve of one raw value.

Until decisions and outcomes teach better ones, weights and curves are this documented prior. They were set by hand:
what a family feels every day (distance, hours, money) counts most; text at most a fifth, because a vector hardly sees
hours, ages or a "no". A value nobody knows gets the curve's neutral height, and moves nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

VERSION = "prior-1"
MOST_FOR_TEXT = 0.2  # of the score's range
BASE = "base"
Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class Curve:
    """Straight lines between (value, height), heights within 0..1; `neutral` is the height of an average offer."""

    weight: float
    values: tuple[float, ...]
    heights: tuple[float, ...]
    neutral: float

    def __call__(self, raw: Matrix) -> Matrix:
        height = np.interp(raw, self.values, self.heights)
        return np.where(np.isnan(raw), self.neutral, height)


PRIOR: dict[str, Curve] = {
    "distance": Curve(0.22, (0.0, 1.0, 3.0, 6.0, 12.0), (1.0, 0.9, 0.6, 0.3, 0.0), 0.55),  # km
    "hours": Curve(0.12, (0.0, 0.25, 1.0), (0.4, 0.8, 1.0), 0.6),  # spare share of the need
    "fee": Curve(0.13, (0.0, 0.25, 1.0), (0.3, 0.6, 1.0), 0.55),  # share of the budget that is left
    "age_fit": Curve(0.05, (0.0, 1.0, 3.0), (0.0, 0.6, 1.0), 0.7),  # free seats in the band
    "language": Curve(0.12, (0.0, 0.5, 1.0), (0.0, 0.6, 1.0), 0.8),
    "special_needs": Curve(0.08, (0.0, 1.0), (0.0, 1.0), 0.5),
    "siblings": Curve(0.03, (0.0, 1.0), (0.0, 1.0), 0.5),
    "vetting": Curve(0.06, (0.0, 30.0, 180.0, 365.0), (0.0, 0.4, 0.8, 1.0), 0.6),  # days valid after the start
    "continuity": Curve(0.04, (0.0, 1.0), (0.3, 1.0), 0.6),
    "text": Curve(0.15, (0.0, 0.2, 0.6), (0.0, 0.4, 1.0), 0.5),  # cosine
}
SCORE_BANDS = ((0.70, "high"), (0.55, "medium"))


@dataclass(frozen=True)
class Scored:
    """`score` (q, n) within 0..1; `contributions` term → (q, n) signed shares that add up to it, with `base`."""

    score: Matrix
    contributions: dict[str, Matrix]


def score(raw: dict[str, Matrix], curves: dict[str, Curve] | None = None) -> Scored:
    """Score every pair. Raises ValueError when the text term could outweigh its cap or a term is missing."""
    curves = curves or PRIOR
    if curves["text"].weight > MOST_FOR_TEXT * sum(curve.weight for curve in curves.values()) + 1e-12:
        raise ValueError(f"the text term may carry {MOST_FOR_TEXT:.0%} of the score at most")
    lacking = set(curves) - set(raw)
    if lacking:
        raise ValueError(f"terms without values: {', '.join(sorted(lacking))}")
    shape = next(iter(raw.values())).shape
    base = sum(curve.weight * curve.neutral for curve in curves.values())
    contributions = {BASE: np.full(shape, base)}
    for name, curve in curves.items():
        contributions[name] = curve.weight * (curve(raw[name]) - curve.neutral)
    return Scored(np.sum(list(contributions.values()), axis=0), contributions)


def band(value: float) -> str:
    """high, medium or low."""
    return next((name for least, name in SCORE_BANDS if value >= least), "low")
