"""What pairs were really worth, where somebody knows: truth.csv of synthetic data. Training never reads it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from ml import schema, tables
from ml.frames import Floats
from ml.learn.examples import Examples
from ml.world import World

KEYS = ("family_ref", "child_ref", "provider_ref")


def read(path: Path, report: Callable[[str], None]) -> dict[tuple[str, str, str], float]:
    """Utility within 0..1 by family, child and provider. Raises TableError."""
    rows, _ = tables.read(path, schema.TRUTH, KEYS, report)
    return {(row["family_ref"], row["child_ref"], row["provider_ref"]): row["utility"] for row in rows}


def of(every: Examples, world: World, known: dict[tuple[str, str, str], float]) -> Floats:
    """(m,) what each pair was worth; a pair the file does not name is worth nothing."""
    children = [world.needs[row]["child_ref"] for row in every.story.tolist()]
    keys = zip(every.family.tolist(), children, every.provider.tolist(), strict=True)
    return np.array([known.get(key, 0.0) for key in keys], dtype=np.float64)
