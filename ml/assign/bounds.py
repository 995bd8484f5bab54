"""The most that any plan of a part with siblings could reach, aim by aim, as its relaxations tell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ml.assign import relaxation
from ml.assign.clock import Clock
from ml.assign.part import Ints, Part, Totals
from ml.assign.relaxation import Relaxation

SHARE = 0.4  # of the time that is left, for each relaxation: what one does not use is left to what follows
CLOSE = 1e-9  # of the largest score, for each family: less is rounding


@dataclass(frozen=True)
class Bounds:
    """One relaxation in which children, or children and ranks, can be counted; one whose prices guide the search."""

    counting: Relaxation
    guiding: Relaxation

    @classmethod
    def of(cls, part: Part, clock: Clock) -> Bounds:
        """Both, as far as time allows."""
        counting = relaxation.relax(part, relaxation.counted(part), clock.left() * SHARE)
        if not part.coverage:
            return cls(counting, counting)
        return cls(counting, relaxation.relax(part, relaxation.guided(part), clock.left() * SHARE))

    @property
    def solved(self) -> bool:
        """Whether there was time for the one that guides."""
        return bool(self.guiding.share.any())

    def totals(self, part: Part, reached: Totals) -> Totals:
        """The most of each aim among plans that reach what was reached of those before it; never less than that."""
        if not part.coverage:
            return reached[0], reached[1], max(self.counting.ceiling, reached[2])
        children, level = self._counted(part, reached[0])
        child, rank = relaxation.weights(part)
        score = self.guiding.ceiling - child * reached[0] - rank * reached[1]
        most = float(relaxation.gains(part, part.score).sum())
        return max(children, reached[0]), max(level, reached[1]), max(min(score, most), reached[2])

    def _counted(self, part: Part, placed: int) -> tuple[int, int]:
        """Children at most, and ranks at most where so many children are placed."""
        child, after = relaxation.counting_weight(part)
        ranks = int(part.level.sum())
        children = int((self.counting.ceiling + (0.0 if ranks else after)) / child + CLOSE)
        seated = int(np.minimum(part.demand.sum(axis=0), part.seats.sum(axis=0)).sum())
        level = self.counting.ceiling - child * placed if ranks else 0.0
        return min(children, seated), min(int(level + 1e-6), ranks)

    def lacks(self, pair: Ints) -> float:
        """What a plan lacks of the ceiling, in the guiding relaxation's worth."""
        return self.guiding.ceiling - float(self.guiding.worth[pair[pair >= 0]].sum())


def is_open(part: Part, reached: Totals, bound: Totals) -> bool:
    """Whether more could be reached than was, rounding apart."""
    return reached[:2] != bound[:2] or bound[2] - reached[2] > CLOSE * part.top * len(part.demand)
