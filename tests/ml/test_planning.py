"""The plan of a run: its problem from what was ranked, and its two files."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import population
import pytest

from ml import frames, planning
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


def test_siblings_are_one_row_of_the_problem() -> None:
    asked = planning.problem(*waiting())
    assert asked.demand.tolist() == [[2, 0, 0, 0], [1, 0, 0, 0]]
    assert asked.family.tolist() == [0, 1, 1]


def test_each_child_of_the_unit_gets_its_provider_and_score() -> None:
    solved = planning.solve(*waiting())
    assert solved.given == {0: (0, 0.5), 1: (0, 0.5), 2: (1, 0.4)}
    assert solved.crowded[0] == 1
    assert solved.crowded[1] == 0


def test_both_files(tmp_path: Path) -> None:
    solved = planning.solve(*waiting())
    planning.write(tmp_path / "PLAN.csv", [("a", "c0"), ("b", "c2")], {0: ("p", 0.5)}, solved, {"stages": {}})
    with (tmp_path / "PLAN.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert rows == [list(planning.HEADER), ["a", "c0", "p", "0.500000000000"], ["b", "c2", "", ""]]
    totals = json.loads((tmp_path / "PLAN.json").read_text(encoding="utf-8"))
    assert {"placed", "unplaced", "objective", "bound", "gap", "blocking_pairs", "seconds"} <= set(totals)
    assert totals["aims"]["score"]["reached"] == pytest.approx(0.9)


def test_nobody_waits() -> None:
    nobody = planning.solve(Waiting(), frames.children([]), frames.providers([]))
    assert (nobody.plan.placed, nobody.given, nobody.crowded) == (0, {}, (0, 0))
