"""Taken apart, in any order, in any number of processes: always the same plan."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from brute import chosen, merit, random_problem
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.assign import components, flow, locks, pool, program
from ml.assign.components import Split
from ml.assign.part import Part
from ml.assignment import Problem, solve
from tests.bench.instances import Shape, make


def beside(problem: Problem, other: Problem) -> Problem:
    """Two problems that share nothing, as one."""
    return Problem(
        np.concatenate([problem.family, other.family + len(problem.demand)]),
        np.concatenate([problem.provider, other.provider + len(problem.seats)]),
        np.concatenate([problem.score, other.score]), np.concatenate([problem.demand, other.demand]),
        np.concatenate([problem.seats, other.seats]), np.concatenate([problem.priority, other.priority]),
    )


def in_one_piece(problem: Problem) -> Part:
    """The whole problem as a single part, whatever it is made of."""
    pairs = np.flatnonzero(locks.usable(problem))
    return Part(
        pairs, np.arange(len(problem.seats)), problem.family[pairs], problem.provider[pairs], problem.score[pairs],
        problem.demand, problem.seats, components.levels(problem), coverage=True,
    )


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10**6), children=st.integers(1, 3))
def test_solving_components_is_solving_the_whole(seed: int, children: int) -> None:
    problem = beside(random_problem(seed, children, 8), random_problem(seed + 1, children, 8))
    part = in_one_piece(problem)
    whole = flow.solve(part) if children == 1 else program.solve(part, 60.0)
    assert part.totals(whole.pair[whole.pair >= 0]) == pytest.approx(
        merit(problem, "coverage", chosen(solve(problem).pair)), abs=1e-9
    )


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**6), children=st.integers(1, 3), policy=st.sampled_from(["coverage", "score", "stable"]))
def test_the_order_of_the_pairs_does_not_matter(seed: int, children: int, policy: str) -> None:
    problem = random_problem(seed, children, 10)
    order = np.random.default_rng(seed).permutation(len(problem.family))
    mixed = replace(problem, family=problem.family[order], provider=problem.provider[order],
                    score=problem.score[order])
    there = solve(mixed, policy).pair
    assert np.where(there >= 0, order[there], -1).tolist() == solve(problem, policy).pair.tolist()


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**6), children=st.integers(1, 3), policy=st.sampled_from(["coverage", "score", "stable"]))
def test_providers_in_another_order_get_the_same_families(seed: int, children: int, policy: str) -> None:
    problem = random_problem(seed, children, 8)
    dice = np.random.default_rng(seed)
    problem = replace(problem, score=dice.random(len(problem.score)))  # no ties: one plan is the best
    order = dice.permutation(len(problem.seats))
    place = np.argsort(order)
    moved = replace(problem, provider=place[problem.provider], seats=problem.seats[order])
    assert solve(moved, policy).pair.tolist() == solve(problem, policy).pair.tolist()


def test_ties_are_broken_the_same_way_each_time() -> None:
    problem = Problem(np.repeat(np.arange(6), 3), np.tile(np.arange(3), 6), np.full(18, 0.5), np.ones((6, 1)),
                      np.full((3, 1), 1))
    plans = {tuple(solve(problem, policy).pair.tolist()) for policy in ("coverage", "score") for _ in range(3)}
    assert len(plans) <= 2
    assert all(solve(problem, processes=count).pair.tolist() == solve(problem).pair.tolist() for count in (1, 2, 3))


@pytest.mark.parametrize("shape", [Shape(2_000, bands=4), Shape(600, siblings=True, bands=4, priorities=3)])
def test_side_by_side_is_as_one_by_one(shape: Shape) -> None:
    problem = make(shape)
    parts = components.split(problem, locks.usable(problem), coverage=True)
    if parts.single and len(parts.single) < 2:  # a chunk is large: cut this one, so that there is something to share
        parts = Split([*parts.single, *parts.single], parts.siblings)
    alone = pool.run(parts, pool.How(600.0, processes=1))
    shared = pool.run(parts, pool.How(600.0, processes=2))
    plans = [sorted((int(part.pairs[0]), *done.pair.tolist()) for part, done in found) for found in (alone, shared)]
    assert plans[0] == plans[1]


def test_small_parts_of_single_children_are_put_together_and_siblings_never() -> None:
    problem = make(Shape(9_000, siblings=True, bands=4))
    parts = components.split(problem, locks.usable(problem), coverage=True)
    assert len(parts.single) == 1
    assert len(parts.siblings) > 10
    assert sum(len(part) for part in [*parts.single, *parts.siblings]) == locks.usable(problem).sum()
    assert all((part.children <= 1).all() for part in parts.single)
