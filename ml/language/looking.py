"""Where a judge looks first: the directions of the encoder's space in which needs, and refusals of any need, lie.

The nearest sentences of two texts are seldom the need and its refusal: both talk of much else. A product with a vector
costs nothing beside a judge, so it picks the few pairs the judge is asked about.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from ml.bank import Concept
from ml.language.lessons import Ordinary
from ml.language.measures import Encode
from ml.passages import Looks

ODDS = 0.05  # of cosine that one of log odds weighs: the temperature at which the encoder learned
EASE = 3.0  # inverse of the regularisation


def learned(concepts: Sequence[Concept], ordinary: Ordinary, encode: Encode) -> Looks:
    """Directions that tell needs from ordinary sentences of stories, and refusals from all else providers say."""
    needs, answers, refuses = ([one for concept in concepts for one in getattr(concept, side)]
                               for side in ("need", "answers", "refuses"))
    return Looks(
        _direction(encode(needs), encode(list(ordinary.stories))),
        _direction(encode(refuses), encode([*answers, *ordinary.profiles])),
    )


def _direction(wanted: NDArray[np.float32], others: NDArray[np.float32]) -> NDArray[np.float64]:
    """(d,) log odds per unit, as cosine; zeros where there is nothing to tell from."""
    if not len(others):
        return np.zeros(wanted.shape[1])
    model = LogisticRegression(C=EASE, class_weight="balanced", max_iter=2000)
    model.fit(np.concatenate([wanted, others]), np.repeat([1, 0], [len(wanted), len(others)]))
    return np.round(ODDS * np.asarray(model.coef_[0], dtype=np.float64), 4)
