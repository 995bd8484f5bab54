"""A version's folder: written whole under another name, then put in place."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save_file

from ml import artifacts
from ml.learn import stored
from ml.learn.registry import METRICS, SCORER
from ml.learn.training import Learnt

WEIGHTS = "weights.safetensors"


def metrics_text(metrics: Mapping[str, Any]) -> str:
    """metrics.json; the same figures give the same text."""
    return json.dumps(metrics, indent=1, sort_keys=True, allow_nan=False) + "\n"


def version(root: Path, learnt: Learnt, files: Mapping[str, str], about: Mapping[str, Any]) -> Path:
    """Write a version and return its folder. `files`: name → text beside the scorer and the weights.

    The same version trained again takes the place of the one before.
    """
    root.mkdir(parents=True, exist_ok=True)
    name = learnt.scorer.version
    beside = root / f".{name}.{os.getpid()}.part"
    try:
        beside.mkdir()
        (beside / SCORER).write_text(stored.to_json(learnt.scorer), encoding="utf-8")
        save_file(_weights(learnt), beside / WEIGHTS)
        for file, text in files.items():
            (beside / file).write_text(text, encoding="utf-8")
        artifacts.write_manifest(beside, name, about)
        shutil.rmtree(root / name, ignore_errors=True)
        beside.replace(root / name)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return root / name


def _weights(learnt: Learnt) -> dict[str, np.ndarray]:
    """What was trained, in log odds: enough to look into it, and to train on."""
    fitted, knots = learnt.fitted, learnt.knots
    padded = np.full((len(knots.values), max(map(len, knots.values))), np.nan)
    for row, values in enumerate(knots.values):
        padded[row, : len(values)] = values
    return {
        "increments": fitted.increments, "neutral": fitted.neutral, "offset": np.array([fitted.offset]),
        "knots": padded,
    }


def about(metrics: Mapping[str, Any], made: str, source: str = "") -> dict[str, Any]:
    """What the manifest says besides the files: `made`, an ISO instant, and `source` are what the caller passes in."""
    split = metrics["splits"]["family"]
    return {
        "made": made, "source": source, "data": metrics["data"], "code": metrics["code"], "seed": metrics["seed"],
        "metrics": {
            "ndcg@10": split["methods"]["additive"]["shown"]["ndcg@10"], "best": split["best"]["shown"],
            "validation_less_prior": metrics["validation"]["less_prior"],
        },
        "metrics_file": METRICS,
    }
