"""What an import would do, found out without writing anything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from portal.models import Child, Family, Provider
from portal.services.imports.problems import Problem
from portal.services.intakes import Given

MADE, CHANGED, ALONE = "made", "changed", "alone"
Fields = Mapping[str, Any]


@dataclass(frozen=True)
class Step:
    """One family or provider of the file that is good: what of it is new. `row` is None where all is."""

    ref: str
    line: int
    outcome: str  # made | changed | alone
    row: Family | Provider | None = None
    sections: Mapping[str, Fields] = field(default_factory=dict)  # section → fields that change
    children: tuple[tuple[str, Child | None, Fields], ...] = ()  # (sender's key, row, fields that change)
    answers: Mapping[str, bool] = field(default_factory=dict)  # purpose of a consent → answer, where it is another
    given: Given | None = None
    complete: bool = False  # a family that could be sent to a supervisor as it is


@dataclass(frozen=True)
class Plan:
    """The good ones as steps; what is wrong by line and column; how many lines are left out for it."""

    kind: str  # families | providers
    steps: tuple[Step, ...] = ()
    faults: tuple[Problem, ...] = ()
    notices: tuple[Problem, ...] = ()
    bad: int = 0  # lines

    def counts(self) -> dict[str, int]:
        """made, changed, alone: families or providers; bad: lines that are left out; complete: of the made ones."""
        found = Counter(step.outcome for step in self.steps)
        complete = sum(step.complete for step in self.steps)
        return {**{name: found[name] for name in (MADE, CHANGED, ALONE)}, "bad": self.bad, "complete": complete}


def differing(row: Any, fields: Fields) -> dict[str, Any]:
    """The fields that are not as in the row; all of them where there is no row."""
    return {name: value for name, value in fields.items() if row is None or getattr(row, name) != value}
