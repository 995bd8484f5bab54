"""Plans: never more than the seats, the optimum on small instances, and refusals of what makes no sense."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml import assignment
from ml.assignment import Plan, Problem, solve

POLICIES = pytest.mark.parametrize("policy", assignment.POLICIES)


def random_problem(seed: int, most_children: int = 1, families: int = 5, providers: int = 3) -> Problem:
    dice = np.random.default_rng(seed)
    family, provider = np.nonzero(dice.random((families, providers)) < 0.7)
    demand = np.zeros((families, 2), dtype=np.int64)
    for row in demand:
        for _ in range(dice.integers(1, most_children + 1)):
            row[dice.integers(0, 2)] += 1
    return Problem(
        family, provider, dice.random(len(family)).round(3), demand, dice.integers(0, 3, (providers, 2)),
        dice.integers(0, 3, families).astype(float),
    )


def seats_used(problem: Problem, pairs: list[int]) -> np.ndarray:
    used = np.zeros_like(problem.seats)
    for pair in pairs:
        used[problem.provider[pair]] += problem.demand[problem.family[pair]]
    return used


def every_plan(problem: Problem) -> list[list[int]]:
    """All that fit, by trying everything."""
    wishes = [[-1, *np.flatnonzero(problem.family == family).tolist()] for family in range(len(problem.demand))]
    plans = ([pair for pair in picks if pair >= 0] for picks in product(*wishes))
    return [plan for plan in plans if (seats_used(problem, plan) <= problem.seats).all()]


def merit(problem: Problem, policy: str, pairs: list[int]) -> tuple[float, ...]:
    score = float(problem.score[pairs].sum())
    if policy == "score":
        return (score,)
    family = problem.family[pairs]
    levels = np.unique(problem.priority, return_inverse=True)[1]
    return float(problem.demand[family].sum()), float(levels[family].sum()), score


@pytest.mark.parametrize("policy", ["coverage", "score"])
@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**6), most_children=st.integers(1, 3))
def test_the_plan_is_the_best_of_all_plans(policy: str, seed: int, most_children: int) -> None:
    problem = random_problem(seed, most_children)
    best = max(merit(problem, policy, plan) for plan in every_plan(problem))
    chosen = [pair for pair in solve(problem, policy).pair.tolist() if pair >= 0]
    assert merit(problem, policy, chosen) == pytest.approx(best, abs=1e-6)


@POLICIES
@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**6), most_children=st.integers(1, 3))
def test_every_plan_keeps_to_the_seats_and_its_figures_add_up(policy: str, seed: int, most_children: int) -> None:
    problem = random_problem(seed, most_children, families=12, providers=4)
    plan = solve(problem, policy)
    chosen = plan.pair[plan.pair >= 0]
    assert (problem.family[chosen] == np.flatnonzero(plan.pair >= 0)).all()
    assert (seats_used(problem, chosen.tolist()) <= problem.seats).all()
    assert plan.placed == problem.demand[problem.family[chosen]].sum()
    assert plan.bound >= plan.objective - 1e-9
    assert plan.gap <= 1e-6


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
    ("score", [float("nan")]), ("score", [float("inf")]), ("score", [0.1, 0.2]), ("demand", [1]), ("demand", [[-1]]),
    ("seats", [[-1]]), ("seats", [[1, 1]]), ("seats", [1]), ("priority", [0.0, 1.0]), ("priority", [float("nan")]),
])
def test_what_makes_no_sense_is_refused_by_name(name: str, value: Any) -> None:
    with pytest.raises(ValueError, match=name):
        Problem(**{**one_of_each(), name: value})


def test_an_unknown_policy_is_refused() -> None:
    with pytest.raises(ValueError, match="fairest"):
        solve(Problem(**one_of_each()), "fairest")


def test_priority_goes_before_score_but_not_before_coverage() -> None:
    problem = Problem([0, 1], [0, 0], [0.9, 0.1], [[1], [1]], [[1]], [0.0, 1.0])
    assert solve(problem, "coverage").pair.tolist() == [-1, 1]
    assert solve(problem, "score").pair.tolist() == [0, -1]
