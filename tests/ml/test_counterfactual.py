"""Changes are made in the rows and the rules asked again: they open what they say, and nothing smaller does."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import population
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml import constraints, counterfactual, frames, pipeline, schedule
from ml.changes import fields, offers, rows
from ml.changes.fields import FIELDS, MOST, Change, Step
from ml.changes.needs import World
from ml.frames import Child, Children, Provider, Providers, Rules

ON = population.ON
SEEDS = st.integers(0, 10**6)
CHILD = Child("c", "f", date(2025, 6, 1), ON, -12.0, -77.0, 3.0, 100.0, schedule=schedule.parse("mon-fri 07:00-16:00"))


def world(seed: int) -> tuple[Children, Providers]:
    """A small population, with some providers on leave."""
    people, others = population.people(12, 14, seed)
    others = [replace(one, away=(ON, ON + timedelta(days=40 + place)) if place % 5 == 0 else (None, None))
              for place, one in enumerate(others)]
    return frames.children(people), frames.providers(others)


def opened(children: Children, providers: Providers, change: Change) -> set[int]:
    """By the rules themselves: the providers that are open to the unit once the change is made, and were not."""
    before = rows.take(children, np.array(change.unit))
    now = constraints.judge(before, providers, Rules()).admissible.all(axis=0)
    after = constraints.judge(fields.applied(children, change), providers, Rules()).admissible
    parted = any(step.field == "split" and step.by > 0 for step in change.steps)
    return set(np.flatnonzero((after.any(axis=0) if parted else after.all(axis=0)) & ~now).tolist())


def smaller(step: Step) -> list[float]:
    """Some amounts below a step's."""
    if step.field == "split":
        return [0.0]
    if step.field == "start_date":
        return [float(days) for days in range(int(step.by))]
    return [0.0, step.by / 2, step.by - 1.0] if step.field.endswith(("later", "earlier")) else [0.0, step.by * 0.9999]


def every_change(seed: int) -> list[tuple[Children, Providers, Change]]:
    children, providers = world(seed)
    found = counterfactual.for_families(children, providers, Rules(), pipeline.units(children), keep=50)
    return [(children, providers, change) for mine in found for change in mine]


@settings(max_examples=25, deadline=None)
@given(SEEDS)
def test_a_change_opens_exactly_what_it_says(seed: int) -> None:
    for children, providers, change in every_change(seed):
        assert change.providers
        assert opened(children, providers, change) == set(change.providers)
        assert change.cost == pytest.approx(sum(step.cost for step in change.steps))
        assert 1 <= len(change.steps) <= 2


@settings(max_examples=12, deadline=None)
@given(SEEDS)
def test_nothing_smaller_opens_anything(seed: int) -> None:
    for children, providers, change in every_change(seed):
        for place, step in enumerate(change.steps):
            for by in smaller(step):
                less = [replace(step, by=by) if one == place else other for one, other in enumerate(change.steps)]
                assert opened(children, providers, replace(change, steps=tuple(less))) == set()


@settings(max_examples=8, deadline=None)
@given(SEEDS)
def test_a_field_that_is_not_told_of_helps_nobody_alone(seed: int) -> None:
    children, providers = world(seed)
    units = pipeline.units(children)
    found = counterfactual.for_families(children, providers, Rules(), units, keep=50)
    for unit, mine in zip(units, found, strict=True):
        told = {change.steps[0].field for change in mine if len(change.steps) == 1}
        for field in set(FIELDS) - told - {"split"}:
            most = MOST[FIELDS.index(field)]
            for by in range(1, 181, 3) if field == "start_date" else [most / 2, most]:
                assert opened(children, providers, Change(unit, (Step(field, float(by)),), 0.0, ())) == set()


@settings(max_examples=20, deadline=None)
@given(SEEDS)
def test_who_the_children_are_is_never_changed(seed: int) -> None:
    for children, _, change in every_change(seed):
        before, after = rows.take(children, np.array(change.unit)), fields.applied(children, change)
        for column in ("birth", "latitude", "longitude", "needs", "language_required"):
            assert (getattr(before, column) == getattr(after, column)).all()
        assert [before.languages[row] for row in range(len(before))] == [
            after.languages[row] for row in range(len(after))
        ]


@settings(max_examples=25, deadline=None)
@given(SEEDS)
def test_an_addition_opens_its_provider_to_exactly_those_units(seed: int) -> None:
    children, providers = world(seed)
    units = pipeline.units(children)
    for addition in offers.every(World.of(children, providers, Rules(), units)):
        changed = offers.made(providers, addition)
        now, then = (constraints.judge(children, those, Rules()).admissible for those in (providers, changed))
        gained = [place for place, unit in enumerate(units)
                  if then[list(unit)].all(axis=0)[addition.provider] > now[list(unit)].all(axis=0)[addition.provider]]
        assert gained == list(addition.units)
        assert addition.children == sum(len(units[unit]) for unit in gained)
        others = np.arange(len(providers)) != addition.provider
        assert (then[:, others] == now[:, others]).all()


def one(**changes: object) -> Children:
    return frames.children([replace(CHILD, **changes)])


def offer(**changes: object) -> Provider:
    base = Provider("p", "150132", "approved", ON + timedelta(days=400), -12.0, -77.0, 90.0, seats=(1, 1, 1, 1),
                    schedule=schedule.parse("mon-fri 06:00-18:00"))
    return replace(base, **changes)


@pytest.mark.parametrize(("provider", "steps"), [
    ({"fee": 130.0}, (Step("max_fee", 30.0),)),
    ({"schedule": schedule.parse("mon-fri 07:45-18:00")}, (Step("start_later", 45.0),)),
    ({"schedule": schedule.parse("mon-fri 06:00-15:00")}, (Step("end_earlier", 60.0),)),
    ({"schedule": schedule.parse("mon-fri 07:30-15:30")}, (Step("start_later", 30.0), Step("end_earlier", 30.0))),
    ({"seats": (1, 0, 1, 1)}, ()),  # two years old in more than half a year
    ({"seats": (1, 1, 1, 1), "away": (ON, ON + timedelta(days=9))}, (Step("start_date", 10.0),)),
    ({"fee": 120.0, "away": (ON, ON + timedelta(days=6))}, (Step("max_fee", 20.0), Step("start_date", 7.0))),
    ({"status": "suspended"}, ()), ({"schedule": schedule.Week()}, ()), ({"fee": None}, ()), ({"fee": 900.0}, ()),
    ({}, ()),
])
def test_what_one_family_could_change(provider: dict[str, object], steps: tuple[Step, ...]) -> None:
    providers = frames.providers([offer(**provider)])
    found = counterfactual.for_families(one(), providers, Rules(), [(0,)])
    assert [change.steps for change in found[0]] == ([steps] if steps else [])


def test_siblings_who_part_find_two_places() -> None:
    twins = [replace(CHILD, ref=ref) for ref in "ab"]
    providers = frames.providers([offer(ref="p"), offer(ref="q"), offer(ref="r", seats=(0, 0, 0, 0))])
    (mine,) = counterfactual.for_families(frames.children(twins), providers, Rules(), [(0, 1)])
    assert [(change.steps, change.providers) for change in mine] == [((Step("split", 1.0),), (0, 1))]


def test_nobody_waits_and_nobody_offers() -> None:
    children, providers = population.made(3, 3)
    assert counterfactual.for_families(children, providers, Rules(), []) == []
    assert counterfactual.for_families(children, frames.providers([]), Rules(), [(0,), (1, 2)]) == [[], []]
