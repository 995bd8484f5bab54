"""Draws that depend on a seed and a name alone: what one column draws moves no other."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle

import numpy as np
from numpy.random import PCG64, Generator, SeedSequence

from ml.frames import Bools, Floats, Ints

NUMBERS = 96  # whole numbers a text may use before they begin again
CHUNK = 8192  # texts whose numbers are drawn at a time


@dataclass(frozen=True)
class Dice:
    """The dice of one population, or of one side of it: sides draw apart though their streams bear the same names."""

    seed: int
    side: str = ""

    def stream(self, name: str, *numbers: int) -> Generator:
        """A generator of its own for a name, and for a row of that name."""
        return Generator(PCG64(SeedSequence([self.seed, zlib.crc32(f"{self.side}/{name}".encode()), *numbers])))

    def uniform(self, name: str, *shape: int) -> Floats:
        """Within [0, 1)."""
        return self.stream(name).random(shape)

    def between(self, name: str, low: Floats | float, high: Floats | float, size: int) -> Floats:
        """Within [low, high)."""
        return low + (high - np.asarray(low)) * self.uniform(name, size)

    def chance(self, name: str, share: Floats | float, size: int) -> Bools:
        """True for this share."""
        happens: Bools = self.uniform(name, size) < share
        return happens

    def whole(self, name: str, low: int, high: int, size: int) -> Ints:
        """Whole numbers from low to high, both included."""
        return self.stream(name).integers(low, high + 1, size=size, dtype=np.int64)

    def pick(self, name: str, weights: Sequence[float] | Floats, size: int) -> Ints:
        """Places by weight: (k,) the same weights for every row, or (size, k) a row's own."""
        edges = np.cumsum(np.atleast_2d(np.asarray(weights, dtype=np.float64)), axis=1)
        aim = self.uniform(name, size)[:, None] * edges[:, -1:]
        place: Ints = (aim >= edges[:, :-1]).sum(axis=1).astype(np.int64)
        return place

    def bell(self, name: str, size: int) -> Floats:
        """Around 0 with deviation 1, never beyond 3.5: four uniform numbers added, which every machine adds alike."""
        one, two, three, four = self.uniform(name, 4, size)
        bell: Floats = (((one + two) + (three + four)) - 2.0) * 3.0**0.5
        return bell

    def orders(self, name: str, rows: int, columns: int) -> Ints:
        """(rows, columns) each row a shuffled 0..columns-1."""
        order: Ints = np.argsort(self.uniform(name, rows, columns), axis=1, kind="stable")
        return order

    def numbers(self, name: str, texts: int) -> Iterator[Iterator[int]]:
        """For each text an endless row of whole numbers of its own."""
        source = self.stream(name)
        for start in range(0, texts, CHUNK):
            rows = source.integers(0, 2**31, size=(min(CHUNK, texts - start), NUMBERS), dtype=np.int64)
            for row in rows:
                yield cycle(row.tolist())
