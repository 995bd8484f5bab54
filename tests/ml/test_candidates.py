"""Asking the rules in turn, each of what is left, finds what asking every rule about every pair lets pass."""

from __future__ import annotations

import dataclasses
import random

import numpy as np
import population
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml import candidates, constraints, frames, pipeline
from ml.constraints import RULES
from ml.frames import Child, Provider, Rules


def people(seed: int) -> tuple[list[Child], list[Provider], Rules]:
    """Both sides with holes and wishes of every kind, and what an NGO may have decided."""
    dice = random.Random(seed)
    rows, others = population.people(20, 50, seed)
    holes = ({}, {}, {"latitude": None}, {"max_km": None}, {"max_fee": None}, {"language_required": True},
             {"excluded": frozenset({"p0003", "p0004"})}, {"birth": population.ON.replace(year=2015)})
    gaps = ({}, {}, {}, {"longitude": None}, {"fee": None}, {"languages": ()}, {"away": (population.ON, None)},
            {"status": "conditional"})
    rules = Rules(
        unknown_may_pass=frozenset(name for name in RULES if dice.random() < 0.4), subsidy=dice.choice([0.0, 60.0]),
        conditional_may_match=dice.random() < 0.5, vetting_margin_days=dice.choice([0, 40]),
    )
    return (
        [dataclasses.replace(one, **dice.choice(holes)) for one in rows],
        [dataclasses.replace(one, **dice.choice(gaps)) for one in others], rules,
    )


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6))
def test_the_rules_in_turn_leave_what_all_of_them_let_pass(seed: int) -> None:
    rows, others, rules = people(seed)
    children, providers = frames.children(rows), frames.providers(others)
    units = pipeline.units(children)
    free = constraints.judge(children, providers, rules).admissible
    for unit in units:
        free[list(unit)] = free[list(unit)].all(axis=0)
    found = candidates.find(children, providers, rules, units)
    assert [found.providers_of(child).tolist() for child in range(len(rows))] == [
        np.flatnonzero(row).tolist() for row in free
    ]


def test_every_rule_has_its_turn() -> None:
    assert sorted(candidates.ORDER) == sorted(RULES)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6))
def test_a_listed_pair_has_the_very_distance_it_has_among_all(seed: int) -> None:
    rows, others, rules = people(seed)
    children, providers = frames.children(rows), frames.providers(others)
    found = candidates.find(children, providers, rules, pipeline.units(children))
    every = constraints.pair_up(children, providers, rules)
    assert np.array_equal(found.pairs.km, every.km[found.pairs.listed], equal_nan=True)


def test_where_pairs_stand() -> None:
    children, providers = population.made(30, 200)
    found = candidates.find(children, providers, Rules(), pipeline.units(children))
    child, provider = found.pairs.listed
    assert len(child) > 5
    assert found.find(child, provider).tolist() == list(range(len(child)))
    shut = constraints.judge(children, providers, Rules()).stops > 0
    assert set(found.find(*np.nonzero(shut)).tolist()) == {-1}


def test_pairs_of_all_with_all_are_no_list() -> None:
    with pytest.raises(ValueError, match="listed"):
        _ = constraints.pair_up(*population.made(2, 2), Rules()).listed
