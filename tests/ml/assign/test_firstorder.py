"""Relaxations too large to be solved to the last digit: their bounds hold, and plans made from them are near."""

from __future__ import annotations

import os

import numpy as np
import pytest
from brute import chosen, seats_used

from ml.assign import components, firstorder, locks, relaxation
from ml.assign.part import Part
from ml.assignment import Plan, Problem, solve
from tests.bench.instances import Shape, make


@pytest.fixture(scope="module")
def problem() -> Problem:
    """One city: what shares nothing with it is left out."""
    whole = make(Shape(1_000, siblings=True, bands=4, near=12, radius=60.0))
    label = components.labels(whole, locks.usable(whole))
    here = np.flatnonzero(label == np.bincount(label[label >= 0]).argmax())
    return Problem(whole.family[here], whole.provider[here], whole.score[here], whole.demand, whole.seats,
                   whole.priority)


@pytest.fixture(autouse=True)
def large(monkeypatch: pytest.MonkeyPatch, problem: Problem) -> None:
    """The city is large enough."""
    monkeypatch.setattr(relaxation, "LARGE", len(problem.family) // 2)


@pytest.fixture(scope="module")
def plan(problem: Problem) -> Plan:
    """The city's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(relaxation, "LARGE", len(problem.family) // 2)
        return solve(problem, processes=1)


def part_of(problem: Problem) -> Part:
    (part,) = components.split(problem, locks.usable(problem), coverage=True).siblings
    return part


@pytest.mark.parametrize("kind", [relaxation.counted, relaxation.guided])
def test_the_bound_is_true_and_near_that_of_the_solved_relaxation(
    problem: Problem, kind: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    part = part_of(problem)
    near = relaxation.relax(part, kind(part), 60.0)
    monkeypatch.setattr(relaxation, "LARGE", len(part) + 1)
    exact = relaxation.relax(part, kind(part), 60.0)
    assert exact.share.any()
    assert exact.ceiling * (1 - 1e-9) <= near.ceiling <= exact.ceiling * (1 + 1e-4)


def test_what_cannot_be_solved_in_time_is_brought_near(problem: Problem, monkeypatch: pytest.MonkeyPatch) -> None:
    part = part_of(problem)
    monkeypatch.setattr(relaxation, "LARGE", len(part) + 1)
    exact = relaxation.relax(part, relaxation.guided(part), 60.0)
    monkeypatch.setattr(relaxation, "EXACT", 1e-9)
    near = relaxation.relax(part, relaxation.guided(part), 60.0)
    assert near.share.any()
    assert exact.ceiling * (1 - 1e-9) <= near.ceiling <= exact.ceiling * (1 + 1e-4)


@pytest.mark.parametrize("steps", [1, 20])
def test_a_bound_is_true_wherever_the_steps_end(
    problem: Problem, plan: Plan, steps: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    part = part_of(problem)
    monkeypatch.setattr(firstorder, "LEAST_STEPS", steps)
    monkeypatch.setattr(firstorder, "MOST_STEPS", steps)
    early = relaxation.relax(part, relaxation.guided(part), 60.0)
    assert early.ceiling >= early.worth[np.isin(part.pairs, chosen(plan.pair))].sum()


def test_the_plan_of_a_large_part_is_near_its_bound_and_comes_out_twice(
    problem: Problem, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert plan.gap < 0.01
    assert (seats_used(problem, chosen(plan.pair)) <= problem.seats).all()
    monkeypatch.setattr(os, "cpu_count", lambda: 3)
    assert solve(problem).pair.tolist() == plan.pair.tolist()


def test_short_stretches_come_as_near(problem: Problem, monkeypatch: pytest.MonkeyPatch) -> None:
    part = part_of(problem)
    whole = relaxation.relax(part, relaxation.guided(part), 60.0)
    monkeypatch.setattr(firstorder, "STRETCH", 0)
    assert relaxation.relax(part, relaxation.guided(part), 60.0).ceiling <= whole.ceiling * (1 + 1e-4)


@pytest.mark.parametrize("seconds", [0.01, 0.5])
def test_a_large_part_has_a_plan_and_a_bound_whenever_time_is_up(problem: Problem, plan: Plan, seconds: float) -> None:
    soon = solve(problem, seconds=seconds)
    assert (seats_used(problem, chosen(soon.pair)) <= problem.seats).all()
    assert soon.bound >= plan.objective - 1e-9
