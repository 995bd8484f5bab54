"""A problem taken apart where nothing is shared: what is best for each part is best for all.

Families of one child need no siblings' program, so small parts of such families are put together again: one network
costs less than many.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from ml.assign.part import Bools, Ints, Part
from ml.assign.problem import Problem

CHUNK = 100_000  # pairs: parts of single children are put together up to about this many


@dataclass(frozen=True)
class Split:
    """Parts whose families all have one child, and parts with siblings."""

    single: list[Part]
    siblings: list[Part]


def split(problem: Problem, usable: Bools, coverage: bool) -> Split:
    """The parts of a problem, whatever the order of its pairs."""
    pairs = _in_order(problem, np.flatnonzero(usable))
    if not len(pairs):
        return Split([], [])
    alone = problem.demand.sum(axis=1) <= 1
    if len(pairs) <= CHUNK and bool(alone.all()):
        label, kinds = np.zeros(len(pairs), dtype=np.int64), np.ones(1, dtype=np.bool_)
    else:
        label, kinds = _together(*_components(problem, pairs, alone))
    parts = _parts(problem, pairs, label, coverage)
    return Split(
        [part for part, single in zip(parts, kinds.tolist(), strict=True) if single],
        [part for part, single in zip(parts, kinds.tolist(), strict=True) if not single],
    )


def labels(problem: Problem, usable: Bools) -> Ints:
    """(m,) number of the component of each usable pair, -1 for the others."""
    found = np.full(len(usable), -1, dtype=np.int64)
    pairs = np.flatnonzero(usable)
    found[pairs] = _components(problem, pairs, np.ones(len(problem.demand), dtype=np.bool_))[0]
    return found


def _in_order(problem: Problem, pairs: Ints) -> Ints:
    """By family, then provider, then score: the same pairs in any order make the same plan."""
    family, provider = problem.family[pairs], problem.provider[pairs]
    key = family * max(len(problem.seats), 1) + provider
    if (np.diff(key) > 0).all():
        return pairs
    order = np.argsort(key, kind="stable")
    if (np.diff(key[order]) > 0).all():
        return pairs[order]
    return pairs[np.lexsort((-problem.score[pairs], key))]


def _components(problem: Problem, pairs: Ints, alone: Bools) -> tuple[Ints, Bools]:
    """(m,) label of the component of each pair, and for each label whether all its families have one child."""
    families, size = len(problem.demand), len(problem.demand) + len(problem.seats)
    row = problem.family[pairs].astype(np.int32)
    column = (problem.provider[pairs] + families).astype(np.int32)
    graph = coo_array((np.ones(len(pairs), dtype=np.int8), (row, column)), shape=(size, size))
    count, node = connected_components(graph, directed=False)
    label: Ints = node[row].astype(np.int64)
    single = np.ones(count, dtype=np.bool_)
    single[label[~alone[row]]] = False
    return label, single


def _together(label: Ints, single: Bools) -> tuple[Ints, Bools]:
    """(m,) new labels 0, 1, … of parts: those of single children put together up to a chunk; and is each of such?"""
    size = np.bincount(label, minlength=len(single))
    chunk, apart = single & (size > 0), ~single & (size > 0)
    group = np.zeros(len(single), dtype=np.int64)
    begins = (np.cumsum(size * chunk) - size)[chunk] // CHUNK
    group[chunk] = np.cumsum(np.diff(begins, prepend=begins[:1]) > 0)
    chunks = int(group.max()) + 1 if chunk.any() else 0
    group[apart] = chunks + np.arange(int(apart.sum()))
    return group[label], np.arange(chunks + int(apart.sum())) < chunks


def _parts(problem: Problem, pairs: Ints, label: Ints, coverage: bool) -> list[Part]:
    """One part for each label 0, 1, …"""
    level = levels(problem)
    if not label.any():
        return [_part(problem, pairs, level, coverage)]
    order = np.argsort(label.astype(np.int32), kind="stable")
    cuts = np.cumsum(np.bincount(label))[:-1]
    return [_part(problem, mine, level, coverage) for mine in np.split(pairs[order], cuts)]


def _part(problem: Problem, pairs: Ints, level: Ints, coverage: bool) -> Part:
    families, family = _numbered(problem.family[pairs], len(problem.demand))
    providers, provider = _numbered(problem.provider[pairs], len(problem.seats))
    return Part(
        pairs=pairs, providers=providers, family=family, provider=provider, score=problem.score[pairs],
        demand=problem.demand[families], seats=problem.seats[providers], level=level[families], coverage=coverage,
    )


def _numbered(values: Ints, most: int) -> tuple[Ints, Ints]:
    """The different values in order, and each value's place among them."""
    if len(values) < most // 8:
        return np.unique(values, return_inverse=True)
    seen = np.zeros(most, dtype=np.bool_)
    seen[values] = True
    return np.flatnonzero(seen), (np.cumsum(seen) - 1)[values]


def levels(problem: Problem) -> Ints:
    """(q,) ranks of the priorities, 0 the lowest."""
    if problem.priority is None:
        return np.zeros(len(problem.demand), dtype=np.int64)
    ranks: Ints = np.unique(problem.priority, return_inverse=True)[1].astype(np.int64)
    return ranks
