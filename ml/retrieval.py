"""The best k of each list. The rules come before the cut, never after: only admissible pairs are in a list."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ml.nearby import spans

DECIMALS = 9  # scores equal to so many decimals are equal
Ints = NDArray[np.int64]


def top_k(first: Ints, score: NDArray[np.float64], turn: Ints, k: int) -> tuple[Ints, Ints]:
    """Of lists that lie end to end, list i from first[i] to first[i + 1], the places of the k best, best first.

    Equal scores go by `turn`, so that every machine and every order of the rows gives one list. Returned are where the
    best of each list begin, and the places.
    """
    owner, _ = spans(first[:-1], np.diff(first))
    order = np.lexsort((turn, -np.round(score, DECIMALS), owner))
    count = np.minimum(np.diff(first), k)
    _, best = spans(first[:-1], count)
    return np.concatenate([[0], np.cumsum(count)]).astype(np.int64), order[best]
