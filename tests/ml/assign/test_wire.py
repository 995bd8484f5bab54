"""Parts that travel: what comes back is what would have been found here, and the plan is the same."""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
import pytest
from brute import random_problem
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.assign import components, flow, locks, program, wire
from ml.assign.part import Done
from ml.assign.pool import Elsewhere
from ml.assignment import Problem, solve
from tests.bench.instances import Shape, make


def here(parcels: Sequence[bytes]) -> list[bytes]:
    """Workers elsewhere that are here."""
    return [wire.solved(parcel) for parcel in parcels]


def same(one: Done, other: Done) -> bool:
    prices = [np.zeros(0) if done.prices is None else done.prices for done in (one, other)]
    return one.pair.tolist() == other.pair.tolist() and one.bound == other.bound and np.array_equal(*prices)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**6), children=st.integers(1, 3), coverage=st.booleans(), prices=st.booleans())
def test_what_comes_back_is_what_is_found_here(seed: int, children: int, coverage: bool, prices: bool) -> None:
    problem = random_problem(seed, children, 10)
    split = components.split(problem, locks.usable(problem), coverage)
    for parts, solver in ((split.single, flow.solve_all), (split.siblings, program.solve_all)):
        if parts:
            back = wire.unpacked(wire.solved(wire.packed(solver, parts, 60.0, prices)), parts)
            assert all(map(same, back, solver(parts, 60.0, prices)))


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6), children=st.integers(1, 3), policy=st.sampled_from(["coverage", "score", "stable"]))
def test_a_plan_made_elsewhere_is_the_plan_made_here(seed: int, children: int, policy: str) -> None:
    problem = random_problem(seed, children, 10)
    there, alone = solve(problem, policy, processes=Elsewhere(here, 2)), solve(problem, policy, processes=1)
    assert (there.pair.tolist(), there.bound, there.gap) == (alone.pair.tolist(), alone.bound, alone.gap)


@pytest.mark.parametrize("shape", [Shape(3_000, bands=4), Shape(250, siblings=True, bands=4, priorities=3)])
def test_many_components_are_shared_out_and_make_the_same_plan(shape: Shape) -> None:
    problem = make(shape)
    there, alone = (solve(problem, processes=how, prices=True) for how in (Elsewhere(here, 3), 1))
    assert there.pair.tolist() == alone.pair.tolist()
    assert np.array_equal(there.prices, alone.prices)


def test_where_nobody_answers_the_plan_is_made_here() -> None:
    def silent(parcels: Sequence[bytes]) -> list[bytes]:
        raise TimeoutError

    problem = make(Shape(200, siblings=True, bands=4))
    assert solve(problem, processes=Elsewhere(silent, 2)).pair.tolist() == solve(problem, processes=1).pair.tolist()


def test_a_parcel_tells_its_time_limit() -> None:
    problem = random_problem(1, 2, 10)
    parts = components.split(problem, locks.usable(problem), coverage=True).siblings
    assert wire.seconds(wire.packed(program.solve_all, parts, 12.5, False)) == 12.5


def test_an_empty_problem_sends_nothing() -> None:
    none = np.zeros(0, dtype=np.int64)
    problem = Problem(none, none, none.astype(float), np.ones((2, 1)), np.ones((1, 1)))
    assert solve(problem, processes=Elsewhere(here, 2)).pair.tolist() == [-1, -1]


def test_a_parcel_holds_nothing_that_runs() -> None:
    forged = io.BytesIO()
    np.savez(forged, solver=np.array([{}], dtype=object))
    with pytest.raises(ValueError, match="allow_pickle"):
        wire.solved(forged.getvalue())
