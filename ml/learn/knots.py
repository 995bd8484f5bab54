"""The fixed knots of each term's curve, and pairs as how far they are along each piece between two knots."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.frames import Floats
from ml.scoring import OWN, TERMS, Curve

QUANTILES = 8
NEAR = 1e-3  # knots nearer than this share of the range are one

Ramps = NDArray[np.float32]  # (m, t, k) 0..1 along each piece


@dataclass(frozen=True)
class Knots:
    """Each term's knots in the order of the terms; pieces beyond a term's last knot do not exist (`is_piece`)."""

    terms: tuple[str, ...]
    values: tuple[Floats, ...]

    @property
    def shape(self) -> tuple[int, int]:
        """(t, k): terms, and the most pieces a term has."""
        return len(self.terms), max(len(values) for values in self.values) - 1

    @property
    def is_piece(self) -> NDArray[np.float32]:
        """(t, k) 1 where a term has a piece."""
        found = np.zeros(self.shape, dtype=np.float32)
        for row, values in enumerate(self.values):
            found[row, : len(values) - 1] = 1
        return found

    @property
    def rises(self) -> NDArray[np.bool_]:
        """(t,) which way each term goes."""
        return np.array([TERMS.get(term, OWN).rises for term in self.terms])

    @property
    def is_text(self) -> NDArray[np.float32]:
        """(t,) 1 for the terms the cap is about."""
        return np.array([TERMS.get(term, OWN).text for term in self.terms], dtype=np.float32)


def place(raw: Mapping[str, Floats], curves: Mapping[str, Curve]) -> Knots:
    """Knots at quantiles of the known values and where the prior curve bends: what is like the prior can be written."""
    return Knots(tuple(curves), tuple(_of(raw[term], curve) for term, curve in curves.items()))


def _of(values: Floats, curve: Curve) -> Floats:
    known = values[np.isfinite(values)]
    inner = np.quantile(known, np.linspace(0, 1, QUANTILES + 1)) if len(known) else np.zeros(0)
    found = np.unique(np.concatenate([np.array(curve.values), np.round(inner, 6)]))
    least = NEAR * (found[-1] - found[0])
    kept = [float(found[0])]
    for value in found[1:].tolist():
        if value - kept[-1] > least:
            kept.append(value)
    return np.array(kept)


def ramps(raw: Mapping[str, Floats], knots: Knots) -> tuple[Ramps, NDArray[np.bool_]]:
    """(m, t, k) how far each value is along each piece, from the side where the curve is low; (m, t) unknown."""
    count = len(next(iter(raw.values())))
    found = np.zeros((count, *knots.shape), dtype=np.float32)
    unknown = np.zeros((count, len(knots.terms)), dtype=np.bool_)
    for row, (term, values) in enumerate(zip(knots.terms, knots.values, strict=True)):
        unknown[:, row] = np.isnan(raw[term])
        along = (np.nan_to_num(raw[term])[:, None] - values[:-1]) / np.diff(values)
        along = np.clip(along, 0, 1) if knots.rises[row] else 1 - np.clip(along, 0, 1)
        found[:, row, : len(values) - 1] = along
    return found, unknown
