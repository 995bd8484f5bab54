"""Versions made by hand, for tests of what holds them: no training is needed to move one."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

from ml import artifacts
from ml.learn import registry, stored
from ml.scoring import PRIOR, Calibration, Scorer

GOOD = {
    "validation": {"less_prior": {"value": 0.02, "low": 0.01, "high": 0.03}},
    "swap": {"swaps": {"names": {"rbo": {"value": 0.99}}, "spelling": {"rbo": {"value": 0.95}}}},
}


BOTH = PRIOR.curves["distance"].weight + PRIOR.curves["fee"].weight


def scorer(distance: float = 0.24) -> Scorer:
    """The prior with another weight of distance, calibrated, named by its content."""
    moved = dataclasses.replace(PRIOR.curves["distance"], weight=distance)
    fee = dataclasses.replace(PRIOR.curves["fee"], weight=BOTH - distance)
    made = dataclasses.replace(
        PRIOR, curves={**PRIOR.curves, "distance": moved, "fee": fee},
        calibration=Calibration((0.0, 0.5, 1.0), (0.05, 0.4, 0.9)),
    )
    return stored.named(made)


def put(root: Path, made: Scorer, metrics: dict[str, Any] | None = None,
        less: dict[str, Any] | None = None) -> Path:
    """A version's folder. `less`: what its manifest says that it gains over the prior."""
    folder = root / made.version
    folder.mkdir(parents=True)
    (folder / registry.SCORER).write_text(stored.to_json(made), encoding="utf-8")
    (folder / registry.METRICS).write_text(json.dumps(GOOD if metrics is None else metrics), encoding="utf-8")
    about = {"made": "2026-11-23T10:00:00", "data": "0" * 64, "seed": 7, "metrics": {"ndcg@10": {"value": 0.8}}}
    if less is not None:
        about["metrics"]["validation_less_prior"] = less
    artifacts.write_manifest(folder, made.version, about)
    return folder
