"""Deferred acceptance against another's, and blocking pairs counted plainly."""

from __future__ import annotations

import numpy as np
from brute import random_problem
from hypothesis import given, settings
from hypothesis import strategies as st
from matching.games import HospitalResident

from ml.assign import baselines, deferred, locks
from ml.assignment import Problem, solve


def single_band(seed: int) -> Problem:
    dice = np.random.default_rng(seed)
    family, provider = np.nonzero(dice.random((12, 4)) < 0.6)
    score = dice.permutation(len(family)) / len(family)  # the other library knows no ties
    return Problem(family, provider, score, np.ones((12, 1)), dice.integers(1, 4, (4, 1)), dice.permutation(12) * 1.0)


def preferences(problem: Problem) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
    """Families by score; providers by priority."""
    pairs = list(zip(problem.family.tolist(), problem.provider.tolist(), problem.score.tolist(), strict=True))
    families = {one: [p for f, p, _ in sorted(pairs, key=lambda pair: -pair[2]) if f == one] for one in range(12)}
    providers = {one: [f for f, p, _ in sorted(pairs, key=lambda pair: -problem.priority[pair[0]]) if p == one]
                 for one in range(4)}
    return ({one: found for one, found in families.items() if found},
            {one: found for one, found in providers.items() if found})


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6))
def test_the_plan_is_that_of_the_hospitals_and_residents(seed: int) -> None:
    problem = single_band(seed)
    families, providers = preferences(problem)
    seats = {one: int(problem.seats[one, 0]) for one in providers}
    game = HospitalResident.create_from_dictionaries(families, providers, seats)
    theirs = {family.name: where.name for where, those in game.solve(optimal="resident").items() for family in those}
    pair = solve(problem, "stable").pair
    assert {row: int(problem.provider[one]) for row, one in enumerate(pair.tolist()) if one >= 0} == theirs


def blocks(problem: Problem, pair: np.ndarray, one: int) -> bool:
    """One pair, said plainly: liked better, and enough seats once those behind are sent away."""
    family, provider = problem.family[one], problem.provider[one]

    def stands(other: int) -> tuple[float, float, int]:
        return problem.priority[problem.family[other]], problem.score[other], -problem.family[other]

    have = problem.score[pair[family]] if pair[family] >= 0 else -np.inf
    ahead = [other for other in pair[pair >= 0] if problem.provider[other] == provider and stands(other) > stands(one)
             and problem.family[other] != family]
    used = problem.demand[problem.family[ahead]].sum(axis=0)
    room = (problem.demand[family] + used <= problem.seats[provider]).all()
    return bool(problem.score[one] > have + 1e-12 and room)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**6), children=st.integers(1, 3))
def test_blocking_pairs_are_counted_as_one_by_one(seed: int, children: int) -> None:
    problem = random_problem(seed, children, families=10, providers=4)
    fits = locks.usable(problem)
    plans = [baselines.greedy(problem), baselines.first_come(problem)]
    for plan in [*plans, *(solve(problem, policy).pair for policy in ("coverage", "stable"))]:
        plain = sum(blocks(problem, plan, one) for one in np.flatnonzero(fits))
        assert deferred.blocking_pairs(problem, plan, fits) == plain


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6))
def test_where_both_sides_go_by_one_score_the_best_pair_first_is_stable(seed: int) -> None:
    problem = single_band(seed)
    alike = Problem(problem.family, problem.provider, problem.score, problem.demand, problem.seats)
    assert baselines.greedy(alike).tolist() == solve(alike, "stable").pair.tolist()
