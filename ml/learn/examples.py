"""Labelled pairs: one child with one provider that was shown, what was known of both, and what became of it.

The label is "a supervisor approved and the placement held". A placement that was approved and has not ended yet is
censored: nobody knows. Leaving such rows out would make recent decisions look like refusals alone, so they count for
training with the share of approved placements that held, and are left out of every evaluation.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml.frames import Bools, Days, Floats, Ints, Texts

FACETS = ("language", "disability", "sisfoh", "area", "poverty", "caregiver_sex")
NOT_KNOWN = ""


@dataclass(frozen=True)
class Examples:
    """(m,) columns. Rows of one `query` (children placed together) with one provider are averaged before ranking."""

    query: Ints
    family: Texts
    provider: Texts  # equal scores go by it, as in serving
    raw: dict[str, Floats]  # term → raw value, NaN where nobody knows
    approved: Floats  # 1, 0, NaN not known
    held: Floats  # 1, 0, NaN not known
    propensity: Floats  # probability of having been shown and looked at, NaN not known
    rank: Ints  # from 1 as it was shown, 0 not shown
    shown_on: Days
    district: Texts
    facets: dict[str, Texts]  # one of FACETS → code, "" not known
    story: Ints  # row of the texts, -1 without
    profile: Ints
    capacity: Floats  # free seats of the provider, NaN not known

    def __len__(self) -> int:
        return len(self.query)

    @property
    def label(self) -> Floats:
        """1 approved and held, 0 not, NaN censored or not shown."""
        known = np.where(self.approved == 1, self.held, self.approved)
        return known.astype(np.float64)

    def take(self, rows: Bools | Ints) -> Examples:
        """Some of the rows, by mask or by place."""
        return replace(self, **{field.name: _taken(getattr(self, field.name), rows) for field in fields(self)})


def _taken(value: Any, rows: NDArray[Any]) -> Any:
    return {name: one[rows] for name, one in value.items()} if isinstance(value, dict) else value[rows]


def joined(parts: list[Examples]) -> Examples:
    """The rows of several, in order; their queries are numbered already."""
    first = parts[0]
    return replace(first, **{field.name: _together([getattr(one, field.name) for one in parts])
                             for field in fields(first)})


def _together(values: list[Any]) -> Any:
    if isinstance(values[0], dict):
        return {name: np.concatenate([one[name] for one in values]) for name in values[0]}
    return np.concatenate(values)


def held_share(examples: Examples) -> float:
    """Of the approved whose end is known, the share that held; (held + 1) / (known + 2), so that few say little."""
    known = (examples.approved == 1) & ~np.isnan(examples.held)
    return float((examples.held[known].sum() + 1) / (known.sum() + 2))


def soft_label(examples: Examples, share: float) -> Floats:
    """(m,) within 0..1: the label, and for the censored how many of their kind held."""
    label = examples.label
    return np.where(np.isnan(label) & (examples.approved == 1), share, label)
