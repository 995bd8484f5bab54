"""How good an order is. Each measure gives one number for each list, NaN where the list holds nothing relevant.

Shapes: m rows in l lists. Gains are relevances within 0..1; a row is relevant when its gain is above one half.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml.frames import Bools, Floats, Ints, Texts

RELEVANT = 0.5
DECIMALS = 9  # scores equal to so many decimals are equal, as in serving


@dataclass(frozen=True)
class Ranked:
    """Rows list by list, best first: `gain` (m,), `position` (m,) from 1, `first` (l,) each list's first row.

    `order` (m,) are the rows' places before.
    """

    lists: Ints  # (l,) their numbers
    first: Ints
    gain: Floats
    position: Ints
    order: Ints

    @property
    def relevant(self) -> Bools:
        """(m,)"""
        return self.gain > RELEVANT

    def total(self, values: NDArray[Any]) -> Floats:
        """(l,) sums of (m,) values."""
        found: Floats = np.add.reduceat(values.astype(np.float64), self.first)
        return found

    def where_relevant(self, values: Floats) -> Floats:
        """(l,) the same, NaN for lists without a relevant row."""
        return np.where(self.total(self.relevant) > 0, values, np.nan)


def pooled(query: Ints, provider: Texts, columns: list[Floats]) -> tuple[Ints, Texts, list[Floats]]:
    """Means over the rows of one list and provider: siblings placed together are one row. Sorted by list."""
    _, code = np.unique(provider, return_inverse=True)
    pairs, place, counts = np.unique(np.stack([query, code], axis=1), axis=0, return_inverse=True, return_counts=True)
    place = place.ravel()
    first = np.full(len(pairs), -1, dtype=np.int64)
    first[place[::-1]] = np.arange(len(query))[::-1]
    means = [np.bincount(place, weights=column, minlength=len(pairs)) / counts for column in columns]
    return pairs[:, 0], provider[first], means


def rank(query: Ints, score: Floats, gain: Floats, ties: Texts) -> Ranked:
    """Order each list by falling score; equal scores by `ties`. A score nobody knows comes last."""
    rounded = np.round(np.where(np.isnan(score), -np.inf, score), DECIMALS)
    order = np.lexsort((ties, -rounded, query))
    lists, first = np.unique(query[order], return_index=True)
    position = np.arange(len(query)) - np.repeat(first, np.diff([*first, len(query)])) + 1
    return Ranked(lists, first, gain[order], position, order)


def ndcg(ranked: Ranked, k: int = 10) -> Floats:
    """(l,) discounted gain of the first k, as a share of the best order's."""
    discount = 1 / np.log2(1 + ranked.position)
    ours = ranked.total(ranked.gain * discount * (ranked.position <= k))
    number = np.repeat(np.arange(len(ranked.first)), np.diff([*ranked.first, len(ranked.gain)]))
    best = ranked.gain[np.lexsort((-ranked.gain, number))]
    ideal = ranked.total(best * discount * (ranked.position <= k))
    return np.where(ideal > 0, ours / np.maximum(ideal, 1e-12), np.nan)


def reciprocal(ranked: Ranked) -> Floats:
    """(l,) 1 / position of the first relevant row."""
    each = np.where(ranked.relevant, 1 / ranked.position, 0.0)
    return ranked.where_relevant(np.maximum.reduceat(each, ranked.first))


def recall(ranked: Ranked, k: int) -> Floats:
    """(l,) share of the relevant rows among the first k."""
    there = ranked.total(ranked.relevant & (ranked.position <= k))
    return ranked.where_relevant(there / np.maximum(ranked.total(ranked.relevant), 1))


def hit(ranked: Ranked, k: int = 1) -> Floats:
    """(l,) 1 where one of the first k is relevant."""
    there = ranked.total(ranked.relevant & (ranked.position <= k)) > 0
    return ranked.where_relevant(there.astype(np.float64))


def average_precision(ranked: Ranked) -> Floats:
    """(l,) mean over the relevant rows of the precision at their position; its mean over lists is MAP."""
    so_far = np.cumsum(ranked.relevant)
    before: Ints = np.repeat(so_far[ranked.first] - ranked.relevant[ranked.first],
                       np.diff([*ranked.first, len(ranked.gain)]))
    precision = (so_far - before) / ranked.position
    total = ranked.total(precision * ranked.relevant)
    return ranked.where_relevant(total / np.maximum(ranked.total(ranked.relevant), 1))


MEASURES: dict[str, Callable[[Ranked], Floats]] = {
    "ndcg@10": ndcg, "mrr": reciprocal, "map": average_precision, "hit@1": hit,
    "recall@1": lambda ranked: recall(ranked, 1), "recall@3": lambda ranked: recall(ranked, 3),
    "recall@5": lambda ranked: recall(ranked, 5), "recall@10": lambda ranked: recall(ranked, 10),
}
