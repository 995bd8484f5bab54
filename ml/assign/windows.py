"""Where a plan loses against the relaxation, and a window of neighbouring providers around the place.

The relaxation's prices share out what a plan lacks: a family loses what it could keep elsewhere, a provider the price
of its empty seats. Windows are cut out of the columns that cost little at these prices; the others hardly ever help.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ml.assign import relaxation
from ml.assign.part import Bools, Floats, Ints, Part
from ml.assign.relaxation import Relaxation


@dataclass(frozen=True)
class Costs:
    """What each family could keep at the relaxation's prices (q,), and what each pair costs against that (m,).

    `first` (q,) is the provider where a family would keep that.
    """

    relaxed: Relaxation
    gain: Floats
    cost: Floats
    first: Ints

    @classmethod
    def of(cls, part: Part, relaxed: Relaxation) -> Costs:
        """At the prices of a relaxation."""
        kept = relaxation.left_over(part, relaxed.worth, relaxed.price)
        gain = relaxation.gains(part, kept)
        cost = gain[part.family] - kept
        best = np.flatnonzero(cost <= 0)
        family, place = np.unique(part.family[best], return_index=True)
        first = np.zeros(len(part.demand), dtype=np.int64)
        first[family] = part.provider[best[place]]
        return cls(relaxed, gain, cost, first)

    def losses(self, part: Part, pair: Ints) -> Floats:
        """(n,) what a plan lacks, by provider: of whoever is there, of empty seats, of whoever would best be there."""
        has = pair >= 0
        chosen = pair[has]
        used = np.zeros_like(part.seats)
        np.add.at(used, part.provider[chosen], part.demand[part.family[chosen]])
        lost: Floats = ((part.seats - used) * self.relaxed.price).sum(axis=1)
        np.add.at(lost, part.provider[chosen], self.cost[chosen])
        np.add.at(lost, self.first[~has], self.gain[~has])
        return lost


@dataclass(frozen=True)
class Graph:
    """The cheap columns, by provider and by family: `at` those of provider i from first[i] on, `of` likewise."""

    cheap: Bools  # (m,)
    at: Ints
    at_first: Ints
    of: Ints
    of_first: Ints

    @classmethod
    def of_part(cls, part: Part, cheap: Bools) -> Graph:
        """The graph of some columns."""
        columns = np.flatnonzero(cheap)
        at = columns[np.argsort(part.provider[columns], kind="stable")]
        at_first = np.searchsorted(part.provider[at], np.arange(len(part.seats) + 1))
        return cls(cheap, at, at_first, columns, np.searchsorted(part.family[columns], np.arange(len(part.demand) + 1)))

    def ball(self, part: Part, centre: int, columns: int) -> Ints:
        """Providers around one, the nearest in shared families first, until they have so many columns."""
        found, known, count, place = [centre], {centre}, 0, 0
        while place < len(found) and count < columns:
            mine = self.at[self.at_first[found[place]] : self.at_first[found[place] + 1]]
            families = part.family[mine].tolist()
            for family in families:
                for other in part.provider[self.of[self.of_first[family] : self.of_first[family + 1]]].tolist():
                    if other not in known:
                        known.add(other)
                        found.append(other)
            count, place = count + len(mine), place + 1
        return np.array(found[:place], dtype=np.int64)

    def columns(self, part: Part, window: Ints, pair: Ints) -> tuple[Ints, Ints]:
        """The columns of a window that its own and the waiting families may take, and those they have now."""
        inside = np.zeros(len(part.seats), dtype=np.bool_)
        inside[window] = True
        chosen = pair[pair >= 0]
        have = np.sort(chosen[inside[part.provider[chosen]]])
        free = pair < 0
        free[part.family[have]] = True
        near = np.concatenate([self.at[self.at_first[one] : self.at_first[one + 1]] for one in window.tolist()])
        return np.union1d(near[free[part.family[near]]], have), have
