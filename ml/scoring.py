"""The score: a sum of named terms, each a monotone curve of one raw value.

Until decisions and outcomes teach better ones (`ml.learn`), weights and curves are the documented prior below. It was
set by hand: what a family feels every day (distance, hours, money) counts most; text at most a fifth, because a vector
hardly sees hours, ages or a "no". A value nobody knows gets the curve's neutral height, and moves nothing.
Its card is `ml/weights/prior/MODEL_CARD.md`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MOST_FOR_TEXT = 0.2  # of the score's range, all text terms together
BASE = "base"
ROUNDING = 1e-8  # of a score
Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class Term:
    """What is fixed about a term, whoever sets its curve: which way it goes, and whether it reads free text."""

    rises: bool = True
    text: bool = False


TERMS: dict[str, Term] = {
    "distance": Term(rises=False), "hours": Term(), "fee": Term(), "age_fit": Term(), "language": Term(),
    "special_needs": Term(), "siblings": Term(), "vetting": Term(), "continuity": Term(), "text": Term(text=True),
    "answers": Term(text=True),
}
OWN = Term()  # of a name that stands in no table


@dataclass(frozen=True)
class Curve:
    """Straight lines between (value, height), heights within 0..1 all rising or all falling; flat beyond the ends.

    `weight` is the most the term can move the score; `neutral` is the height of an average offer.
    """

    weight: float
    values: tuple[float, ...]
    heights: tuple[float, ...]
    neutral: float

    def __post_init__(self) -> None:
        steps = np.diff(self.heights)
        if not ((steps >= 0).all() or (steps <= 0).all()) or (np.diff(self.values) <= 0).any():
            raise ValueError(f"a curve must go one way over rising values; got {self.values} → {self.heights}")
        if self.weight < 0 or min(*self.heights, self.neutral) < 0 or max(*self.heights, self.neutral) > 1:
            raise ValueError("a curve has a weight of at least 0 and heights within 0..1")

    def __call__(self, raw: Matrix) -> Matrix:
        height = np.interp(raw, self.values, self.heights)
        return np.where(np.isnan(raw), self.neutral, height)


@dataclass(frozen=True)
class Calibration:
    """Straight lines between (score, probability), never falling: how likely a supervisor approves and it holds."""

    scores: tuple[float, ...]
    chances: tuple[float, ...]

    def __post_init__(self) -> None:
        rising = (np.diff(self.scores) > 0).all() and (np.diff(self.chances) >= 0).all()
        if not rising or len(self.scores) != len(self.chances) or len(self.scores) < 2:
            raise ValueError("a calibration has two knots or more, over rising scores, and never falls")
        if self.chances[0] < 0 or self.chances[-1] > 1:
            raise ValueError("a calibration gives probabilities within 0..1")

    def __call__(self, score: Matrix) -> Matrix:
        found: Matrix = np.interp(score, self.scores, self.chances)
        return found


@dataclass(frozen=True)
class Scorer:
    """Named curves whose weights add up to 1, so that the score lies within 0..1.

    `calibration`, where decisions taught one, turns a score into a probability that is shown beside it. ValueError
    where the weights do not add up, or where the text terms together could outweigh their cap.
    """

    version: str
    curves: Mapping[str, Curve]
    bands: tuple[tuple[float, str], ...] = ((0.70, "high"), (0.55, "medium"))
    calibration: Calibration | None = None

    def __post_init__(self) -> None:
        total = sum(curve.weight for curve in self.curves.values())
        if abs(total - 1) > 1e-9:
            raise ValueError(f"the weights add up to {total:.6f}, not to 1")
        if text_weight(self.curves) > MOST_FOR_TEXT + 1e-12:
            raise ValueError(f"the text terms together may carry {MOST_FOR_TEXT:.0%} of the score at most")

    def band(self, score: float) -> str:
        """high, medium or low."""
        return next((name for least, name in self.bands if score >= least), "low")

    def chance(self, score: float) -> float | None:
        """The calibrated probability of a score; None where nothing taught one."""
        return None if self.calibration is None else float(self.calibration(np.array(score)))


def text_weight(curves: Mapping[str, Curve]) -> float:
    """How much of the score the text terms can move together."""
    return sum(curve.weight for name, curve in curves.items() if TERMS.get(name, OWN).text)


def reach(scorer: Scorer, terms: Sequence[str]) -> float:
    """By how much two scores can change places at most once the values of some terms are known."""
    curves = [scorer.curves[name] for name in terms if name in scorer.curves]
    return sum(
        curve.weight * (max(*curve.heights, curve.neutral) - min(*curve.heights, curve.neutral)) for curve in curves
    )


@dataclass(frozen=True)
class Scored:
    """`score` of each pair within 0..1; `contributions` term → signed shares that add up to it, with `base`."""

    score: Matrix
    contributions: dict[str, Matrix]


PRIOR = Scorer("prior-2", {
    "distance": Curve(0.21, (0.0, 1.0, 3.0, 6.0, 12.0), (1.0, 0.9, 0.6, 0.3, 0.0), 0.55),  # km
    "hours": Curve(0.12, (0.0, 0.25, 1.0), (0.4, 0.8, 1.0), 0.6),  # spare share of the need
    "fee": Curve(0.12, (0.0, 0.25, 1.0), (0.3, 0.6, 1.0), 0.55),  # share of the budget that is left
    "age_fit": Curve(0.05, (0.0, 1.0, 3.0), (0.0, 0.6, 1.0), 0.7),  # free seats in the band
    "language": Curve(0.12, (0.0, 0.5, 1.0), (0.0, 0.6, 1.0), 0.8),
    "special_needs": Curve(0.08, (0.0, 1.0), (0.0, 1.0), 0.5),
    "siblings": Curve(0.03, (0.0, 1.0), (0.0, 1.0), 0.5),
    "vetting": Curve(0.06, (0.0, 30.0, 180.0, 365.0), (0.0, 0.4, 0.8, 1.0), 0.6),  # days valid after the start
    "continuity": Curve(0.03, (0.0, 1.0), (0.3, 1.0), 0.6),  # share of later age bands with a seat
    "text": Curve(0.06, (0.0, 0.2, 0.6), (0.0, 0.4, 1.0), 0.5),  # cosine
    "answers": Curve(0.12, (-1.0, 0.0, 1.0), (0.0, 0.5, 1.0), 0.5),  # the judge: refuses, says nothing, answers
})


def score(raw: Mapping[str, Matrix], scorer: Scorer = PRIOR) -> Scored:
    """Score every pair. Raises ValueError where a term has no values."""
    absent = set(scorer.curves) - set(raw)
    if absent:
        raise ValueError(f"terms without values: {', '.join(sorted(absent))}")
    shape = next(iter(raw.values())).shape
    base = sum(curve.weight * curve.neutral for curve in scorer.curves.values())
    contributions = {BASE: np.full(shape, base)}
    for name, curve in scorer.curves.items():
        contributions[name] = curve.weight * (curve(raw[name]) - curve.neutral)
    total = contributions[BASE].copy()
    for name in scorer.curves:
        total += contributions[name]
    return Scored(total, contributions)
