"""What would open more providers to a family for whom few fit: kept with the run, as the rules answered then."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np

from ml import counterfactual
from ml.changes.fields import Change, Step
from ml.frames import Children
from ml.pipeline import Answer, Request

FEW = 3  # providers that fit: with fewer, what would change that is told
DAY = 24 * 60  # minutes


def of(request: Request, answer: Answer) -> list[dict[str, Any]]:
    """The smallest changes of one or two wishes, and the providers each would open; [] where enough fit already.

    Nobody's age, needs, language or place is among the wishes.
    """
    fit = np.diff(answer.choices.first).tolist()
    short = [unit for unit, providers in zip(answer.units, fit, strict=True) if providers < FEW]
    found = counterfactual.for_families(request.children, request.providers, request.rules, short)
    return [_told(request, change) for mine in found for change in mine]


def _told(request: Request, change: Change) -> dict[str, Any]:
    return {
        "children": [str(request.children.ref[row]) for row in change.unit],
        "steps": [_step(request.children, change.unit, step) for step in change.steps],
        "providers": [str(request.providers.ref[row]) for row in change.providers],
    }


def _step(children: Children, unit: tuple[int, ...], step: Step) -> dict[str, Any]:
    """A field, by how much, and what it would then be, where that is one hour or one day for all."""
    then = _hours(children, unit, step) | _days(children, unit, step)
    return {"field": step.field, "by": step.by, "then": then.pop() if len(then) == 1 else ""}


def _hours(children: Children, unit: tuple[int, ...], step: Step) -> set[str]:
    edges = [edge for row in unit for edge in children.schedule[row].intervals()]
    minutes = {
        "start_later": {start + int(step.by) for _, start, _ in edges},
        "end_earlier": {end - int(step.by) for _, _, end in edges},
    }.get(step.field, set())
    return {f"{minute % DAY // 60:02d}:{minute % 60:02d}" for minute in minutes}


def _days(children: Children, unit: tuple[int, ...], step: Step) -> set[str]:
    if step.field != "start_date":
        return set()
    first: list[date] = children.start[list(unit)].tolist()
    return {date.fromordinal(day.toordinal() + int(step.by)).isoformat() for day in first}
