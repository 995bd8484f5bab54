"""Raw values of pairs, taken as serving takes them: the same rules, the same terms, the same texts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ml import pipeline, records
from ml.frames import Floats, Ints, Rules
from ml.learn import facets
from ml.learn.examples import Examples, joined
from ml.learn.faults import LearnError
from ml.learn.places import Places
from ml.pipeline import Measured, Request
from ml.world import World, blocks

Row = dict[str, Any]
Placed = tuple[Row, int, int]  # a decision, its child's row, its provider's row
UNSHOWN: Row = {"approved": None, "held": None, "propensity": None, "rank": 0, "shown_on": None}


@dataclass(frozen=True)
class Block:
    """Children that were measured together: `rows` are theirs in the world."""

    rows: Ints
    found: Measured
    unit: Ints  # (q,) unit of each child within the block
    first: int  # number of the block's first unit in the whole walk


def walk(world: World, rows: Sequence[int] | None = None) -> Iterator[Block]:
    """Measure all children of a world, or those of some rows with families whole, block by block."""
    chosen = np.arange(len(world.needs)) if rows is None else np.array(rows, dtype=np.int64)
    first = 0
    for places in blocks([world.needs[row] for row in chosen]):
        block = chosen[places]
        found = pipeline.measure(Request(
            records.children_of([world.needs[row] for row in block]), world.providers,
            [world.texts[row] for row in block], world.corpus, Rules(),
        ))
        unit = np.zeros(len(block), dtype=np.int64)
        for number, members in enumerate(found.units):
            unit[list(members)] = number
        yield Block(block, found, unit, first)
        first += len(found.units)


def labelled(world: World, decisions: Sequence[Placed], places: Places, report: Callable[[str], None]) -> Examples:
    """The decisions as examples. A pair that a rule would keep from being shown is left out, and counted."""
    by_child: dict[int, list[Placed]] = {}
    for placed in decisions:
        by_child.setdefault(placed[1], []).append(placed)
    parts, dropped = [], 0
    for block in walk(world):
        asked = [(place, one) for place, row in enumerate(block.rows.tolist()) for one in by_child.get(row, [])]
        pairs = np.array([(place, one[2]) for place, one in asked], dtype=np.int64).reshape(-1, 2)
        found = block.found.candidates.find(pairs[:, 0], pairs[:, 1])
        free = [one[0] for (_, one), place in zip(asked, found.tolist(), strict=True) if place >= 0]
        dropped += len(asked) - len(free)
        if free:
            parts.append(_examples(world, block, (found[found >= 0], free), places))
    if dropped:
        report(f"{dropped} decisions are left out: a rule stands in the way of the pair as the files have it")
    if not parts:
        raise LearnError("no decision is left: rules stand in the way of every pair as the files have it")
    return joined(parts)


def candidates(world: World, decisions: Sequence[Placed], places: Places, rows: Sequence[int]) -> Examples:
    """Every admissible pair of some children (families whole); what was not shown has no label and rank 0."""
    known = {(child, provider): row for row, child, provider in decisions}
    parts = []
    for block in walk(world, rows):
        child, provider = block.found.candidates.pairs.listed
        told = [known.get(pair, UNSHOWN) for pair in zip(block.rows[child].tolist(), provider.tolist(), strict=True)]
        parts.append(_examples(world, block, (np.arange(len(child)), told), places))
    if not parts:
        raise LearnError("no family is left to evaluate")
    return joined(parts)


def _examples(world: World, block: Block, told: tuple[Ints, list[Row]], places: Places) -> Examples:
    """`told`: (k,) places among the block's candidates, and the decision about each."""
    found, decisions = told
    child, provider = (column[found] for column in block.found.candidates.pairs.listed)
    needs = [world.needs[row] for row in block.rows[child]]
    return Examples(
        query=block.first + block.unit[child],
        family=np.array([row["family_ref"] for row in needs], dtype=np.str_), provider=world.providers.ref[provider],
        raw={name: values[found] for name, values in block.found.raw.items()},
        approved=_answers(decisions, "approved"), held=_answers(decisions, "held"),
        propensity=_answers(decisions, "propensity"),
        rank=np.array([row["rank"] for row in decisions], dtype=np.int64),
        shown_on=np.array([row["shown_on"] for row in decisions], dtype="datetime64[D]"),
        district=np.array([row["ubigeo"] for row in needs], dtype=np.str_), facets=facets.of_rows(needs, places),
        story=block.rows[child], profile=provider, capacity=world.providers.seats.sum(axis=1)[provider].astype(float),
    )


def _answers(rows: Sequence[Row], name: str) -> Floats:
    return np.array([np.nan if row[name] is None else float(row[name]) for row in rows], dtype=np.float64)
