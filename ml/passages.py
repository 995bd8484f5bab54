"""A text as the matcher holds it: its readable sentences and their vectors, the whole text's first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


class Encodes(Protocol):
    """Whatever turns texts into (n, d) float32 unit rows."""

    def encode(self, texts: Sequence[str], progress: Callable[[int, int], None] | None = None) -> Vectors: ...


@dataclass(frozen=True)
class Passage:
    """`vectors` is (1 + len(sentences), d) float32 unit rows: the whole, then each sentence."""

    sentences: tuple[str, ...]
    vectors: Vectors

    @classmethod
    def restore(cls, sentences: Sequence[str], data: bytes) -> Passage:
        """From bytes kept of `vectors.tobytes()`. ValueError where they belong to another text."""
        rows = 1 + len(sentences)
        if not data or len(data) % (4 * rows):
            raise ValueError(f"data holds {len(data)} bytes, which is no whole number of float32 for {rows} rows")
        return cls(tuple(sentences), np.frombuffer(data, dtype=np.float32).reshape(rows, -1))


@dataclass(frozen=True)
class Pair:
    """The two sentences that are nearest, and their cosine."""

    need: str
    offer: str
    cosine: float


@dataclass(frozen=True)
class Looks:
    """Directions (d,) in which needs and refusals lie, whatever of: where a judge looks first. A sentence's product
    with its own is added to the cosine of its pairs."""

    need: NDArray[np.float64]
    offer: NDArray[np.float64]


@dataclass(frozen=True)
class Corpus:
    """The passages of n providers in one block: `whole` (n, d), `vectors` (s, d), provider i's from first[i] on."""

    whole: Vectors
    vectors: Vectors
    sentences: tuple[str, ...]
    first: NDArray[np.int64]  # (n + 1,)

    @classmethod
    def of(cls, passages: Sequence[Passage]) -> Corpus:
        """Pack passages, one a provider, in the order of the frame."""
        counts = [len(passage.sentences) for passage in passages]
        if not passages:
            return cls(np.zeros((0, 1), np.float32), np.zeros((0, 1), np.float32), (), np.zeros(1, np.int64))
        return cls(
            np.stack([passage.vectors[0] for passage in passages]),
            np.concatenate([passage.vectors[1:] for passage in passages]),
            tuple(sentence for passage in passages for sentence in passage.sentences),
            np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        )

    def __len__(self) -> int:
        return len(self.whole)


def encode(
    encoder: Encodes, texts: Sequence[Sequence[str]], progress: Callable[[int, int], None] | None = None
) -> list[Passage]:
    """Encode the sentences of many texts in one go; equal sentences once. The whole is pooled from its sentences."""
    places = {piece: place for place, piece in enumerate(dict.fromkeys(piece for found in texts for piece in found))}
    vectors = encoder.encode(["", *places], progress)
    return [pooled(found, vectors[[0, *(1 + places[piece] for piece in found)]]) for found in texts]


def pooled(sentences: Sequence[str], vectors: Vectors) -> Passage:
    """A passage whose whole is the mean of its sentences by length.

    `vectors` are the passage's own from here on, and begin with the empty text's, which stands for a whole without any.
    """
    if sentences:
        pooled = np.array([len(piece) for piece in sentences], dtype=np.float32) @ vectors[1:]
        vectors[0] = pooled / np.linalg.norm(pooled)
    return Passage(tuple(sentences), vectors)


def similarity(need: Passage, offers: Corpus, columns: NDArray[np.int64]) -> NDArray[np.float64]:
    """(len(columns),) cosine of a need and some offers: half the whole texts', half the best sentence pair's.

    NaN without a text. `einsum` sums each product in one order, so a pair's cosine does not depend on its neighbours.
    """
    found = np.full(len(columns), np.nan)
    counts = np.diff(offers.first)[columns]
    spoken = np.flatnonzero(counts)
    if not need.sentences or not len(spoken):
        return found
    chosen, lengths = columns[spoken], counts[spoken]
    whole = np.einsum("nd,d->n", offers.whole[chosen], need.vectors[0])
    begins = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    rows = np.arange(lengths.sum()) + np.repeat(offers.first[chosen] - begins, lengths)
    best = np.einsum("sd,kd->sk", offers.vectors[rows], need.vectors[1:]).max(axis=1)
    found[spoken] = 0.5 * whole + 0.5 * np.maximum.reduceat(best, begins)
    return found


def best_pair(need: Passage, offers: Corpus, column: int) -> Pair | None:
    """The two sentences that match best, None without a text."""
    found = nearest_pairs(need, offers, column, 1)
    return found[0] if found else None


def nearest_pairs(need: Passage, offers: Corpus, column: int, most: int, looks: Looks | None = None) -> list[Pair]:
    """The pairs of a need's and an offer's sentence that match best, the best first, ties in the texts' order.

    With `looks`, those where somebody tells a need or refuses one come before others as near.
    """
    begin, end = int(offers.first[column]), int(offers.first[column + 1])
    if not need.sentences or begin == end:
        return []
    cosines = np.einsum("sd,kd->sk", offers.vectors[begin:end], need.vectors[1:])
    leans = cosines
    if looks is not None:
        leans = cosines + (offers.vectors[begin:end] @ looks.offer)[:, None] + need.vectors[1:] @ looks.need
    best = np.argsort(-leans, axis=None, kind="stable")[:most]
    return [
        Pair(need.sentences[place], offers.sentences[begin + row], round(float(cosines[row, place]), 4))
        for row, place in zip(*(axis.tolist() for axis in np.unravel_index(best, cosines.shape)), strict=True)
    ]
