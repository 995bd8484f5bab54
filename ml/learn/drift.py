"""Has what comes in changed? Population stability index of each term and of the score, between two periods.

PSI = Σ (now − then) · ln(now / then) over ten bins of equal mass in the first period and one for unknown values. Usual
reading: below 0.1 the same, from 0.25 on another population.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ml.frames import Floats
from ml.learn.examples import Examples

BINS = 10
NOTABLE, LARGE = 0.1, 0.25
LEAST = 1e-4  # share of an empty bin
STEPS = 20  # of the score's histogram


def psi(then: Floats, now: Floats) -> float:
    """Of two samples of one value, NaN where nobody knows."""
    known = then[~np.isnan(then)]
    edges = _edges(known) if len(known) else np.zeros(0)
    before, after = (_shares(values, edges) for values in (then, now))
    return float(((after - before) * np.log(after / before)).sum())


def _edges(known: Floats) -> Floats:
    """Of the bins; what lies outside all that was seen before has a bin of its own on each side."""
    quantiles = np.quantile(known, np.linspace(0, 1, BINS + 1))
    found: Floats = np.unique([*quantiles[:-1], np.nextafter(quantiles[-1], np.inf)])
    return found


def _shares(values: Floats, edges: Floats) -> Floats:
    known = values[~np.isnan(values)]
    counts = np.bincount(np.searchsorted(edges, known, side="right"), minlength=len(edges) + 1)
    found: Floats = np.maximum(np.append(counts, len(values) - len(known)) / max(len(values), 1), LEAST)
    return found


def between(examples: Examples, score: Floats) -> dict[str, Any] | None:
    """The rows up to the middle day against those after it; None where all are of one day."""
    days = examples.shown_on
    cut = np.sort(days)[(len(days) - 1) // 2]
    late = days > cut
    if not late.any():
        return None
    terms = {name: round(psi(values[~late], values[late]), 6) for name, values in sorted(examples.raw.items())}
    edges = np.linspace(0, 1, STEPS + 1)
    return {
        "until": str(cut), "rows": [int((~late).sum()), int(late.sum())], "terms": terms,
        "score": round(psi(score[~late], score[late]), 6),
        "score_shares": [[round(float(part), 6) for part in np.histogram(score[side], edges)[0] / side.sum()]
                         for side in (~late, late)],
    }
