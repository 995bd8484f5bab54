"""The best k of each row under the mask of the rules: the rules come before the cut, never after."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

DECIMALS = 9  # scores equal to so many decimals are equal


def top_k(
    score: NDArray[np.float64], admissible: NDArray[np.bool_], ties: NDArray[np.str_], k: int
) -> list[NDArray[np.int64]]:
    """For each row of (q, n) the columns of the k best admissible scores, best first.

    Equal scores go by `ties` (n,), so that every machine and every order of the rows gives one list.
    """
    place = np.empty(len(ties), dtype=np.int64)
    place[np.argsort(ties, kind="stable")] = np.arange(len(ties))
    found = []
    for values, allowed in zip(score, admissible, strict=True):
        columns = np.flatnonzero(allowed)
        found.append(columns[np.lexsort((place[columns], -np.round(values[columns], DECIMALS)))[:k]])
    return found
