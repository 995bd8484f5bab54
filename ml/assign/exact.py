"""Some columns of a part solved to the last step in whole numbers (CP-SAT): the same plan on every machine.

Effort is counted in the solver's deterministic units, not in seconds; the clock only ends what a time limit ends.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from ortools.sat.python import cp_model

from ml.assign.part import Ints, Part


@dataclass(frozen=True)
class Effort:
    """`work` in the solver's deterministic units (about a second each), `slack` steps of worth that need no proof."""

    work: float
    seconds: float
    slack: int = 0


@dataclass(frozen=True)
class Picked:
    """The columns taken, and whether none could be better."""

    columns: Ints
    proven: bool


def pick(part: Part, columns: Ints, worth: Ints, start: Ints, effort: Effort) -> Picked:
    """The best of some columns under the seats of the part; `worth` (m,) whole numbers, `start` a plan to better.

    Returns `start` itself where the effort allowed nothing better.
    """
    if not len(columns) or effort.seconds <= 0:
        return Picked(start, not len(columns))
    model, taken = _model(part, columns, worth)
    have = np.isin(columns, start)
    for variable, was in zip(taken, have.tolist(), strict=True):
        model.add_hint(variable, was)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.linearization_level = 2
    solver.parameters.max_deterministic_time = effort.work
    solver.parameters.max_time_in_seconds = effort.seconds
    solver.parameters.absolute_gap_limit = float(effort.slack)
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Picked(start, proven=False)
    chosen = columns[np.array([bool(solver.boolean_value(variable)) for variable in taken], dtype=np.bool_)]
    if worth[chosen].sum() < worth[start].sum():
        return Picked(start, proven=False)
    return Picked(chosen, status == cp_model.OPTIMAL and not effort.slack)


def _model(part: Part, columns: Ints, worth: Ints) -> tuple[cp_model.CpModel, list[cp_model.IntVar]]:
    model = cp_model.CpModel()
    taken = [model.new_bool_var("") for _ in range(len(columns))]
    for places in _grouped(part.family[columns]):
        if len(places) > 1:
            model.add_at_most_one([taken[place] for place in places.tolist()])
    demand = part.demand[part.family[columns]]
    for places in _grouped(part.provider[columns]):
        seats = part.seats[part.provider[columns[places[0]]]]
        for band in np.flatnonzero(demand[places].sum(axis=0) > seats).tolist():
            mine = places[demand[places, band] > 0]
            used = cp_model.LinearExpr.weighted_sum(
                [taken[place] for place in mine.tolist()], demand[mine, band].tolist()
            )
            model.add(used <= int(seats[band]))
    model.maximize(cp_model.LinearExpr.weighted_sum(taken, worth[columns].tolist()))
    return model, taken


def _grouped(values: Ints) -> list[Ints]:
    """Places of equal values, together."""
    order = np.argsort(values, kind="stable")
    cuts = np.flatnonzero(np.diff(values[order])) + 1
    return list(np.split(order, cuts))
