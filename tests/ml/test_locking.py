"""Locks that a file names: which can stay, which rows are bad, and what each costs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ml import assignment, locking
from ml.assignment import Problem
from ml.tables import TableError

FAMILIES, PROVIDERS = ["f", "f", "g", "h"], ["p", "q"]  # the first family's two children may part


def asked() -> Problem:
    return Problem([0, 1, 2, 3, 3], [0, 0, 0, 0, 1], [0.5, 0.6, 0.7, 0.8, 0.1], np.ones((4, 1)), [[2], [1]])


def read(tmp_path: Path, *lines: str) -> tuple[locking.Locks, int, list[str]]:
    path, said = tmp_path / "L.csv", list[str]()
    path.write_text("\n".join(["family_ref,provider_ref", *lines]) + "\n", encoding="utf-8")
    found, bad = locking.read(path, asked(), FAMILIES, PROVIDERS, said.append)
    return found, bad, said


def test_all_units_of_a_family_stay(tmp_path: Path) -> None:
    found, bad, said = read(tmp_path, "f,p")
    assert (found.pairs.tolist(), bad, said) == ([0, 1], 0, [])
    assert found.named == {0: ("f", "p"), 1: ("f", "p")}


@pytest.mark.parametrize(("lines", "kept", "said"), [
    (["g,q"], [], "L.csv:2 provider_ref: not a candidate of the plan"),
    (["nobody,p"], [], "L.csv:2 provider_ref: not a candidate of the plan"),
    (["f,p", "g,p"], [0, 1], "L.csv:3 provider_ref: no seats are left"),
    (["h,p", "h,q"], [3], "L.csv:3 family_ref: the same as in line 2"),
])
def test_a_lock_that_cannot_stay_is_a_bad_row(tmp_path: Path, lines: list[str], kept: list[int], said: str) -> None:
    found, bad, heard = read(tmp_path, *lines)
    assert (found.pairs.tolist(), bad) == (kept, 1)
    assert heard[0].startswith(said)


def test_a_file_without_the_columns_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "L.csv"
    path.write_text("family\nf\n", encoding="utf-8")
    with pytest.raises(TableError, match="lacks the columns"):
        locking.read(path, asked(), FAMILIES, PROVIDERS, print)


def test_each_lock_is_told_with_what_the_plan_would_have_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, _, said = read(tmp_path, "h,p", "g,p")
    locked = replace(asked(), locks=found.pairs)
    plan = assignment.solve(locked)
    assert locking.told(locked, plan, found, said.append) == [
        {"family_ref": "h", "provider_ref": "p", "children_more": 1, "score_more": -0.1},
        {"family_ref": "g", "provider_ref": "p", "children_more": 0, "score_more": 0.0},
    ]
    monkeypatch.setattr(locking, "SECONDS", 0.0)
    assert locking.told(locked, plan, found, said.append) == []
    assert said == ["2 locks have no price: 0 s were over"]
