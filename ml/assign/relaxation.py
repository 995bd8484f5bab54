"""The linear relaxation of families with siblings: a bound on every plan, and prices that guide the search for one.

A column is a pair, a row a family (one place at most) or a provider's seats in one band. Whatever prices of seats come
back, also rough ones, `ceiling` makes a true bound of them: no plan is worth more than all seats at their prices and
what each family gains at best after paying for its seats.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array, csr_array

from ml.assign import firstorder
from ml.assign.part import Floats, Ints, Part

WIDE = 5_000  # columns from which the interior-point method is the faster one
LARGE = 60_000  # columns from which it may take minutes, and a first-order method is as near as need be in seconds
EXACT = 0.5  # of the time may go into a solution to the last digit; the rest brings another near where that fails
DOMINANT = 8.0  # how often a later aim goes into an earlier one where only prices are wanted


@dataclass(frozen=True)
class Relaxation:
    """`worth` (m,) of each pair in this relaxation, its `price` (n, b) of seats, and the bound that these give.

    `share` (m,) is how much of each pair is taken; zeros where no time was left to solve it.
    """

    worth: Floats
    price: Floats
    ceiling: float
    share: Floats


def relax(part: Part, worth: Floats, seconds: float) -> Relaxation:
    """Solve the relaxation as far as time allows; of a large one, what comes nearest by then."""
    best = _rough(part, worth)
    if seconds <= 0:
        return best
    rows, limit, seat = _rows(part)
    scale = float(np.abs(worth).max(initial=0.0)) or 1.0
    for share, paid in _solutions(worth / scale, rows, limit, seconds):
        price = np.zeros(part.seats.shape)
        price.reshape(-1)[seat] = paid[len(part.demand) :] * scale
        found = Relaxation(worth, price, ceiling(part, worth, price), share)
        if not best.share.any() or found.ceiling < best.ceiling:
            best = found
    return best


def _solutions(worth: Floats, rows: csr_array, limit: Ints, seconds: float) -> Iterator[tuple[Floats, Floats]]:
    """(m,) shares and (r,) prices of the rows: solved, or where that is too long, what comes nearer and nearer."""
    end = time.monotonic() + seconds
    if len(worth) < LARGE:
        solved = _solved(worth, rows, limit, seconds * EXACT)
        if solved is not None:
            yield solved
            return
    yield from firstorder.iterates(worth, rows, limit, end - time.monotonic())


def _solved(worth: Floats, rows: csr_array, limit: Ints, seconds: float) -> tuple[Floats, Floats] | None:
    """(m,) shares and (r,) prices of the rows, solved to the last digit; None where time was up."""
    result = linprog(
        -worth, A_ub=rows, b_ub=limit, bounds=(0, None), options={"time_limit": seconds},
        method="highs-ipm" if len(worth) >= WIDE else "highs-ds",
    )
    if result.status:
        return None
    return result.x, np.maximum(-result.ineqlin.marginals, 0.0)


def ceiling(part: Part, worth: Floats, price: Floats) -> float:
    """No plan is worth more, whatever the prices."""
    return float((part.seats * price).sum() + gains(part, left_over(part, worth, price)).sum())


def left_over(part: Part, worth: Floats, price: Floats) -> Floats:
    """(m,) what a family keeps of a pair after paying for its seats."""
    paid: Floats = worth - (part.demand[part.family] * price[part.provider]).sum(axis=1)
    return paid


def gains(part: Part, kept: Floats) -> Floats:
    """(q,) the most each family could keep, nothing at least."""
    best = np.zeros(len(part.demand))
    np.maximum.at(best, part.family, kept)
    return best


def _rough(part: Part, worth: Floats) -> Relaxation:
    """Without time: every seat free, every family with its best."""
    price = np.zeros(part.seats.shape)
    return Relaxation(worth, price, ceiling(part, worth, price), np.zeros(len(part)))


def _rows(part: Part) -> tuple[csr_array, Ints, Ints]:
    """The matrix, its right-hand side, and which seat (of n · b) each row after the families stands for."""
    demand = part.demand[part.family]
    column, band = np.nonzero(demand)
    seat, row = np.unique(part.provider[column] * part.seats.shape[1] + band, return_inverse=True)
    families = len(part.demand)
    matrix = coo_array((
        np.concatenate([np.ones(len(part)), demand[column, band].astype(np.float64)]),
        (np.concatenate([part.family, families + row]), np.concatenate([np.arange(len(part)), column])),
    ), shape=(families + len(seat), len(part)))
    limit = np.concatenate([np.ones(families, dtype=np.int64), part.seats.reshape(-1)[seat]])
    return matrix.tocsr(), limit, seat


def counted(part: Part) -> Floats:
    """(m,) worth where children, or children and priority, can be read off exactly: one outweighs all that follows."""
    if not part.coverage:
        return part.score
    after = part.level[part.family] if part.level.any() else part.score
    return part.children[part.family] * counting_weight(part)[0] + after


def counting_weight(part: Part) -> tuple[float, float]:
    """Of a child in `counted`, and the most that all the rest can add up to."""
    after = float(part.level.sum()) if part.level.any() else part.top * len(part.demand)
    return 2.0 * after + 1.0, after


def guided(part: Part) -> Floats:
    """(m,) worth for prices in the units of the score: an earlier aim outweighs the next some times over."""
    if not part.coverage:
        return part.score
    child, level = weights(part)
    return part.children[part.family] * child + part.level[part.family] * level + part.score


def weights(part: Part) -> tuple[float, float]:
    """Of a child and of a rank of priority, where prices are wanted."""
    level = DOMINANT * part.top
    return DOMINANT * (level * float(part.level.max(initial=0)) + part.top), level
