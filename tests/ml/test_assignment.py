"""Plans: never more than the seats, the optimum on small instances, and refusals of what makes no sense."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from brute import best_merit, chosen, merit, random_problem, seats_used
from hypothesis import given, settings
from hypothesis import strategies as st

from ml import assignment
from ml.assignment import Plan, Problem, solve

POLICIES = pytest.mark.parametrize("policy", assignment.POLICIES)


@pytest.mark.parametrize("policy", ["coverage", "score"])
@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**6), most_children=st.integers(1, 3))
def test_the_plan_is_the_best_of_all_plans(policy: str, seed: int, most_children: int) -> None:
    problem = random_problem(seed, most_children)
    plan = solve(problem, policy)
    assert merit(problem, policy, chosen(plan.pair)) == pytest.approx(best_merit(problem, policy), abs=1e-9)
    assert plan.gap <= 1e-8


@POLICIES
@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**6), most_children=st.integers(1, 3))
def test_every_plan_keeps_to_the_seats_and_its_figures_add_up(policy: str, seed: int, most_children: int) -> None:
    problem = random_problem(seed, most_children, families=12, providers=4)
    plan = solve(problem, policy)
    pairs = chosen(plan.pair)
    assert (problem.family[pairs] == np.flatnonzero(plan.pair >= 0)).all()
    assert (seats_used(problem, pairs) <= problem.seats).all()
    assert plan.placed == problem.demand[problem.family[pairs]].sum()
    assert plan.placed == plan.aims[0].reached or policy != "coverage"
    assert plan.bound >= plan.objective - 1e-9
    assert plan.gap <= 1e-6


@POLICIES
@pytest.mark.parametrize("children", [1, 2])
@pytest.mark.parametrize("score", [5e-324, 1e-308, 1e-290, 1e200, -1e200])
def test_a_score_of_any_size_is_no_trouble(policy: str, children: int, score: float) -> None:
    plan = solve(Problem([0], [0], [score], [[children]], [[children]]), policy, prices=True)
    assert plan.placed == children or policy == "score"
    assert plan.placed or score < 1e-200
    assert 0 <= plan.gap <= 1e-6


@POLICIES
@settings(max_examples=60, deadline=None)
@given(data=st.data(), seed=st.integers(0, 10**6), children=st.integers(1, 2))
def test_whatever_numbers_scores_are_a_plan_keeps_to_the_seats(
    policy: str, data: st.DataObject, seed: int, children: int
) -> None:
    problem = random_problem(seed, children, families=4)
    number = st.floats(0, 1) | st.floats(-1e200, 1e200)
    score = data.draw(st.lists(number, min_size=len(problem.family), max_size=len(problem.family)))
    plan = solve(replace(problem, score=np.array(score)), policy, prices=True)
    pairs = chosen(plan.pair)
    assert (problem.family[pairs] == np.flatnonzero(plan.pair >= 0)).all()
    assert (seats_used(problem, pairs) <= problem.seats).all()
    assert np.isfinite([plan.objective, plan.bound, plan.gap, *(aim.bound for aim in plan.aims)]).all()
    assert plan.gap >= 0


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_deferred_acceptance_of_single_children_has_no_blocking_pair(seed: int) -> None:
    assert solve(random_problem(seed, families=12, providers=4), "stable").blocking_pairs == 0


def nobody() -> dict[str, Any]:
    return {"family": [], "provider": [], "score": [], "demand": np.zeros((0, 4)), "seats": np.zeros((0, 4))}


@POLICIES
@pytest.mark.parametrize("change", [
    {}, {"demand": np.ones((2, 4))}, {"seats": np.ones((2, 4))},
    {"demand": [[1, 0, 0, 0]], "seats": np.zeros((1, 4)), "family": [0], "provider": [0], "score": [0.5]},
])
def test_nobody_to_place_or_nowhere_to_place_them(policy: str, change: dict[str, Any]) -> None:
    plan: Plan = solve(Problem(**{**nobody(), **change}), policy)
    assert (plan.placed, plan.gap, plan.blocking_pairs) == (0, 0.0, 0)
    assert (plan.pair == -1).all()


def one_of_each() -> dict[str, Any]:
    return {"family": [0], "provider": [0], "score": [0.5], "demand": [[1]], "seats": [[1]], "priority": [0.0]}


@pytest.mark.parametrize(("name", "value"), [
    ("family", [[0]]), ("family", [1]), ("family", [-1]), ("family", [0.5]), ("provider", [0, 0]), ("provider", [9]),
    ("score", [float("nan")]), ("score", [float("inf")]), ("score", [0.1, 0.2]),
    ("score", [-1e201]), ("score", [1e308]), ("demand", [1]), ("demand", [[-1]]),
    ("seats", [[-1]]), ("seats", [[1, 1]]), ("seats", [1]), ("priority", [0.0, 1.0]), ("priority", [float("nan")]),
    ("locks", [1]), ("locks", [-1]), ("locks", [0.5]), ("locks", [0, 0]),
])
def test_what_makes_no_sense_is_refused_by_name(name: str, value: Any) -> None:
    with pytest.raises(ValueError, match=name):
        Problem(**{**one_of_each(), name: value})


def test_a_larger_plan_may_take_longer_up_to_a_limit() -> None:
    times = [assignment.limit(pairs) for pairs in (0, 300_000, 1_000_000, 2_000_000, 10**9)]
    assert times == sorted(times)
    assert times[0] == times[1] == 60.0 < times[2] < times[3] < times[4] == assignment.LONGEST


def test_an_unknown_policy_is_refused() -> None:
    with pytest.raises(ValueError, match="fairest"):
        solve(Problem(**one_of_each()), "fairest")


def test_priority_goes_before_score_but_not_before_coverage() -> None:
    problem = Problem([0, 1], [0, 0], [0.9, 0.1], [[1], [1]], [[1]], [0.0, 1.0])
    assert solve(problem, "coverage").pair.tolist() == [-1, 1]
    assert solve(problem, "score").pair.tolist() == [0, -1]
