"""The hard rules against the same rules said plainly, pair by pair."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta

import numpy as np
import oracle
import population
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml import constraints, evidence, frames, schedule
from ml.frames import Child, Provider, Rules

ON = population.ON


@settings(max_examples=46, deadline=None)
@given(st.integers(0, 10**6))
def test_no_rule_is_ever_broken_and_none_is_invented(seed: int) -> None:
    rows, others = population.unclear(*population.people(44, 50, seed), seed)  # 46 times 2,200: over 100,000 pairs
    rules = population.rules(seed)
    verdicts = constraints.judge(frames.children(rows), frames.providers(others), rules)
    every = [oracle.results(child, together, provider, rules)
             for child, together in zip(rows, oracle.households(rows), strict=True) for provider in others]
    for name, found in verdicts.by_rule.items():
        said = np.array(constraints.RESULTS)[found.ravel()].tolist()
        assert said == [results[name] for results in every], name
    assert verdicts.admissible.ravel().tolist() == [not oracle.stopping(results, rules) for results in every]


@pytest.mark.parametrize("rule", oracle.RULES)
def test_each_rule_passes_and_fails_somewhere(rule: str) -> None:
    rows, others = population.unclear(*population.people(44, 50), 7)
    found = constraints.judge(frames.children(rows), frames.providers(others), Rules()).by_rule[rule]
    unknown = {constraints.UNKNOWN} if rule not in ("seats", "special_needs", "conflict") else set()
    assert set(np.unique(found).tolist()) == {constraints.FAIL, constraints.PASS} | unknown


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6))
def test_a_pair_is_admissible_exactly_where_no_failure_is_told(seed: int) -> None:
    children, providers = population.made(10, 15, seed)
    verdicts = constraints.judge(children, providers, Rules())
    told = {(one.child, one.provider) for one in evidence.refusals(children, providers, Rules())}
    assert told == set(map(tuple, np.argwhere(~verdicts.admissible).tolist()))


def one_pair(child: dict[str, object], provider: dict[str, object], rules: Rules | None = None) -> dict[str, str]:
    """Rule → result of what stands in the way of a pair that fits but for the changes given."""
    week = schedule.parse("mon-fri 08:00-16:00")
    needs = Child(
        "c", "f", date(2025, 6, 1), ON, -12.0, -77.0, 3.0, 200.0, schedule=week, languages=("quy",),
        language_required=True,
    )
    offer = Provider(
        "p", "150132", "approved", ON + timedelta(days=90), -12.0, -77.0, 100.0, schedule=week, seats=(1, 1, 1, 1),
        languages=("es", "quy"),
    )
    children = frames.children([dataclasses.replace(needs, **child)])
    providers = frames.providers([dataclasses.replace(offer, **provider)])
    return {one.rule: one.result for one in evidence.refusals(children, providers, rules or Rules())}


def test_a_pair_that_fits() -> None:
    assert one_pair({}, {}) == {}


@pytest.mark.parametrize(("child", "provider", "found"), [
    ({}, {"status": "suspended"}, {"vetting": "fail"}),
    ({}, {"status": "conditional"}, {"vetting": "fail"}),
    ({}, {"valid_until": ON - timedelta(days=1)}, {"vetting": "fail"}),
    ({}, {"valid_until": None}, {"vetting": "unknown"}),
    ({}, {"seats": (1, 0, 1, 1)}, {"seats": "fail"}),
    ({"birth": date(2015, 1, 1)}, {}, {"seats": "fail"}),
    ({}, {"away": (ON, None)}, {"seats": "fail"}),
    ({}, {"away": (ON + timedelta(days=1), None)}, {}),
    ({}, {"status": "on_leave", "away": (ON - timedelta(days=9), ON - timedelta(days=1))}, {}),
    ({}, {"schedule": schedule.parse("mon-fri 08:01-16:00")}, {"hours": "fail"}),
    ({}, {"schedule": schedule.Week()}, {"hours": "unknown"}),
    ({"schedule": schedule.Week()}, {}, {"hours": "unknown"}),
    ({}, {"fee": 200.01}, {"fee": "fail"}),
    ({}, {"fee": None}, {"fee": "unknown"}),
    ({"max_fee": None}, {}, {"fee": "unknown"}),
    ({"max_fee": None}, {"fee": 0.0}, {}),
    ({"needs": ("autism",)}, {"needs": ("asthma",)}, {"special_needs": "fail"}),
    ({"latitude": -12.1}, {}, {"distance": "fail"}),
    ({"latitude": None}, {}, {"distance": "unknown"}),
    ({}, {"languages": ("es",)}, {"language": "fail"}),
    ({"language_required": False}, {"languages": ("es",)}, {}),
    ({}, {"languages": ()}, {}),
    ({"excluded": frozenset({"p"})}, {}, {"conflict": "fail"}),
    ({"excluded": frozenset({"150132"})}, {}, {"conflict": "fail"}),
])
def test_each_rule_alone(child: dict[str, object], provider: dict[str, object], found: dict[str, str]) -> None:
    assert one_pair(child, provider) == found


def test_unknown_passes_only_where_the_ngo_says_so() -> None:
    assert one_pair({}, {"fee": None}, Rules(unknown_may_pass=frozenset({"fee"}))) == {}
    assert one_pair({}, {"fee": None}, Rules(unknown_may_pass=frozenset({"hours"}))) == {"fee": "unknown"}


def test_what_an_ngo_decides_changes_the_verdict() -> None:
    assert one_pair({}, {"status": "conditional"}, Rules(conditional_may_match=True)) == {}
    assert one_pair({}, {}, Rules(vetting_margin_days=91)) == {"vetting": "fail"}
    assert one_pair({}, {}, Rules(today=ON + timedelta(days=91))) == {"vetting": "fail"}
    assert one_pair({}, {"fee": 250.0, "accepts_subsidy": True}, Rules(subsidy=50.0)) == {}


def test_a_rule_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="colour"):
        one_pair({}, {}, Rules(unknown_may_pass=frozenset({"colour"})))


def test_a_conflict_names_nobody() -> None:
    children, providers = population.made(1, 1)
    excluded = dataclasses.replace(children, excluded=(frozenset({"p0000"}),))
    found = [one for one in evidence.refusals(excluded, providers, Rules()) if one.rule == "conflict"]
    assert (found[0].needed, found[0].offered) == ({}, {})


def test_nobody_on_either_side() -> None:
    children, providers = population.made(3, 3)
    assert constraints.judge(children, frames.providers([]), Rules()).admissible.shape == (3, 0)
    assert constraints.judge(frames.children([]), providers, Rules()).admissible.shape == (0, 3)


def test_a_negative_seat_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        frames.providers([Provider("p", seats=(0, -1, 0, 0))])
