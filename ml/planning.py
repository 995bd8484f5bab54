"""The capacity-aware plan of a whole run: its problem from what was ranked, and its two files."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from ml import assignment, retrieval, tables
from ml.assign import orders
from ml.assign.pool import Elsewhere
from ml.assignment import Plan, Problem
from ml.candidates import Unit
from ml.frames import BANDS, Children, Providers
from ml.pipeline import Choices

HEADER = ("family_ref", "child_ref", "provider_ref", "score")


@dataclass
class Waiting:
    """Units, in rows of the whole run, and their admissible pairs, gathered block by block."""

    units: list[Unit] = field(default_factory=list)
    family: list[np.ndarray] = field(default_factory=list)
    provider: list[np.ndarray] = field(default_factory=list)
    score: list[np.ndarray] = field(default_factory=list)

    def add(self, units: Sequence[Unit], choices: Choices, rows: Sequence[int], most: int | None = None) -> None:
        """What one block found; `rows` are its children's rows in the whole run. The `most` best of a unit are kept."""
        first, places = choices.first, np.arange(len(choices.provider))
        if most is not None and np.diff(first).max(initial=0) > most:
            first, places = retrieval.top_k(first, choices.score, choices.provider, most)
            places = np.sort(places)
        self.family.append((np.repeat(np.arange(len(units)), np.diff(first)) + len(self.units)).astype(np.int32))
        self.provider.append(choices.provider[places].astype(np.int32))
        self.score.append(choices.score[places])
        self.units += [tuple(rows[child] for child in group) for group in units]


def problem(waiting: Waiting, children: Children, providers: Providers) -> Problem:
    """Which unit could go where."""
    demand = np.zeros((len(waiting.units), len(BANDS)), dtype=np.int64)
    unit = np.repeat(np.arange(len(waiting.units)), [len(rows) for rows in waiting.units])
    band = children.band[np.fromiter(chain.from_iterable(waiting.units), dtype=np.int64)]
    np.add.at(demand, (unit[band >= 0], band[band >= 0]), 1)
    none = np.zeros(0)
    return Problem(
        family=np.concatenate([*waiting.family, none.astype(np.int32)]),
        provider=np.concatenate([*waiting.provider, none.astype(np.int32)]),
        score=np.concatenate([*waiting.score, none]), demand=demand, seats=providers.seats,
    )


@dataclass(frozen=True)
class Solved:
    """The plan, for each child's row who takes it and with what score, and how many children first choices leave over.

    `worths` (m,) are the scores of the pairs minus the prices of the seats they would use. `crowded` counts children
    without a seat if every family went to its first choice: the first by score, and the first by worth.
    """

    plan: Plan
    given: dict[int, tuple[int, float]]
    worths: np.ndarray
    crowded: tuple[int, int]


def write(path: Path, everyone: Sequence[tuple[str, str]], given: Mapping[int, tuple[str, float]],
          solved: Solved, run: Mapping[str, Any]) -> None:
    """PLAN.csv with a row for each child of the file, and the totals beside it as JSON.

    `given` says by the child's place among `everyone` who takes it, and with what score; `run` is told with the totals.
    """
    tables.write(path, HEADER, (
        (*child, given[place][0], f"{given[place][1]:.12f}") if place in given else (*child, "", "")
        for place, child in enumerate(everyone)
    ))
    with tables.whole(path.with_suffix(".json")) as file:
        file.write(json.dumps(_totals(solved, len(everyone)) | dict(run), indent=2) + "\n")


def _totals(solved: Solved, children: int) -> dict[str, Any]:
    plan = solved.plan
    return {
        "placed": plan.placed, "unplaced": children - plan.placed, "objective": plan.objective,
        "bound": plan.bound, "gap": plan.gap, "blocking_pairs": plan.blocking_pairs,
        "seconds": round(plan.seconds, 4),
        "aims": {aim.name: {"reached": aim.reached, "bound": aim.bound} for aim in plan.aims},
        "children_crowded_out": {"by_score": solved.crowded[0], "after_price": solved.crowded[1]},
    }


def solve(
    waiting: Waiting, asked: Problem, planners: int | Elsewhere | None = None, seconds: float | None = None
) -> Solved:
    """The plan of everybody who waits, made by so many processes, by workers elsewhere, or by as many as pay.

    `asked` is the problem of those who wait. `seconds` is its time limit; None is one that grows with the pairs.
    """
    plan = assignment.solve(asked, seconds=seconds, processes=planners, prices=True)
    given = {
        row: (int(asked.provider[pair]), float(asked.score[pair]))
        for rows, pair in zip(waiting.units, plan.pair.tolist(), strict=True) if pair >= 0 for row in rows
    }
    prices = plan.prices if plan.prices is not None else np.zeros(asked.seats.shape)
    worths = orders.after_price(asked, prices)
    return Solved(plan, given, worths, (orders.crowded_out(asked, asked.score), orders.crowded_out(asked, worths)))


def sparing(waiting: Waiting, asked: Problem, worths: np.ndarray, most: int) -> Iterator[tuple[int, list[int]]]:
    """The row of each child, in order, and the `most` first pairs of its list by `worths` (m,).

    It is one list for all children of a unit, without pairs that no plan can use, for want of seats or for a lock.
    """
    found = orders.top(asked, worths, most)
    unit_of = {row: unit for unit, rows in enumerate(waiting.units) for row in rows}
    for row in sorted(unit_of):
        pairs = found[unit_of[row]]
        yield row, pairs[pairs >= 0].tolist()
