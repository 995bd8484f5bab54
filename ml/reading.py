"""What the judge reads in a story and the best candidates' profiles: who answers, who refuses, in which words.

Only the sentence pairs that are nearest are read: a profile's forty sentences with a story's forty would be too many.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ml.judge import ANSWERS, REFUSES
from ml.passages import Corpus, Pair, Passage, nearest_pairs

READ = 20  # candidates a unit
PAIRS = 4  # sentence pairs a candidate
CLEAR = 0.6  # the share from which a verdict is said aloud


class Judges(Protocol):
    """Pairs of sentences → (m, 3) shares of answers, refuses and unrelated."""

    version: str

    def shares(self, needs: Sequence[str], offers: Sequence[str]) -> NDArray[np.float64]: ...


@dataclass(frozen=True)
class Reader:
    """Who judges, how many of a unit's best candidates, and how many sentence pairs of each."""

    judge: Judges
    candidates: int = READ
    pairs: int = PAIRS


@dataclass(frozen=True)
class Finding:
    """Two sentences and the share of the judge's verdict on them, 0..1."""

    need: str
    offer: str
    share: float


@dataclass(frozen=True)
class Reading:
    """The pair that answers most and the one that refuses most, each only where that is clear. `fit` is the share of
    the best answer less that of the worst refusal, -1..1."""

    answers: Finding | None
    refuses: Finding | None
    fit: float


def read(reader: Reader, need: Passage, offers: Corpus, columns: Sequence[int]) -> dict[int, Reading]:
    """The reading of each candidate that has a text; columns are providers."""
    pairs = {column: nearest_pairs(need, offers, column, reader.pairs) for column in columns}
    every = [pair for found in pairs.values() for pair in found]
    if not every:
        return {}
    shares = iter(reader.judge.shares([pair.need for pair in every], [pair.offer for pair in every]))
    return {
        column: _reading(found, np.stack([next(shares) for _ in found])) for column, found in pairs.items() if found
    }


def _reading(pairs: Sequence[Pair], shares: NDArray[np.float64]) -> Reading:
    best, worst = _most(pairs, shares[:, ANSWERS]), _most(pairs, shares[:, REFUSES])
    return Reading(
        best if best.share >= CLEAR else None, worst if worst.share >= CLEAR else None,
        round(best.share - worst.share, 6),
    )


def _most(pairs: Sequence[Pair], shares: NDArray[np.float64]) -> Finding:
    place = int(shares.argmax())
    return Finding(pairs[place].need, pairs[place].offer, round(float(shares[place]), 4))
