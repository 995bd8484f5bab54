"""Care that begins later or ends earlier: how many minutes it takes until a provider's hours cover the rest.

Every stretch of care of the week begins so much later, or ends so much earlier; none may vanish. What an offer lacks of
a stretch says how much: its last closed minute for a later beginning, its first one for an earlier end.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np

from ml import schedule
from ml.assign.part import Bools, Floats, Ints
from ml.schedule import DAY, WEEK, Week

Stretch = tuple[int, int]  # minutes since Monday 00:00; a night of Sunday ends after the week does


def stretches(week: Week) -> list[Stretch]:
    """The stretches of care of a week, none longer than a day."""
    return [(day * DAY + start, day * DAY + end) for day, start, end in week.intervals()]


@lru_cache(maxsize=16384)
def shifted(week: Week, later: int, earlier: int) -> Week:
    """The week with every stretch beginning later and ending earlier by so many minutes."""
    kept = ((start + later, end - earlier) for start, end in stretches(week))
    return _week([stretch for stretch in kept if stretch[0] < stretch[1]])


def _week(pieces: Sequence[Stretch]) -> Week:
    return Week.of((start // DAY % 7, start % DAY, start % DAY + end - start) for start, end in pieces)


def later(needs: Sequence[Week], offers: Sequence[Week]) -> Floats:
    """(needs, offers) minutes later that care would begin; 0 where nothing lacks, infinite where it never suffices."""
    edges, closed = _pieces(needs, offers)
    count = np.arange(1, closed.shape[1] + 1)
    last = np.maximum.accumulate(np.where(closed, count, 0), axis=1)  # the piece after the last closed one so far

    def amounts(first: Ints, end: Ints) -> Ints:
        return edges[np.maximum(last[:, end - 1], first)] - edges[first]

    return _each(needs, edges, amounts)


def earlier(needs: Sequence[Week], offers: Sequence[Week]) -> Floats:
    """(needs, offers) minutes earlier that care would end."""
    edges, closed = _pieces(needs, offers)
    count = np.arange(closed.shape[1])
    following = np.where(closed, count, closed.shape[1])
    following = np.minimum.accumulate(following[:, ::-1], axis=1)[:, ::-1]  # the first closed piece from here on

    def amounts(first: Ints, end: Ints) -> Ints:
        return edges[end] - edges[np.minimum(following[:, first], end)]

    return _each(needs, edges, amounts)


def _each(needs: Sequence[Week], edges: Ints, amounts: Callable[[Ints, Ints], Ints]) -> Floats:
    """For each need the largest amount over its stretches, infinite where one would vanish."""
    rows = []
    for week in needs:
        mine = np.array(stretches(week) or [(0, 1)])
        first, end = np.searchsorted(edges, mine[:, 0]), np.searchsorted(edges, mine[:, 1])
        most = amounts(first, end).max(axis=1).astype(np.float64)
        shortest = (mine[:, 1] - mine[:, 0]).min() if week else 0
        rows.append(np.where(most < shortest, most, np.inf))
    return np.stack(rows)


def _pieces(needs: Sequence[Week], offers: Sequence[Week]) -> tuple[Ints, Bools]:
    """Edges of two weeks in a row between which nothing changes, and (offers, pieces) whether an offer is closed."""
    edges = np.unique([
        0, WEEK, *(edge % WEEK for week in needs for stretch in stretches(week) for edge in stretch),
        *(edge for week in offers for span in week.spans for edge in span),
    ])
    starts = edges[:-1]
    closed = np.ones((len(offers), len(starts)), dtype=np.bool_)
    for row, week in enumerate(offers):
        for start, end in week.spans:
            closed[row, np.searchsorted(starts, start) : np.searchsorted(starts, end)] = False
    return np.concatenate([starts, edges + WEEK]), np.tile(closed, 2)


def both(needs: Sequence[Week], offer: Week) -> tuple[int, int]:
    """The least minutes later and earlier in all, both more than none, after which all these weeks are covered.

    A week each where there are none.
    """
    mine = [stretch for week in needs for stretch in stretches(week)]
    shortest = min((end - start for start, end in mine), default=0)
    gaps = [_gaps(stretch, offer) for stretch in mine]
    begins = {end - start for (start, _), holes in zip(mine, gaps, strict=True) for _, end in holes}
    found = []
    for late in sorted(begins):
        early = max(
            (end - max(hole, start + late) for (start, end), holes in zip(mine, gaps, strict=True)
             for hole, until in holes if until > start + late), default=0,
        )
        if early > 0 and late + early < shortest:
            found.append((late, early))
    return min(found, key=lambda pair: (sum(pair), pair), default=(WEEK, WEEK))


def _gaps(stretch: Stretch, offer: Week) -> list[Stretch]:
    """What the offer lacks of one stretch, on the stretch's own axis."""
    start = stretch[0]
    return [
        (first if first >= start else first + WEEK, last if first >= start else last + WEEK)
        for first, last in schedule.lacking(_week([stretch]), offer).spans
    ]
