"""The aims in their order, most children, then priority, then score, as one whole number that no rounding disturbs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ml.assign.part import Ints, Part, Totals

FINEST, COARSEST = 2**30, 2**8  # steps into which the largest score is cut
LARGEST = 2**61


@dataclass(frozen=True)
class Ranked:
    """`worth` (m,) whole numbers whose sums over plans order the plans as the aims do, to a step of the score.

    `steps` is how many of them the largest score is cut into.
    """

    worth: Ints
    steps: int


def ranked(part: Part) -> Ranked:
    """The aims of a part as whole numbers; scores are cut more coarsely where the sums would leave 64 bits."""
    steps = FINEST
    while steps > COARSEST and _most(part, steps) > LARGEST:
        steps //= 2
    score = np.round(part.score / part.top * steps).astype(np.int64)
    if not part.coverage:
        return Ranked(score, steps)
    level, child = _weights(part, steps)
    return Ranked(part.children[part.family] * child + part.level[part.family] * level + score, steps)


def _weights(part: Part, steps: int) -> tuple[int, int]:
    """Of a rank of priority, and of a child."""
    level = 2 * len(part.demand) * steps + 1
    return level, level * (int(part.level.sum()) + 1)


def _most(part: Part, steps: int) -> int:
    return _weights(part, steps)[1] * (int(part.children.sum()) + 2)


def objective(reached: Totals, families: int, top: float, ranks: int) -> float:
    """Children, and behind the point what priority and score add: a larger number is a better plan."""
    children, level, score = reached
    return children + (level + score / (2.0 * families * top + 1.0)) / (families * ranks + 1.0)


def better(one: Totals, other: Totals) -> bool:
    """Whether the first plan is better, by more than rounding."""
    return one[:2] > other[:2] or (one[:2] == other[:2] and one[2] > other[2] + 1e-12)
