"""Who lives near whom: places sorted into strips of latitude, so that each is compared only with those around it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

STRIP = 0.01  # degrees of latitude
WIDE = 400.0  # of a strip's number in its keys: more than all degrees of longitude
EARTH = 6371.0088  # km, mean radius
SPARE = 1.0001, 1e-5  # a circle is taken so much wider, and so many degrees: rounding must lose nobody
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def sphere(latitude: Floats, longitude: Floats) -> tuple[Floats, Floats, Floats]:
    """Points of the unit sphere."""
    phi, lam = np.radians(latitude), np.radians(longitude)
    return np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)


def spans(begin: Ints, count: Ints) -> tuple[Ints, Ints]:
    """Row by row the numbers from `begin` on, `count` of them: (whose they are, the numbers)."""
    owner = np.repeat(np.arange(len(begin)), count)
    return owner, np.arange(len(owner)) + np.repeat(begin - (np.cumsum(count) - count), count)


@dataclass(frozen=True)
class Strips:
    """Rows of those whose place is known, by strip and then longitude, with their keys; and the rows of the others."""

    order: Ints
    key: Floats
    nowhere: Ints

    @classmethod
    def of(cls, latitude: Floats, longitude: Floats) -> Strips:
        """(n,) degrees, NaN where nobody knows."""
        known = ~(np.isnan(latitude) | np.isnan(longitude))
        rows = np.flatnonzero(known)
        key = np.floor(latitude[rows] / STRIP) * WIDE + longitude[rows] + 180.0
        by_key = np.argsort(key, kind="stable")
        return cls(rows[by_key], key[by_key], np.flatnonzero(~known))

    def around(self, latitude: Floats, longitude: Floats, km: Floats) -> tuple[Ints, Ints]:
        """Who is no farther than (q,) km from (q,) places, and a few a little farther: (places, rows of those near)."""
        if not len(self.order) or not len(km):
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
        reach = np.minimum(km / EARTH * SPARE[0], np.pi)
        first, last = np.floor(self.key[[0, -1]] / WIDE)
        across = np.degrees(reach) + SPARE[1]
        low = np.clip(np.floor((latitude - across) / STRIP), first, last + 1).astype(np.int64)
        high = np.clip(np.floor((latitude + across) / STRIP), first - 1, last).astype(np.int64)
        place, strip = spans(low, np.maximum(high - low + 1, 0))
        half = _half_width(latitude, reach)
        half = np.where(np.abs(longitude) + half > 180.0, 360.0, half)
        left = np.maximum(longitude - half, -180.0)[place] + 180.0
        right = np.minimum(longitude + half, 180.0)[place] + 180.0
        begin = np.searchsorted(self.key, strip * WIDE + left, side="left")
        end = np.searchsorted(self.key, strip * WIDE + right, side="right")
        owner, found = spans(begin, end - begin)
        return place[owner], self.order[found]


def _half_width(latitude: Floats, reach: Floats) -> Floats:
    """Degrees of longitude to either side of a circle; all of them where it holds a pole."""
    inside = np.abs(np.radians(latitude)) + reach < np.pi / 2
    sine = np.sin(np.where(inside, reach, 0.0)) / np.cos(np.where(inside, np.radians(latitude), 0.0))
    return np.where(inside, np.degrees(np.arcsin(np.minimum(sine, 1.0))) + SPARE[1], 360.0)
