"""Who goes where when many wait at once: an exact plan under the free seats.

Policies: "coverage" places the most children, among such plans favours priority, among those the score; "score" adds up
the most score; "stable" is deferred acceptance (Gale and Shapley 1962), families proposing. Families of one child are a
flow (OR-Tools); where siblings stay together a linear relaxation (HiGHS in SciPy) bounds and guides a search in whole
numbers (CP-SAT). Components are solved apart, in processes where that pays.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ml.assign import aims, components, deferred, locks, pool
from ml.assign.locks import LockPrice
from ml.assign.part import Totals
from ml.assign.pool import Answer, Elsewhere, How
from ml.assign.problem import Problem

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
__all__ = ["AIMS", "POLICIES", "Aim", "LockPrice", "Plan", "Problem", "lock_prices", "solve"]
POLICIES = ("coverage", "score", "stable")
AIMS = ("children", "priority", "score")
SECONDS, PAIRS = 60.0, 500_000  # what a plan may take, and the pairs from which it may take longer, in proportion
LONGEST = 600.0


@dataclass(frozen=True)
class Aim:
    """One aim of a policy: what the plan reaches, and the most any plan could that reaches the aims before it."""

    name: str  # children, priority (sum of the ranks of the families placed, 0 the lowest) or score
    reached: float
    bound: float


@dataclass(frozen=True)
class Plan:
    """pair (q,): index into the m pairs or -1; `objective` and `bound` in the policy's own units.

    These are the score, and for "coverage" the children, with priority and score behind the point: a better plan has
    the larger number. `gap` is what of the bound is not reached, between 0 and 1; `aims` tell it aim by aim. `prices`
    (n, b), if asked for, are what one more seat would add to the score; "stable" has none.
    """

    pair: Ints
    placed: int  # children
    objective: float
    bound: float
    gap: float
    blocking_pairs: int
    seconds: float
    aims: tuple[Aim, ...] = ()
    prices: Floats | None = None


def limit(pairs: int) -> float:
    """Seconds that a plan of so many pairs may take, where nobody says."""
    return min(SECONDS * max(pairs / PAIRS, 1.0), LONGEST)


def solve(
    problem: Problem, policy: str = "coverage", seconds: float | None = None,
    processes: int | Elsewhere | None = None, prices: bool = False,
) -> Plan:
    """The plan of a problem; past the time limit the best one found, with its gap. ValueError: unknown policy.

    `seconds` None is as many as `limit` says.

    `processes` None takes as many as pay, and `Elsewhere` workers on other machines; the plan is the same with any
    number. Where that is more than one process here, a script that calls this keeps its own start under
    `if __name__ == "__main__"`, as for any pool of processes.
    """
    if policy not in POLICIES:
        raise ValueError(f"policy is {policy!r}; there are: {', '.join(POLICIES)}")
    started = time.perf_counter()
    seconds = limit(len(problem.family)) if seconds is None else seconds
    left, open_ = locks.settled(problem)
    answer = None
    if policy == "stable":
        pair = deferred.accept(left, open_)
    else:
        wanted = open_ if policy == "coverage" else open_ & (problem.score > 0)
        answer = pool.run(components.split(left, wanted, policy == "coverage"), How(seconds, processes, prices))
        pair = _joined(problem, answer)
    blocking = deferred.blocking_pairs(left, pair, open_)
    if problem.locks is not None:
        pair[problem.family[problem.locks]] = problem.locks
    reached = _totals(problem, pair)
    bound = reached if answer is None else _bound(reached, answer)
    objective, most = _worth(problem, policy, reached), _worth(problem, policy, bound)
    return Plan(
        pair=pair, placed=reached[0], objective=objective, bound=most,
        gap=(most - objective) / max(abs(most), 1e-12), blocking_pairs=blocking,
        seconds=time.perf_counter() - started, aims=_aims(policy, reached, bound),
        prices=_prices(problem, answer) if prices and answer is not None else None,
    )


def lock_prices(
    problem: Problem, policy: str = "coverage", seconds: float | None = None, held: Ints | None = None
) -> list[LockPrice]:
    """For each lock: what the best plan has more without it, while the other locks stay.

    Only the component of the lock is solved again. `seconds` are for all locks together, and those for which none are
    left have no price; None is what each may take by `limit`. `held` (q,) is the plan with all locks, where known.
    """
    end = None if seconds is None else time.perf_counter() + seconds
    wanted = problem.locks.tolist() if problem.locks is not None else []
    if wanted and held is None:
        held = solve(problem, policy, seconds).pair
    found = []
    for lock in wanted:
        left = None if end is None else end - time.perf_counter()
        if held is None or (left is not None and left <= 0):
            break
        found.append(_lock_price(problem, lock, held, (policy, left)))
    return found


def _lock_price(problem: Problem, lock: int, held: Ints, how: tuple[str, float | None]) -> LockPrice:
    others = problem.locks[problem.locks != lock] if problem.locks is not None else None
    left, open_ = locks.settled(replace(problem, locks=others))
    label = components.labels(left, open_)
    here = np.flatnonzero((label == label[lock]) & (label >= 0))
    part = replace(left, family=left.family[here], provider=left.provider[here], score=left.score[here])
    now = held[np.unique(part.family)]
    gain = _less(_totals(part, solve(part, *how, processes=1).pair), _totals(problem, now))
    reached = _totals(problem, held)
    most = (reached[0] + gain[0], reached[1] + gain[1], reached[2] + gain[2])
    worth = _worth(problem, how[0], most) - _worth(problem, how[0], reached)
    return LockPrice(lock, *gain, objective=worth)


def _less(one: Totals, other: Totals) -> Totals:
    return one[0] - other[0], one[1] - other[1], one[2] - other[2]


def _joined(problem: Problem, answer: Answer) -> Ints:
    """(q,) the pairs of all parts."""
    pair = np.full(len(problem.demand), -1, dtype=np.int64)
    for part, done in answer:
        chosen = part.pairs[done.pair[done.pair >= 0]]
        pair[problem.family[chosen]] = chosen
    return pair


def _totals(problem: Problem, pair: Ints) -> Totals:
    chosen = pair[pair >= 0]
    family = problem.family[chosen]
    ranks = components.levels(problem)[family].sum()
    return int(problem.demand[family].sum()), int(ranks), float(problem.score[chosen].sum())


def _bound(reached: Totals, answer: Answer) -> Totals:
    """What was reached, and what each part could reach more."""
    more = [
        tuple(most - one for most, one in zip(done.bound, part.totals(done.pair[done.pair >= 0]), strict=True))
        for part, done in answer
    ]
    children, ranks, score = (max(sum(column), 0) for column in zip(*more, strict=True)) if more else (0, 0, 0.0)
    return int(reached[0] + children), int(reached[1] + ranks), float(reached[2] + score)


def _worth(problem: Problem, policy: str, totals: Totals) -> float:
    if policy != "coverage":
        return totals[2]
    top = float(np.abs(problem.score).max(initial=0.0))
    return aims.objective(totals, len(problem.demand), top, int(components.levels(problem).max(initial=0)))


def _aims(policy: str, reached: Totals, bound: Totals) -> tuple[Aim, ...]:
    found = [Aim(name, *both) for name, *both in zip(AIMS, reached, bound, strict=True)]
    return tuple(found if policy == "coverage" else found[2:])


def _prices(problem: Problem, answer: Answer) -> Floats:
    prices = np.zeros(problem.seats.shape)
    for part, done in answer:
        if done.prices is not None:
            prices[part.providers] = done.prices
    return prices
