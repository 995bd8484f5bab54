"""Why a provider within reach is not suggested: every rule that stands in the way, not only the first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml import candidates, constraints, evidence
from ml.changes import rows
from ml.constraints import Verdicts
from ml.evidence import NAMES, Failure
from ml.frames import Children, Providers, Rules

REACH = 2.0  # times the family's distance: whom the table speaks of
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class WhyNot:
    """(f,) columns: child, the child or sibling it comes from, provider, rule (a place in `evidence.NAMES`).

    Providers are numbered among `near` (k,), the rows of those whom the verdicts speak of. What was needed and offered
    is worked out when a row is read.
    """

    verdicts: Verdicts
    near: Ints
    child: Ints
    cause: Ints
    provider: Ints
    rule: Ints

    def __len__(self) -> int:
        return len(self.child)

    def rows(self) -> Iterator[Failure]:
        """Every failure in full: child by child, the nearest provider first."""
        columns = (column.tolist() for column in (self.child, self.cause, self.provider, self.rule))
        wanted: dict[tuple[int, int], evidence.Facts] = {}
        for child, cause, provider, rule in zip(*columns, strict=True):
            if (cause, rule) not in wanted:
                wanted[cause, rule] = evidence.needed(self.verdicts.pairs, NAMES[rule], cause)
            who = (child, cause, provider)
            yield evidence.failure(self.verdicts, NAMES[rule], who, wanted[cause, rule], int(self.near[provider]))

    def by_provider(self) -> dict[int, list[Failure]]:
        """Provider → its failures, the nearest provider first."""
        found: dict[int, list[Failure]] = {}
        for one in self.rows():
            found.setdefault(one.provider, []).append(one)
        return found

    def counts(self) -> dict[str, int]:
        """Rule → how many providers it removed, the most first."""
        providers = self.verdicts.pairs.shape[1]
        rules = np.unique(self.rule * providers + self.provider) // max(providers, 1)
        return dict(Counter(NAMES[rule] for rule in rules.tolist()).most_common())


@dataclass(frozen=True)
class Hurdle:
    """The rule that stands most in the way of a unit, "" for none.

    `near` providers are within reach, and from `alone` of them only this rule keeps it.
    """

    rule: str
    alone: int
    near: int


def hurdle(verdicts: Verdicts, unit: Sequence[int]) -> Hurdle:
    """The rule that alone removes the most providers within reach; among equals, the one that removes the most."""
    rows = list(unit)
    near = _within(verdicts, rows)
    bits = np.bitwise_or.reduce(verdicts.stops[rows], axis=0)[near, None] >> np.arange(len(NAMES), dtype=np.uint8) & 1
    alone, every = bits[bits.sum(axis=1) == 1].sum(axis=0), bits.sum(axis=0)
    best = max(range(len(NAMES)), key=lambda place: (int(alone[place]), int(every[place])))
    return Hurdle(NAMES[best] if every[best] else "", int(alone[best]), int(near.sum()))


def _within(verdicts: Verdicts, rows: list[int]) -> NDArray[np.bool_]:
    """(n,) providers within reach of any of the children; one at an unknown distance is."""
    limit = REACH * verdicts.pairs.children.max_km[rows][:, None]
    near: NDArray[np.bool_] = np.logical_or.reduce(~(verdicts.pairs.km[rows] > limit), axis=0)
    return near


def find(children: Children, providers: Providers, rules: Rules, units: Sequence[tuple[int, ...]]) -> WhyNot:
    """The table of some units: each is a child, or the siblings who are placed together.

    A sibling's failure stands for each child placed with it. A provider at an unknown distance is within reach.
    """
    verdicts, near = judged(children, providers, rules)
    parts = [part for unit in units for part in _of_unit(verdicts, unit, providers.turn[near])]
    joined = [np.concatenate(column) if parts else np.zeros(0, np.int64) for column in zip(*parts, strict=True)]
    return WhyNot(verdicts, near, *(joined or [np.zeros(0, np.int64)] * 4))


def judged(children: Children, providers: Providers, rules: Rules) -> tuple[Verdicts, Ints]:
    """Every rule's verdict on the children with whoever is near one of them, and the rows of these providers."""
    near = np.unique(candidates.within(children, providers, REACH, unknown=True)[1])
    return constraints.judge(children, rows.take(providers, near), rules), near


def _of_unit(
    verdicts: Verdicts, unit: tuple[int, ...], turn: Ints
) -> Iterator[tuple[Ints, Ints, Ints, Ints]]:
    rows = list(unit)
    stops = verdicts.stops[rows]  # (children, n)
    columns = np.flatnonzero(_within(verdicts, rows) & stops.any(axis=0))
    columns = columns[np.lexsort((turn[columns], verdicts.pairs.km[rows[0], columns]))]
    bits = stops[:, columns, None] >> np.arange(len(NAMES), dtype=np.uint8) & 1  # (children, columns, rules)
    place, rule = np.nonzero(bits.any(axis=0))
    failing = bits[:, place, rule].astype(np.bool_)  # (children, found)
    first = np.array(rows)[failing.argmax(axis=0)]
    for child, own in zip(rows, failing, strict=True):
        cause = np.where(own, child, first)
        yield np.full(len(place), child), cause.astype(np.int64), columns[place], rule
