"""A scorer as JSON and back: numbers only, nothing that runs."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from typing import Any

from ml.scoring import TERMS, Calibration, Curve, Scorer


def to_json(scorer: Scorer) -> str:
    """One scorer. The same scorer gives the same text."""
    found = {
        "version": scorer.version,
        "curves": {
            name: {"weight": one.weight, "values": one.values, "heights": one.heights, "neutral": one.neutral}
            for name, one in scorer.curves.items()
        },
        "bands": scorer.bands,
        "calibration": None if scorer.calibration is None else {
            "scores": scorer.calibration.scores, "chances": scorer.calibration.chances,
        },
    }
    return json.dumps(found, indent=1) + "\n"


def named(scorer: Scorer) -> Scorer:
    """The same scorer with the version its content gives it: the same seed and data give the same name."""
    digest = hashlib.sha256(to_json(dataclasses.replace(scorer, version="")).encode()).hexdigest()
    return dataclasses.replace(scorer, version=f"additive-{digest[:10]}")


def from_json(text: str) -> Scorer:
    """The scorer. ValueError, TypeError or KeyError where it is none, or names a term this code does not know."""
    found = json.loads(text)
    strangers = set(found["curves"]) - set(TERMS)
    if strangers:
        raise ValueError(f"terms nobody knows: {', '.join(sorted(strangers))}")
    return Scorer(
        str(found["version"]), {name: _curve(one) for name, one in found["curves"].items()},
        tuple((float(least), str(name)) for least, name in found["bands"]), _calibration(found["calibration"]),
    )


def _curve(found: dict[str, Any]) -> Curve:
    return Curve(found["weight"], tuple(found["values"]), tuple(found["heights"]), found["neutral"])


def _calibration(found: dict[str, Any] | None) -> Calibration | None:
    return None if found is None else Calibration(tuple(found["scores"]), tuple(found["chances"]))
