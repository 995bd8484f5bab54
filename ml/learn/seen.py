"""Which families a version learned from: what it is measured on must be others.

A version keeps a list of them, as hashes of their codes. On the data it was made from it is split as it was then; on
other data the families of the list are left out. What a version without a list saw elsewhere cannot be known. Where
both folders are at hand, families are known by a child's birth too: two folders may number different ones alike.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable
from datetime import date
from typing import Any

import numpy as np

from ml.frames import Bools, Texts
from ml.learn import splits
from ml.learn.examples import Examples
from ml.learn.faults import LearnError
from ml.learn.folder import Dataset
from ml.learn.origin import Origin, hashed
from ml.world import World

HELD_BACK, NOTHING, SAME_SPLIT, LEFT_OUT, NOT_KNOWN = "held_back", "nothing", "same_split", "left_out", "not_known"


def listed(examples: Examples, seed: int) -> str:
    """The list of a version trained on these examples: all families but those of the test."""
    known = ~splits.split(examples, "family", seed).test
    return json.dumps(sorted({hashed(one) for one in np.unique(examples.family[known]).tolist()})) + "\n"


def held_back() -> dict[str, Any]:
    """What metrics.json says of a version that is measured as it is made."""
    return _told(HELD_BACK)


def apart(dataset: Dataset, origin: Origin | None, seed: int) -> tuple[Dataset, int, dict[str, Any]]:
    """The dataset without the families a version learned from, the seed that splits it, and what is to be told.

    `origin`: None for what learned from nobody. LearnError where no family is left.
    """
    if origin is None:
        return dataset, seed, _told(NOTHING)
    if origin.data == dataset.data:
        return dataset, origin.seed, _told(SAME_SPLIT)
    if origin.families is None:
        return dataset, seed, _told(NOT_KNOWN)
    known = _known(dataset.examples.family, origin.families)
    if known.all():
        raise LearnError("the version learned from every family of these data: there is none to measure it on")
    left = len(np.unique(dataset.examples.family[known]))
    kept = dataclasses.replace(dataset, examples=dataset.examples.take(~known))
    return kept, seed, _told(LEFT_OUT, left, int(known.sum()))


def strangers(dataset: Dataset, other: Dataset) -> tuple[Dataset, dict[str, Any]]:
    """The other dataset without the families of this one, learned from or kept back, and what is to be told.

    Which they are is not known where only frozen values are. LearnError where no family is left.
    """
    if dataset.world is None or other.world is None:
        return other, _told(NOT_KNOWN)
    both = _people(dataset.world) & _people(other.world)
    shared = np.isin(other.examples.family, [family for family, _ in both])
    if shared.all():
        raise LearnError("every family of the test is among those to learn from: there is none to measure it on")
    families = len(np.unique(other.examples.family[shared]))
    kept = dataclasses.replace(other, examples=other.examples.take(~shared)) if families else other
    return kept, _told(LEFT_OUT, families, int(shared.sum()))


def _people(world: World) -> set[tuple[str, date]]:
    """(the family's code, the day a child of it was born) of every child."""
    return {(row["family_ref"], row["child_birth_date"]) for row in world.needs}


def _told(how: str, families: int = 0, rows: int = 0) -> dict[str, Any]:
    return {"how": how, "families_left_out": families, "rows_left_out": rows}


def _known(family: Texts, learned: Iterable[str]) -> Bools:
    """(m,) is the row's family on the list?"""
    names, place = np.unique(family, return_inverse=True)
    found: Bools = np.isin([hashed(one) for one in names.tolist()], list(learned))[place]
    return found
