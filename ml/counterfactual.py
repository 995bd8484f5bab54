"""What would help who waits: the smallest changes of a family's wishes. `ml.additions` says what a provider could add.

Exact by search. By how much a pair falls short is read off the hard rules; every change is then made in the rows and
the rules are asked again, so that what it opens is their answer. Nobody's age, needs, language or place is changed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np

from ml.assign.part import Bools, Floats, Ints
from ml.changes import needs, opened, options
from ml.changes.fields import Change
from ml.changes.needs import Units, World
from ml.changes.opened import Draft
from ml.changes.options import Least
from ml.frames import Children, Providers, Rules

KEEP = 5  # changes told of a unit


def for_families(
    children: Children, providers: Providers, rules: Rules, units: Units, keep: int = KEEP
) -> list[list[Change]]:
    """For each unit, as `pipeline.units` numbers the children, its cheapest changes of one or two fields.

    Each opens at least one provider that is closed to the unit now, and nothing smaller in the same fields does. Where
    siblings part, a provider is open when it is for any of them.
    """
    if not units or not len(providers):
        return [[] for _ in units]
    world = World.of(children, providers, rules, units)
    lacking = needs.of(world)
    alone = options.singles(lacking)
    least = {one.option[0]: np.where(np.isfinite(one.cost), one.amounts[:, 0], np.inf) for one in alone}
    drafts = [*_drafts(alone), *_drafts(options.pairs(lacking, least, world)), *_parted(world, least, lacking.free)]
    chosen = _cheapest(drafts, keep)
    found: list[list[Change]] = [[] for _ in units]
    for draft, open_ in zip(chosen, opened.providers(world, chosen), strict=True):
        new = np.flatnonzero(open_ & ~lacking.free[draft.unit])
        found[draft.unit].append(Change(tuple(units[draft.unit]), draft.steps, draft.cost, tuple(new.tolist())))
    return found


def _drafts(found: Iterable[Least], owner: Ints | None = None) -> list[Draft]:
    """A draft for each row that has a change; `owner` is the unit of each row, where it is not the row itself."""
    return [
        Draft(int(row if owner is None else owner[row]), float(one.cost[row]), options.steps(one, int(row)))
        for one in found for row in np.flatnonzero(np.isfinite(one.cost)).tolist()
    ]


def _parted(world: World, least: dict[str, Floats], free: Bools) -> list[Draft]:
    """Changes that part siblings, of each family and each kind the cheapest."""
    several = np.flatnonzero(world.children.together)
    if not len(several):
        return []
    unit = world.children.family[several]
    apart = World.of(world.children, world.providers, world.rules, [(row,) for row in several.tolist()])
    least = {field: by[unit] for field, by in least.items()}
    drafts = sorted(_drafts(options.parted(needs.of(apart), least, ~free[unit]), unit), key=lambda draft: draft.cost)
    best: dict[tuple[int, str], Draft] = {}
    for draft in drafts:
        best.setdefault((draft.unit, draft.steps[-1].field), draft)
    enough = {draft.unit for draft in best.values() if len(draft.steps) == 1}
    return [draft for draft in best.values() if len(draft.steps) == 1 or draft.unit not in enough]


def _cheapest(drafts: Sequence[Draft], keep: int) -> list[Draft]:
    by_unit: dict[int, list[Draft]] = defaultdict(list)
    for draft in sorted(drafts, key=lambda one: (one.unit, one.cost, [step.field for step in one.steps])):
        if len(by_unit[draft.unit]) < keep:
            by_unit[draft.unit].append(draft)
    return [draft for mine in by_unit.values() for draft in mine]
