"""Pairs that must stay: taken out of the problem with their seats before anything is solved, and what each costs."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ml.assign.part import Bools
from ml.assign.problem import Problem


@dataclass(frozen=True)
class LockPrice:
    """What a plan without this lock would have more, in children, priority and score, and in the objective.

    The other locks stay. Never less than nothing in all, where both plans are proven.
    """

    pair: int
    children: int
    priority: int
    score: float
    objective: float


def usable(problem: Problem) -> Bools:
    """(m,) the pairs whose children find their seats at all."""
    found: Bools = problem.demand.sum(axis=1)[problem.family] > 0
    for band in range(problem.demand.shape[1]):
        found &= problem.demand[problem.family, band] <= problem.seats[problem.provider, band]
    return found


def settled(problem: Problem) -> tuple[Problem, Bools]:
    """The problem with the seats that the locks leave, and (m,) the pairs that are still open."""
    open_ = usable(problem)
    if problem.locks is None or not len(problem.locks):
        return problem, open_
    family, provider = problem.family[problem.locks], problem.provider[problem.locks]
    seats = problem.seats.copy()
    np.subtract.at(seats, provider, problem.demand[family])
    left = replace(problem, seats=seats, locks=None)
    open_ = usable(left)
    open_[np.isin(problem.family, family)] = False
    return left, open_
