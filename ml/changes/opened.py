"""Changes made in the rows, and the rules asked again: which providers does each open?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ml.assign.part import Bools
from ml.changes import fields, rows
from ml.changes.fields import FIELDS, Step
from ml.changes.needs import World

BLOCK = 1_000_000  # pairs judged at a time


@dataclass(frozen=True)
class Draft:
    """A change of one unit, by its number."""

    unit: int
    cost: float
    steps: tuple[Step, ...]

    def by(self, field: str) -> float:
        """How much of a field it changes."""
        return sum(step.by for step in self.steps if step.field == field)


def providers(world: World, drafts: Sequence[Draft]) -> Iterator[Bools]:
    """(n,) for each draft: the providers open to the unit once it is made, to any of its children where they part."""
    room = max(BLOCK // max(len(world.providers), 1), 1)
    size = np.diff(np.append(world.first, len(world.children)))
    block: list[Draft] = []
    children = 0
    for draft in drafts:
        block.append(draft)
        children += int(size[draft.unit])
        if children >= room:
            yield from _judged(world, block)
            block, children = [], 0
    if block:
        yield from _judged(world, block)


def _judged(world: World, drafts: Sequence[Draft]) -> Bools:
    last = np.append(world.first[1:], len(world.children))
    owned = [np.arange(world.first[draft.unit], last[draft.unit]) for draft in drafts]
    owner = np.repeat(np.arange(len(drafts)), [len(mine) for mine in owned])
    frame = replace(rows.take(world.children, np.concatenate(owned)), family=owner)
    for field in FIELDS:
        by = np.array([draft.by(field) for draft in drafts], dtype=np.float64)
        if by.any():
            frame = fields.made(frame, field, by[owner])
    open_ = world.judged(frame).admissible
    first = np.searchsorted(owner, np.arange(len(drafts)))
    parts = np.array([draft.by("split") > 0 for draft in drafts], dtype=np.bool_)
    together = np.logical_and.reduceat(open_, first, axis=0)
    return np.where(parts[:, None], np.logical_or.reduceat(open_, first, axis=0), together)
