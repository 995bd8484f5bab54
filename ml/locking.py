"""Pairs that a file says must stay, and what each costs: what the plan's totals tell of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ml import assignment, schema, tables
from ml.assign.part import Ints
from ml.assignment import Plan, Problem
from ml.tables import Report

SECONDS = 60.0  # for the prices of all locks


@dataclass(frozen=True)
class Locks:
    """Places among a problem's pairs, and of each the family and the provider that the file names."""

    pairs: Ints
    named: dict[int, tuple[str, str]]


def read(
    path: Path, asked: Problem, family_of: Sequence[str], provider_of: Sequence[str], report: Report
) -> tuple[Locks, int]:
    """The locks of a file that can stay, and how many rows were bad. All units of a family named stay with a provider.

    `family_of` is of each unit, `provider_of` of each provider. Raises TableError.
    """
    rows, bad = tables.read(path, schema.LOCKS, ("family_ref",), report)
    pick, left, named = _Pick(asked, family_of, provider_of), asked.seats.copy(), dict[int, tuple[str, str]]()
    for row in rows:
        pairs = pick.pairs(row)
        taken = asked.demand[asked.family[pairs]].sum(axis=0)
        provider = asked.provider[pairs[:1]]
        if not len(pairs):
            problem = "not a candidate of the plan for this family: a rule, or more than --candidates are better"
        elif (taken > left[provider[0]]).any():
            problem = "no seats are left beside the locks above"
        else:
            left[provider[0]] -= taken
            named.update(dict.fromkeys(pairs.tolist(), (row["family_ref"], row["provider_ref"])))
            continue
        report(f"{path.name}:{row['_line']} provider_ref: {problem}")
        bad += 1
    return Locks(np.array(list(named), dtype=np.int64), named), bad


class _Pick:
    """Finds the pairs of a family and a provider by their keys."""

    def __init__(self, asked: Problem, family_of: Sequence[str], provider_of: Sequence[str]) -> None:
        self.asked = asked
        self.units: dict[str, list[int]] = {}
        for unit, ref in enumerate(family_of):
            self.units.setdefault(ref, []).append(unit)
        self.row = {str(ref): row for row, ref in enumerate(provider_of)}

    def pairs(self, named: dict[str, Any]) -> Ints:
        """One for each unit of the family; none where any unit lacks its own."""
        units, row = self.units.get(named["family_ref"], []), self.row.get(named["provider_ref"], -1)
        found = np.flatnonzero(np.isin(self.asked.family, units) & (self.asked.provider == row))
        return found if len(found) == len(units) else found[:0]


def told(asked: Problem, plan: Plan, locks: Locks, say: Callable[[str], None]) -> list[dict[str, Any]]:
    """For PLAN.json: of each lock what the plan would have more without it, as far as the time goes."""
    prices = assignment.lock_prices(asked, seconds=SECONDS, held=plan.pair)
    if len(prices) < len(locks.pairs):
        say(f"{len(locks.pairs) - len(prices)} locks have no price: {SECONDS:.0f} s were over")
    return [
        dict(zip(("family_ref", "provider_ref"), locks.named[one.pair], strict=True))
        | {"children_more": one.children, "score_more": round(one.score, 12)}
        for one in prices
    ]
