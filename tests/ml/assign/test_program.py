"""Siblings: the optimum in the order of the aims, and bounds that hold, against HiGHS's own integer programs."""

from __future__ import annotations

import numpy as np
import pytest
from brute import best_merit, chosen, merit, random_problem, seats_used
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

from ml.assign import components, locks, program
from ml.assignment import Problem, solve


def neighbours(seed: int, ranks: bool = False, families: int = 120, providers: int = 15) -> Problem:
    """Families along a street, each with the providers around it: one component, too large to be solved at once."""
    dice = np.random.default_rng(seed)
    home, place = np.sort(dice.random(families)), np.linspace(0, 1, providers)
    family, provider = np.nonzero(np.abs(home[:, None] - place) < 0.25)
    demand = np.zeros((families, 4), dtype=np.int64)
    for row in demand:
        np.add.at(row, dice.integers(0, 4, 1 + dice.choice(3, p=[0.5, 0.35, 0.15])), 1)
    seats = dice.multinomial(12, [0.25] * 4, providers)
    priority = dice.integers(0, 4, families) * 10.0 if ranks else None
    return Problem(family, provider, dice.random(len(family)).round(4), demand, seats, priority)


def highs(problem: Problem, value: np.ndarray, least: list[tuple[np.ndarray, float]]) -> float:
    """The most of `value` over all plans that reach the sums asked for."""
    usable = np.flatnonzero(locks.usable(problem))
    demand = problem.demand[problem.family[usable]]
    column, band = np.nonzero(demand)
    families, places = len(problem.demand), problem.seats.size
    rows = np.concatenate([problem.family[usable], families + problem.provider[usable][column] * 4 + band])
    columns = np.concatenate([np.arange(len(usable)), column])
    entries = np.concatenate([np.ones(len(usable)), demand[column, band]])
    matrix = coo_array((entries, (rows, columns)), shape=(families + places, len(usable))).tocsr()
    limits = [LinearConstraint(matrix, ub=np.concatenate([np.ones(families), problem.seats.ravel()]))]
    limits += [LinearConstraint(one[usable][None], lb=reach) for one, reach in least]
    found = milp(-value[usable], integrality=np.ones(len(usable)), bounds=Bounds(0, 1), constraints=limits,
                 options={"mip_rel_gap": 0.0, "time_limit": 60})
    return -float(found.fun)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**6), policy=st.sampled_from(["coverage", "score"]))
def test_the_plan_is_the_best_of_all_plans(seed: int, policy: str) -> None:
    problem = random_problem(seed, most_children=3, families=6)
    plan = solve(problem, policy)
    assert merit(problem, policy, chosen(plan.pair)) == pytest.approx(best_merit(problem, policy), abs=1e-9)


@pytest.mark.parametrize(("seed", "ranks"), [(0, False), (1, True)])
def test_a_component_too_large_to_be_solved_at_once_is_solved_as_well(seed: int, ranks: bool) -> None:
    problem = neighbours(seed, ranks)
    children = problem.demand.sum(axis=1)[problem.family].astype(float)
    rank = components.levels(problem)[problem.family].astype(float)
    plan = solve(problem)
    most = round(highs(problem, children, []))
    assert plan.aims[0].reached == most
    assert plan.aims[0].bound - most <= 1
    reached = [(children, plan.placed)]
    for aim, value in zip(plan.aims[1:], (rank, problem.score), strict=True):
        most = highs(problem, value, reached)
        assert 0.99 * most - 1e-6 <= aim.reached <= most + 1e-6 <= aim.bound + 2e-6
        reached.append((value, aim.reached))


@pytest.mark.parametrize("policy", ["coverage", "score"])
@pytest.mark.parametrize("seconds", [0.0, 0.001, 0.05, 0.3])
def test_whenever_time_is_up_there_is_a_plan_and_a_bound(seconds: float, policy: str) -> None:
    problem = neighbours(5)
    plan, whole = solve(problem, policy, seconds), solve(problem, policy)
    assert (seats_used(problem, chosen(plan.pair)) <= problem.seats).all()
    assert plan.placed > 0
    assert 0 <= plan.gap < 1
    assert plan.bound >= whole.objective - 1e-9


def test_prices_of_siblings_guide_to_the_plan() -> None:
    problem = neighbours(2)
    plan = solve(problem, prices=True)
    part = components.split(problem, locks.usable(problem), True).siblings[0]
    assert program.solve(part, 0.0, prices=True).prices.shape == part.seats.shape
    assert plan.prices.shape == problem.seats.shape
    assert plan.prices.max() > 0
    free = problem.seats - seats_used(problem, chosen(plan.pair))
    assert plan.prices[free > 0].mean() < plan.prices[free == 0].mean()
