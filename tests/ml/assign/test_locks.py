"""Pairs that must stay, and what each costs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from brute import chosen, every_plan, merit, random_problem
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ml import assignment
from ml.assignment import Problem, lock_prices, solve


def with_locks(seed: int, children: int, count: int) -> Problem:
    """A small problem with locks that can all stay."""
    problem = random_problem(seed, children, 6)
    plans = [plan for plan in every_plan(problem) if len(plan) >= count]
    assume(plans)
    plan = plans[seed % len(plans)]
    return replace(problem, locks=np.array(plan[:count]))


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**6), children=st.integers(1, 3), policy=st.sampled_from(assignment.POLICIES))
def test_locked_pairs_stay_and_the_rest_is_the_best_around_them(seed: int, children: int, policy: str) -> None:
    problem = with_locks(seed, children, 2)
    found = chosen(solve(problem, policy).pair)
    assert set(problem.locks.tolist()) <= set(found)
    if policy != "stable":
        around = [plan for plan in every_plan(problem) if set(problem.locks.tolist()) <= set(plan)]
        best = max(merit(problem, policy, plan) for plan in around)
        assert merit(problem, policy, found) == pytest.approx(best, abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**6), children=st.integers(1, 3))
def test_a_lock_costs_what_the_best_plan_has_more_without_it(seed: int, children: int) -> None:
    problem = with_locks(seed, children, 2)
    plans = every_plan(problem)
    held = max(merit(problem, "coverage", plan) for plan in plans if set(problem.locks.tolist()) <= set(plan))
    for price in lock_prices(problem):
        others = set(problem.locks.tolist()) - {price.pair}
        free = max(merit(problem, "coverage", plan) for plan in plans if others <= set(plan))
        gain = [one - other for one, other in zip(free, held, strict=True)]
        assert (price.children, price.priority, price.score) == pytest.approx(gain, abs=1e-9)
        assert (price.objective > 1e-12) == (held < tuple(np.subtract(free, (0, 0, 1e-9))))


def test_a_lock_on_the_best_plan_is_free_and_without_locks_there_is_no_price() -> None:
    problem = random_problem(4)
    best = chosen(solve(problem).pair)
    assert [price.objective for price in lock_prices(replace(problem, locks=np.array(best[:1])))] == [0.0]
    assert lock_prices(problem) == []


def test_locks_are_priced_as_far_as_the_time_goes_and_from_the_plan_that_is_known() -> None:
    problem = Problem([0, 0, 1], [0, 1, 0], [0.9, 0.8, 0.7], [[1], [1]], [[1], [1]], locks=[0])
    known = solve(problem).pair
    assert [(one.pair, one.children) for one in lock_prices(problem, held=known)] == [(0, 1)]
    assert lock_prices(problem, seconds=0.0, held=known) == []


def test_a_second_family_cannot_be_locked_onto_the_last_seat() -> None:
    rows = {"family": [0, 1, 2], "provider": [0, 0, 1], "score": [0.5, 0.6, 0.7], "demand": np.ones((3, 1)),
            "seats": [[1], [1]]}
    with pytest.raises(ValueError, match="locks 0, 1 need more seats than provider 0 has"):
        Problem(**rows, locks=[0, 1])
    assert solve(Problem(**rows, locks=[0, 2])).pair.tolist() == [0, -1, 2]


def test_a_family_cannot_be_locked_onto_two_places() -> None:
    with pytest.raises(ValueError, match="locks 1, 0 are all of family 0"):
        Problem([0, 0], [0, 1], [0.5, 0.6], [[1]], [[1], [1]], locks=[1, 0])


def test_nobody_takes_a_locked_seat() -> None:
    problem = Problem([0, 1], [0, 0], [0.1, 0.9], [[1], [1]], [[1]], locks=[0])
    for policy in assignment.POLICIES:
        plan = solve(problem, policy)
        assert plan.pair.tolist() == [0, -1]
        assert plan.blocking_pairs == 0
