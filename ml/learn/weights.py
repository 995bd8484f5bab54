"""How much each decision counts: what was seldom shown stands for what was not shown.

A row weighs 1 / propensity, the probability with which it came to be shown and looked at. Where that is not known, the
chance of being looked at falls with the rank as 1 / log2(1 + rank). Weights above `MOST` times the smallest are cut to
it: a few rare rows would otherwise decide alone (less variance for a little bias). Siblings placed together are one
decision: their rows share its weight. The mean is 1.
"""

from __future__ import annotations

import numpy as np

from ml.frames import Floats
from ml.learn.examples import Examples

MOST = 10.0


def of_rows(examples: Examples) -> Floats:
    """(m,) weights, mean 1."""
    looked_at = 1.0 / np.log2(1.0 + np.maximum(examples.rank, 1))
    chance = np.where(np.isnan(examples.propensity), looked_at, examples.propensity)
    weight = 1.0 / chance
    weight = np.minimum(weight, MOST * weight.min()) / _siblings(examples)
    found: Floats = weight / weight.mean()
    return found


def _siblings(examples: Examples) -> Floats:
    """(m,) how many rows are the same decision."""
    _, provider = np.unique(examples.provider, return_inverse=True)
    same = np.stack([examples.query, provider, examples.shown_on.astype(np.int64)], axis=1)
    _, place, counts = np.unique(same, axis=0, return_inverse=True, return_counts=True)
    found: Floats = counts[place.ravel()].astype(np.float64)
    return found
