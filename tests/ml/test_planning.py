"""The plan of a run: its problem from what was ranked, and its two files."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import oracle
import population
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml import assignment, frames, pipeline, planning
from ml.passages import Corpus, Passage
from ml.planning import Waiting

ON = population.ON


def waiting() -> tuple[Waiting, frames.Children, frames.Providers]:
    """Three children of two families, two providers with one seat for each band."""
    rows, _ = population.people(3, 0)
    babies = [frames.Child(row.ref, family, ON.replace(year=2026, month=3), ON) for row, family in zip(
        rows, ("a", "a", "b"), strict=True
    )]
    offers = frames.providers([frames.Provider(ref, seats=(2, 0, 0, 0)) for ref in ("p", "q")])
    found = Waiting([(0, 1), (2,)], [np.array([0, 1, 1])], [np.array([0, 0, 1])], [np.array([0.5, 0.9, 0.4])])
    return found, frames.children(babies), offers


def solved_of(found: Waiting, children: frames.Children, offers: frames.Providers) -> planning.Solved:
    return planning.solve(found, planning.problem(found, children, offers))


def test_siblings_are_one_row_of_the_problem() -> None:
    asked = planning.problem(*waiting())
    assert asked.demand.tolist() == [[2, 0, 0, 0], [1, 0, 0, 0]]
    assert asked.family.tolist() == [0, 1, 1]


def test_each_child_of_the_unit_gets_its_provider_and_score() -> None:
    solved = solved_of(*waiting())
    assert solved.given == {0: (0, 0.5), 1: (0, 0.5), 2: (1, 0.4)}
    assert solved.crowded[0] == 1
    assert solved.crowded[1] == 0


def test_both_files(tmp_path: Path) -> None:
    solved = solved_of(*waiting())
    planning.write(tmp_path / "PLAN.csv", [("a", "c0"), ("b", "c2")], {0: ("p", 0.5)}, solved, {"stages": {}})
    with (tmp_path / "PLAN.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert rows == [list(planning.HEADER), ["a", "c0", "p", "0.500000000000"], ["b", "c2", "", ""]]
    totals = json.loads((tmp_path / "PLAN.json").read_text(encoding="utf-8"))
    assert {"placed", "unplaced", "objective", "bound", "gap", "blocking_pairs", "seconds"} <= set(totals)
    assert totals["aims"]["score"]["reached"] == pytest.approx(0.9)


def test_nobody_waits() -> None:
    nobody = solved_of(Waiting(), frames.children([]), frames.providers([]))
    assert (nobody.plan.placed, nobody.given, nobody.crowded) == (0, {}, (0, 0))


@pytest.mark.parametrize("policy", assignment.POLICIES)
@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6))
def test_from_rules_to_plan_no_rule_is_broken_and_no_seat_given_twice(policy: str, seed: int) -> None:
    rows, others = population.unclear(*population.people(24, 40, seed), seed)
    rules, nothing = population.rules(seed), Passage((), np.eye(1, 4, dtype=np.float32))
    request = pipeline.Request(
        frames.children(rows), frames.providers(others), [nothing] * len(rows),
        Corpus.of([nothing] * len(others)), rules,
    )
    answer, found = pipeline.rank(request), Waiting()
    found.add(answer.units, answer.choices, range(len(rows)))
    asked = planning.problem(found, request.children, request.providers)
    plan, households = assignment.solve(asked, policy), oracle.households(rows)
    left = [list(one.seats) for one in others]
    for unit, pair in zip(answer.units, plan.pair.tolist(), strict=True):
        for row in unit if pair >= 0 else ():
            provider = int(asked.provider[pair])
            assert not oracle.stopping(
                oracle.results(rows[row], households[row], others[provider], rules), rules
            )
            left[provider][oracle.band(rows[row].birth, rows[row].start)] -= 1
    assert min(map(min, left)) >= 0
    assert plan.placed == sum(len(unit) for unit, pair in zip(answer.units, plan.pair, strict=True) if pair >= 0)
