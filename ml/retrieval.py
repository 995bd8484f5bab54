"""The best k of each row under the mask of the rules: the rules come before the cut, never after."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def top_k(score: NDArray[np.float64], admissible: NDArray[np.bool_], ties: NDArray[np.str_], k: int) -> list[list[int]]:
    """For each row of (q, n) the columns of the k best admissible scores, best first.

    Equal scores (to nine decimals) go by `ties` (n,), so that every machine gives one order.
    """
    order = np.argsort(ties, kind="stable")
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    found = []
    for row in range(score.shape[0]):
        columns = np.flatnonzero(admissible[row])
        ranked = np.lexsort((place[columns], -np.round(score[row, columns], 9)))
        found.append([int(column) for column in columns[ranked][:k]])
    return found
