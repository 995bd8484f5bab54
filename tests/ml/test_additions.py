"""What a provider could add to a plan: held against the rules and the solver, made anew on the whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import population
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml import additions, assignment, constraints, frames, pipeline, schedule
from ml.additions import Effort, Found, Sides
from ml.assignment import Problem
from ml.changes import offers
from ml.changes.needs import World
from ml.frames import Child, Children, Provider, Providers, Rules

ON = population.ON
CHILD = Child("c", "f", date(2025, 6, 1), ON, -12.0, -77.0, 3.0, 100.0, schedule=schedule.parse("mon-fri 07:00-16:00"))
HOME = Provider("p", "150132", "approved", ON + timedelta(days=400), -12.0, -77.0, 90.0, seats=(1, 1, 1, 1),
                schedule=schedule.parse("mon-fri 06:00-18:00"))
WHOLE = Effort(plans=1_000, seconds=1e9)  # however busy the machine is


def families(count: int, **changes: object) -> list[Child]:
    return [replace(CHILD, ref=f"c{one}", family=f"f{one}", **changes) for one in range(count)]


def problem(children: Children, providers: Providers, locks: Sequence[int] | None = None) -> Problem:
    """All that the rules let go where they want; locks are places among these pairs."""
    world = World.of(children, providers, Rules(), pipeline.units(children))
    unit, provider = np.nonzero(~world.any(world.judged(world.children).stops > 0))
    demand = constraints.group_demand(world.children)[world.first]
    return Problem(unit, provider, np.ones(len(unit)), demand, providers.seats,
                   locks=None if locks is None else np.array(locks))


def helped(
    people: Sequence[Child], others: Sequence[Provider], effort: Effort = WHOLE,
    locks: Sequence[int] | None = None,
) -> Found:
    children, providers = frames.children(people), frames.providers(others)
    asked = problem(children, providers, locks)
    sides = Sides(children, providers, Rules(), pipeline.units(children))
    return additions.for_plan(sides, asked, assignment.solve(asked), effort)


def told(found: Found) -> list[tuple[int, str, str, int, int, int | None]]:
    return [(one.addition.provider, one.addition.kind, one.addition.what, one.addition.amount,
             len(one.addition.units), one.placed) for one in found.helps]


def test_one_more_seat_places_one_more_child_and_no_more() -> None:
    found = helped(families(3), [replace(HOME, seats=(0, 1, 0, 0)), replace(HOME, ref="q", seats=(0, 0, 0, 0))])
    assert told(found) == [(0, "seat", "12_23m", 1, 2, 1), (1, "seat", "12_23m", 1, 2, 1)]
    assert found.looked == 2


def test_a_place_whose_seats_the_plan_gives_away_is_asked_for_one_more() -> None:
    found = helped(families(3), [HOME])
    assert [(kind, units, placed) for _, kind, _, _, units, placed in told(found)] == [("seat", 2, 1)]
    assert found.looked == 2


def test_hours_and_training_are_counted_with_their_seats() -> None:
    late = replace(HOME, schedule=schedule.parse("mon-fri 08:00-16:00"), needs=("asthma",))
    assert told(helped(families(1, needs=("asthma",)), [late, replace(HOME, ref="q")])) == [
        (1, "training", "asthma", 1, 1, 1), (0, "hours", "mon-fri 07:00-08:00", 300, 1, 1),
    ]


def test_an_addition_that_places_nobody_more_is_left_out_and_one_that_was_not_asked_is_told_without_a_count() -> None:
    apart = [replace(CHILD, family="f"), replace(CHILD, ref="d", family="f")]
    assert helped(apart, [replace(HOME, seats=(0, 0, 0, 0))]).helps == []
    (one,) = helped(families(3), [HOME], Effort(plans=0)).helps
    assert one.placed is None


def test_no_addition_brings_together_whom_a_person_parted() -> None:
    children, providers = frames.children(families(2)), frames.providers([replace(HOME, seats=(0, 0, 0, 0))])
    asked, units = problem(children, providers), pipeline.units(children)
    plan = assignment.solve(asked)
    parted = Sides(children, providers, Rules(), units, frozenset({(0, 0)}))
    (one,) = additions.for_plan(parted, asked, plan, WHOLE).helps
    assert (one.addition.units, one.addition.children, one.placed) == ((1,), 1, 1)
    nobody = frozenset({(0, 0), (1, 0)})
    assert additions.for_plan(Sides(children, providers, Rules(), units, nobody), asked, plan).helps == []


def test_a_locked_family_keeps_its_place() -> None:
    found = helped(families(2), [HOME], locks=[1])
    assert [one.addition.units for one in found.helps] == [(0,)]
    assert [one.placed for one in found.helps] == [1]


def test_where_all_have_a_place_or_nobody_waits_or_offers_there_is_nothing_to_add() -> None:
    assert helped(families(1), [HOME]) == Found([], 0)
    assert helped([], [HOME]) == Found([], 0)
    assert helped(families(2), []) == Found([], 2)


def test_no_more_units_are_looked_at_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(additions, "LOOK", 2)
    assert helped(families(4), [HOME]).looked == 2


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_as_many_more_are_placed_as_by_a_plan_of_the_changed_world(seed: int) -> None:
    children, providers = population.made(14, 8, seed)
    units = pipeline.units(children)
    asked = problem(children, providers)
    plan = assignment.solve(asked)
    for one in additions.for_plan(Sides(children, providers, Rules(), units), asked, plan, WHOLE).helps:
        changed = problem(children, offers.made(providers, one.addition))
        assert one.placed == assignment.solve(changed).placed - plan.placed
        assert all(plan.pair[unit] < 0 for unit in one.addition.units)
