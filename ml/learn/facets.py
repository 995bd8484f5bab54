"""What families are told apart by in the fairness tables. No model sees any of it through here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ml.frames import Texts
from ml.learn.examples import NOT_KNOWN
from ml.learn.places import Places

DISABILITIES = frozenset({"physical", "sensory_visual", "sensory_hearing", "intellectual", "autism"})


def of_rows(rows: Sequence[dict[str, Any]], places: Places) -> dict[str, Texts]:
    """Facet → (m,) codes, for rows of families_data.csv. The file does not say the caregiver's sex."""
    return {
        "language": _codes(language(row["language"]) for row in rows),
        "disability": _codes(disability(row["child_special_needs"]) for row in rows),
        "sisfoh": _codes(NOT_KNOWN if row["sisfoh"] == "unknown" else row["sisfoh"] for row in rows),
        "area": _codes(places.area.get(row["ubigeo"], NOT_KNOWN) for row in rows),
        "poverty": _codes(places.poverty.get(row["ubigeo"], NOT_KNOWN) for row in rows),
        "caregiver_sex": _codes(NOT_KNOWN for _ in rows),
    }


def language(codes: Sequence[str]) -> str:
    """The preferred language."""
    return codes[0] if codes else NOT_KNOWN


def disability(needs: Sequence[str]) -> str:
    """yes or no; illnesses and diets are none."""
    return "yes" if DISABILITIES & set(needs) else "no"


def _codes(values: Any) -> Texts:
    return np.array(list(values), dtype=np.str_)
