"""The pairs that no rule stands in the way of, without every rule being asked about every pair.

The rules that thin out most for least come first, and each sees only what those before it left. What is left is what
`constraints.judge` would let pass; why the others are out, it alone says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ml import constraints
from ml.constraints import RULES, Pairs
from ml.frames import Bools, Children, Ints, Providers, Rules
from ml.nearby import spans

ORDER = ("vetting", "seats", "fee", "special_needs", "distance", "hours", "language", "conflict")
Unit = tuple[int, ...]


@dataclass(frozen=True)
class Candidates:
    """The admissible pairs, by child and then provider: those of child i from first[i] to first[i + 1].

    Children placed together all have the same providers.
    """

    pairs: Pairs
    first: Ints  # (q + 1,)

    def providers_of(self, child: int) -> Ints:
        """Rows of the providers a child may have."""
        return self.pairs.listed[1][self.first[child] : self.first[child + 1]]

    def some(self, places: Ints) -> Candidates:
        """Those at some places (ascending)."""
        child, provider = (column[places] for column in self.pairs.listed)
        first = np.searchsorted(child, np.arange(len(self.first)))
        return Candidates(self.pairs.some(child, provider), first.astype(np.int64))

    def find(self, child: Ints, provider: Ints) -> Ints:
        """(k,) where some pairs stand, -1 for those that are not admissible."""
        width = max(len(self.pairs.providers), 1)
        keys, asked = _keys(self.pairs, width), child * width + provider
        place = np.minimum(np.searchsorted(keys, asked), max(len(keys) - 1, 0))
        return np.where(keys[place] == asked, place, -1) if len(keys) else np.full(len(asked), -1)


def find(children: Children, providers: Providers, rules: Rules, units: Sequence[Unit]) -> Candidates:
    """The candidates of some children and of the units they form. ValueError as `constraints.judge`."""
    constraints.check(rules)
    pairs = constraints.pair_up(children, providers, rules)
    pairs = pairs.some(*within(children, providers, 1.0, "distance" in rules.unknown_may_pass))
    for name in ORDER:
        pairs = _where(pairs, ~constraints.stopped(name, RULES[name](pairs), rules))
    pairs = _for_all(_sorted(pairs), units)
    return Candidates(pairs, np.searchsorted(pairs.listed[0], np.arange(len(children) + 1)))


def _where(pairs: Pairs, holds: Bools) -> Pairs:
    left = np.flatnonzero(holds)
    child, provider = pairs.listed
    return pairs.some(child[left], provider[left])


def within(children: Children, providers: Providers, reach: float, unknown: bool) -> tuple[Ints, Ints]:
    """Every pair within `reach` times the child's distance, and a few a little farther: (m,) child, (m,) provider.

    `unknown` is whether pairs are among them whose distance nobody knows.
    """
    strips = providers.strips
    known = ~np.isnan(children.latitude + children.longitude + children.max_km)
    rows = np.flatnonzero(known)
    place, near = strips.around(children.latitude[rows], children.longitude[rows], reach * children.max_km[rows])
    parts = [(rows[place], near)]
    if unknown:
        lost = np.flatnonzero(~known)
        parts.append((np.repeat(rows, len(strips.nowhere)), np.tile(strips.nowhere, len(rows))))
        parts.append((np.repeat(lost, len(providers)), np.tile(np.arange(len(providers)), len(lost))))
    child, provider = (np.concatenate(column) for column in zip(*parts, strict=True))
    return child, provider


def _keys(pairs: Pairs, width: int) -> Ints:
    child, provider = pairs.listed
    keys: Ints = child * width + provider
    return keys


def _sorted(pairs: Pairs) -> Pairs:
    width = max(len(pairs.providers), 1)
    keys = np.sort(_keys(pairs, width))
    return pairs.some(keys // width, keys % width)


def _for_all(pairs: Pairs, units: Sequence[Unit]) -> Pairs:
    """What one of the children placed together may not have, none of them may."""
    child, provider = pairs.listed
    size, unit = np.ones(len(pairs.children), dtype=np.int64), np.arange(len(pairs.children))
    for rows in units:
        if len(rows) > 1:
            size[list(rows)], unit[list(rows)] = len(rows), rows[0]
    several = np.flatnonzero(size[child] > 1)
    if not len(several):
        return pairs
    keys = unit[child[several]] * len(pairs.providers) + provider[several]
    _, place, count = np.unique(keys, return_inverse=True, return_counts=True)
    left = np.ones(len(child), dtype=np.bool_)
    left[several] = count[place] == size[child[several]]
    return _where(pairs, left)


def places(first: Ints, units: Sequence[Unit]) -> tuple[Ints, list[Ints]]:
    """(u + 1,) where each unit's choices begin, and for the 1st, 2nd, … child of a unit where its pair of each stands.

    The k-th list is as long as all choices together; -1 where the unit has no such child.
    """
    heads = np.array([rows[0] for rows in units], dtype=np.int64)
    count = first[heads + 1] - first[heads] if len(heads) else heads
    begin = np.concatenate([[0], np.cumsum(count)]).astype(np.int64)
    owner, own = spans(first[heads], count) if len(heads) else (heads, heads)
    found = [own]
    for number in range(1, max(map(len, units), default=1)):
        shift = np.array([first[rows[number]] - first[rows[0]] if number < len(rows) else 0 for rows in units])
        has = np.array([number < len(rows) for rows in units])
        found.append(np.where(has[owner], own + shift[owner], -1))
    return begin, found
