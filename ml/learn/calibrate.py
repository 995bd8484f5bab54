"""From a score to the probability that a suggestion, as they are shown, is approved and holds."""

from __future__ import annotations

import numpy as np
from scipy.special import expit
from sklearn.isotonic import IsotonicRegression

from ml.frames import Floats
from ml.learn.prior import platt
from ml.scoring import Calibration

ENOUGH = 1000  # labelled rows, from which the shape may be free (isotonic); fewer get the sigmoid of Platt
KNOTS = 41
SURE = 0.99  # no probability beyond this, or below its complement, is claimed
DECIMALS = 6


def fit(score: Floats, label: Floats) -> Calibration:
    """Knots of a never falling curve. `score` (m,), `label` (m,) 0 or 1. The name of the way is `way`."""
    if way(len(score)) == "isotonic":
        found = IsotonicRegression(out_of_bounds="clip").fit(score, label)
        scores, chances = found.X_thresholds_, found.y_thresholds_
    else:
        slope, offset = platt(score, label, np.ones(len(score)))
        scores = np.linspace(score.min() - 0.05, score.max() + 0.05, KNOTS)
        chances = expit(max(slope, 0.0) * scores + offset)
    return _knots(np.asarray(scores, dtype=np.float64), np.asarray(chances, dtype=np.float64))


def way(rows: int) -> str:
    """isotonic or platt, by how many labelled rows there are."""
    return "isotonic" if rows >= ENOUGH else "platt"


def _knots(scores: Floats, chances: Floats) -> Calibration:
    scores, place = np.unique(np.round(scores, DECIMALS), return_index=True)
    chances = np.maximum.accumulate(np.round(np.clip(chances[place], 1 - SURE, SURE), DECIMALS))
    if len(scores) < 2:
        scores, chances = np.array([scores[0] - 0.5, scores[0] + 0.5]), np.repeat(chances, 2)
    return Calibration(tuple(scores.tolist()), tuple(chances.tolist()))
