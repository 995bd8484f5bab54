"""The swap test on test families: each list before and after its story is said otherwise, through the serving path."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ml import passages, pipeline, records
from ml.frames import Children, Texts
from ml.learn.metrics import bootstrap
from ml.learn.swap.overlap import PERSISTENCE, rbo
from ml.learn.swap.wording import SWAPS, Swap
from ml.passages import Encodes, Passage
from ml.pipeline import Request
from ml.reading import Reader
from ml.scoring import Scorer
from ml.world import World

MOST_FAMILIES = 120
Lists = list[list[str]]
Row = dict[str, Any]


@dataclass(frozen=True)
class Bench:
    """Families whose lists are compared: rows of the world, families whole."""

    world: World
    rows: list[int]
    encoder: Encodes
    scorer: Scorer
    reader: Reader | None = None

    @classmethod
    def of(cls, world: World, families: Texts, seed: int, tools: tuple[Encodes, Scorer]) -> Bench:
        """Some of these families, drawn by the seed, who told a story."""
        names = np.random.default_rng(seed).permutation(np.unique(families)).tolist()
        told = {row["family_ref"] for row in world.needs if row["story"].strip()}
        chosen = set([name for name in names if name in told][:MOST_FAMILIES])
        rows = [place for place, row in enumerate(world.needs) if row["family_ref"] in chosen]
        return cls(world, rows, *tools)

    @property
    def needs(self) -> list[Row]:
        """Their rows."""
        return [self.world.needs[row] for row in self.rows]


def run(bench: Bench, seed: int, progress: Callable[[int, int], None] | None = None) -> dict[str, Any]:
    """For each swap the mean overlap over the families whose story it changes, with its interval and the worst."""
    found: dict[str, Any] = {}
    for number, (name, swap) in enumerate(SWAPS.items(), start=1):
        found[name] = _compared(bench, swap, seed)
        if progress is not None:
            progress(number, len(SWAPS))
    families = len({row["family_ref"] for row in bench.needs})
    judge = bench.reader.judge.version if bench.reader else None
    return {"persistence": PERSISTENCE, "families": families, "judge": judge, "swaps": found}


def _compared(bench: Bench, swap: Swap, seed: int) -> dict[str, Any]:
    number = {family: place for place, family in enumerate(dict.fromkeys(row["family_ref"] for row in bench.needs))}
    said = [swap(row["story"], number[row["family_ref"]]) for row in bench.needs]
    left, right = (_lists(bench, [pair[side] for pair in said]) for side in (0, 1))
    units = pipeline.units(records.children_of(bench.needs))
    changed = [place for place, unit in enumerate(units) if said[unit[0]][0] != said[unit[0]][1] and left[place]]
    overlap = np.array([rbo(left[place], right[place]) for place in changed], dtype=np.float64)
    family = np.array([bench.needs[units[place][0]]["family_ref"] for place in changed], dtype=np.str_)
    same = [left[place][0] == right[place][0] for place in changed]
    return {
        "rbo": bootstrap.of_mean(overlap, family, seed).plain(), "lists": len(changed),
        "worst": round(float(overlap.min()), 6) if changed else None,
        "first_stays": round(float(np.mean(same)), 6) if changed else None,
    }


def _lists(bench: Bench, stories: Sequence[str]) -> Lists:
    """The ranked providers of each unit, in order."""
    needs = [{**row, "story": story} for row, story in zip(bench.needs, stories, strict=True)]
    sentences = records.stories(needs)
    unique = list(dict.fromkeys(sentences))
    read = dict(zip(unique, passages.encode(bench.encoder, unique), strict=True))
    return _ranked(bench, records.children_of(needs), [read[one] for one in sentences])


def _ranked(bench: Bench, children: Children, texts: list[Passage]) -> Lists:
    world = bench.world
    answer = pipeline.rank(Request(
        children, world.providers, texts, world.corpus, scorer=bench.scorer, reader=bench.reader
    ))
    place = {unit: number for number, unit in enumerate(answer.units)}
    found: Lists = [[] for _ in answer.units]
    for one in answer.suggestions:
        found[place[one.children]].append(str(world.providers.ref[one.provider]))
    return found
