"""Small problems of assignment, and every plan of them, by trying everything."""

from __future__ import annotations

from itertools import product

import numpy as np

from ml.assignment import Problem


def random_problem(
    seed: int, most_children: int = 1, families: int = 5, providers: int = 3, seats: int = 3
) -> Problem:
    """Two age bands, fewer than `seats` of each provider in each. Scores have three decimals: some are equal."""
    dice = np.random.default_rng(seed)
    family, provider = np.nonzero(dice.random((families, providers)) < 0.7)
    demand = np.zeros((families, 2), dtype=np.int64)
    for row in demand:
        for _ in range(dice.integers(1, most_children + 1)):
            row[dice.integers(0, 2)] += 1
    return Problem(
        family, provider, dice.random(len(family)).round(3), demand, dice.integers(0, seats, (providers, 2)),
        dice.integers(0, 3, families).astype(float),
    )


def seats_used(problem: Problem, pairs: list[int]) -> np.ndarray:
    """(n, b)"""
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
    """What a policy compares plans by."""
    score = float(problem.score[pairs].sum())
    if policy == "score":
        return (score,)
    family = problem.family[pairs]
    levels = np.zeros(len(problem.demand), dtype=np.int64)
    if problem.priority is not None:
        levels = np.unique(problem.priority, return_inverse=True)[1]
    return float(problem.demand[family].sum()), float(levels[family].sum()), score


def best_merit(problem: Problem, policy: str) -> tuple[float, ...]:
    """Of all plans."""
    return max(merit(problem, policy, plan) for plan in every_plan(problem))


def chosen(pair: np.ndarray) -> list[int]:
    """The pairs of a plan."""
    return [one for one in pair.tolist() if one >= 0]
