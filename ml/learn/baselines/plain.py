"""Baselines that learn nothing: one term alone, and chance."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ml.frames import Floats
from ml.learn.examples import Examples

Score = Callable[[Examples], Floats]


def one_term(name: str, sign: float = 1.0) -> Score:
    """The raw value of one term; what nobody knows comes last."""
    return lambda examples: sign * examples.raw[name]


def chance(seed: int) -> Score:
    """Random among the admissible."""
    return lambda examples: np.random.default_rng(seed).random(len(examples))
