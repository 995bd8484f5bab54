"""The second order of a list, and the baselines."""

from __future__ import annotations

import numpy as np
from brute import chosen, random_problem, seats_used
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.assign import baselines, orders
from ml.assignment import Problem, solve
from tests.bench.instances import Shape, make


def test_the_list_is_by_worth_then_by_provider_and_holds_only_what_fits() -> None:
    problem = Problem([0, 0, 0, 1], [2, 0, 1, 0], [0.5, 0.5, 0.9, 0.1], [[1], [1]], [[1], [0], [1]])
    assert orders.top(problem, problem.score, 3).tolist() == [[1, 0, -1], [3, -1, -1]]
    assert orders.top(problem, problem.score, 0).shape == (2, 0)


def test_a_price_is_paid_for_every_child() -> None:
    problem = Problem([0], [0], [0.9], [[2, 1]], [[2, 1]])
    assert orders.after_price(problem, np.array([[0.1, 0.4]])).tolist() == [0.9 - 0.2 - 0.4]


def test_families_are_not_all_sent_to_one_place() -> None:
    problem = make(Shape(1_000))
    plan = solve(problem, prices=True)
    by_score = orders.crowded_out(problem, problem.score)
    after_price = orders.crowded_out(problem, orders.after_price(problem, plan.prices))
    waiting = (orders.top(problem, problem.score, 1) >= 0).sum() - plan.placed
    assert waiting <= after_price < by_score


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10**6), children=st.integers(1, 3))
def test_no_baseline_takes_a_seat_twice_or_beats_the_plan(seed: int, children: int) -> None:
    problem = random_problem(seed, children, families=9)
    best = solve(problem, "score").objective
    for baseline in (baselines.greedy, baselines.first_come):
        pairs = chosen(baseline(problem))
        assert (seats_used(problem, pairs) <= problem.seats).all()
        assert problem.score[pairs].sum() <= best + 1e-9


def test_first_come_is_first_served_and_greedy_takes_the_best_pair() -> None:
    problem = Problem([0, 1], [0, 0], [0.2, 0.8], [[1], [1]], [[1]])
    assert baselines.first_come(problem).tolist() == [0, -1]
    assert baselines.greedy(problem).tolist() == [-1, 1]


def test_nobody() -> None:
    nobody = Problem([], [], [], np.zeros((0, 2)), np.zeros((3, 2)))
    assert orders.top(nobody, nobody.score, 2).shape == (0, 2)
    assert baselines.greedy(nobody).shape == (0,)
    assert solve(nobody, prices=True).prices.shape == (3, 2)
