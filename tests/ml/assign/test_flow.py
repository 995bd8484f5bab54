"""Families of one child: the optimum, in the order of the aims, and prices at which everybody is content."""

from __future__ import annotations

import numpy as np
import pytest
from brute import best_merit, chosen, merit, random_problem
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from ml.assign import orders
from ml.assignment import Problem, solve


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 10**6))
def test_children_come_before_priority_and_priority_before_score(seed: int) -> None:
    problem = random_problem(seed, families=6)
    assert merit(problem, "coverage", chosen(solve(problem).pair)) == pytest.approx(best_merit(problem, "coverage"))


@pytest.mark.parametrize("scale", [1e-9, 1.0, 1e9])
def test_the_order_of_the_aims_survives_any_scale_and_many_ranks(scale: float) -> None:
    dice = np.random.default_rng(3)
    family, provider = np.nonzero(dice.random((300, 40)) < 0.2)
    score, priority = dice.random(len(family)) * scale, dice.permutation(300) * 1000.0
    asked = Problem(family, provider, score, np.ones((300, 1)), np.full((40, 1), 4), priority)
    plan, ranks = solve(asked), np.argsort(np.argsort(priority))
    first = solve(Problem(family, provider, ranks[family] + 1.0, asked.demand, asked.seats))
    assert plan.placed == first.placed
    assert plan.aims[1].reached == ranks[family[chosen(first.pair)]].sum()


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6))
def test_the_score_is_that_of_an_assignment_of_seats(seed: int) -> None:
    dice = np.random.default_rng(seed)
    score, seats = dice.random((40, 8)), dice.integers(0, 5, (8, 1))
    problem = Problem(*np.indices(score.shape).reshape(2, -1), score.ravel(), np.ones((40, 1)), seats)
    columns = np.repeat(score, seats[:, 0], axis=1)
    best = columns[linear_sum_assignment(columns, maximize=True)].sum()
    assert solve(problem, "score").objective == pytest.approx(best)
    assert solve(problem).aims[2].reached == pytest.approx(best)


def test_a_score_below_zero_is_taken_for_coverage_alone() -> None:
    problem = Problem([0, 1], [0, 0], [-0.5, -0.7], [[1], [1]], [[1]])
    assert solve(problem, "coverage").pair.tolist() == [0, -1]
    assert solve(problem, "score").pair.tolist() == [-1, -1]


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**6), policy=st.sampled_from(["coverage", "score"]))
def test_after_the_prices_everybody_has_what_suits_best(seed: int, policy: str) -> None:
    problem = random_problem(seed, families=14, providers=4)
    plan = solve(problem, policy, prices=True)
    worth = orders.after_price(problem, plan.prices)
    first = orders.top(problem, worth, 1)[:, 0]
    has = plan.pair >= 0
    assert worth[plan.pair[has]] == pytest.approx(worth[first[has]], abs=1e-6)
    assert (plan.prices >= 0).all()


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6))
def test_a_seat_left_over_costs_nothing_and_a_price_is_what_one_more_would_add(seed: int) -> None:
    problem = random_problem(seed, families=10, providers=3)
    plan = solve(problem, "score", prices=True)
    provider = seed % 3
    more = problem.seats.copy()
    more[provider, 0] += 1
    there = problem.provider[chosen(plan.pair)] == provider
    used = problem.demand[problem.family[chosen(plan.pair)]][there, 0].sum()
    gain = solve(Problem(problem.family, problem.provider, problem.score, problem.demand, more), "score").objective
    assert gain - plan.objective <= plan.prices[provider, 0] + 1e-6 or problem.seats[provider, 0] == 0
    assert used == problem.seats[provider, 0] or plan.prices[provider, 0] == 0
