"""A part of a problem: families and providers that have no pair with anybody outside it.

Axes: m pairs, q families, n providers, b age bands, all numbered anew within the part.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Totals = tuple[int, int, float]  # children, priority, score: the aims in their order
NOTHING = 1e-290  # scores below it count as zero: a step of one would be no number


@dataclass(frozen=True)
class Part:
    """The pairs that can be, by family and then provider; `pairs` are their places in the problem.

    `level` ranks the priorities from 0. Where `coverage` is off, the score alone counts.
    """

    pairs: Ints  # (m,)
    providers: Ints  # (n,) their places in the problem
    family: Ints  # (m,)
    provider: Ints  # (m,)
    score: Floats  # (m,)
    demand: Ints  # (q, b)
    seats: Ints  # (n, b)
    level: Ints  # (q,)
    coverage: bool

    def __len__(self) -> int:
        return len(self.pairs)

    @property
    def children(self) -> Ints:
        """(q,) of each family."""
        total: Ints = self.demand.sum(axis=1)
        return total

    @property
    def top(self) -> float:
        """The largest score, sign apart; 1 where all are as good as zero."""
        largest = float(np.abs(self.score).max(initial=0.0))
        return largest if largest > NOTHING else 1.0

    def totals(self, chosen: Ints) -> Totals:
        """What some pairs, places within the part, add up to."""
        family = self.family[chosen]
        return int(self.demand[family].sum()), int(self.level[family].sum()), float(self.score[chosen].sum())


@dataclass(frozen=True)
class Done:
    """A part's plan: (q,) pairs of the part or -1, the most that could be reached, and prices (n, b) if asked for.

    Each bound holds among plans that reach what was reached before it.
    """

    pair: Ints
    bound: Totals
    prices: Floats | None = None
