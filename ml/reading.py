"""What the judge reads in a story and the best candidates' profiles: who answers, who refuses, in which words.

Only the sentence pairs that are nearest are read: a long profile's with a long story's would be too many.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ml.judge import ANSWERS, REFUSES, VERDICTS
from ml.passages import Corpus, Looks, Pair, Passage, nearest_pairs

READ = 20  # candidates a unit
PAIRS = 2  # sentence pairs a candidate


class Judges(Protocol):
    """Pairs of sentences and their cosines → (m, 3) shares of answers, refuses and unrelated; which of the first two it
    may say and from which share on, and where it looks first."""

    version: str
    says: dict[str, float]
    looks: Looks | None

    def shares(
        self, needs: Sequence[str], offers: Sequence[str], cosines: Sequence[float]
    ) -> NDArray[np.float64]: ...


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
    """The pair that answers most and the one that refuses most, each only where the judge may say it and that is
    clear. `fit`, -1..1, moves the score: the highest share of the one less that of the other, clear or not, of what it
    may say. The shares are honest: what is doubtful moves little."""

    answers: Finding | None
    refuses: Finding | None
    fit: float

    @property
    def is_told(self) -> bool:
        """Is there anything that people are told of?"""
        return self.answers is not None or self.refuses is not None


def read(reader: Reader, need: Passage, offers: Corpus, columns: Sequence[int]) -> dict[int, Reading]:
    """The reading of each candidate that has a text; columns are providers."""
    pairs = {column: nearest_pairs(need, offers, column, reader.pairs, reader.judge.looks) for column in columns}
    every = [pair for found in pairs.values() for pair in found]
    if not every:
        return {}
    shares = iter(reader.judge.shares(
        [pair.need for pair in every], [pair.offer for pair in every], [pair.cosine for pair in every]
    ))
    says = reader.judge.says
    return {
        column: _reading(found, np.stack([next(shares) for _ in found]), says)
        for column, found in pairs.items() if found
    }


def _reading(pairs: Sequence[Pair], shares: NDArray[np.float64], says: Mapping[str, float]) -> Reading:
    most = {verdict: _most(pairs, shares[:, verdict]) for verdict in (ANSWERS, REFUSES) if VERDICTS[verdict] in says}
    clear = {verdict: one for verdict, one in most.items() if one.share >= says[VERDICTS[verdict]]}
    answers, refuses = (most[verdict].share if verdict in most else 0.0 for verdict in (ANSWERS, REFUSES))
    return Reading(clear.get(ANSWERS), clear.get(REFUSES), round(answers - refuses, 4))


def _most(pairs: Sequence[Pair], shares: NDArray[np.float64]) -> Finding:
    place = int(shares.argmax())
    return Finding(pairs[place].need, pairs[place].offer, round(float(shares[place]), 4))
