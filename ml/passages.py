"""A text as the matcher holds it: its readable sentences and their vectors, the whole text's first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.encoder import Encoder, Vectors
from ml.text import paragraph


@dataclass(frozen=True)
class Passage:
    """`vectors` is (1 + len(sentences), d): the whole, then each sentence. An empty text has no sentences."""

    sentences: tuple[str, ...]
    vectors: Vectors


@dataclass(frozen=True)
class Pair:
    """The two sentences that are nearest, and their cosine."""

    need: str
    offer: str
    cosine: float


def encode(encoder: Encoder, texts: Sequence[Sequence[str]]) -> list[Passage]:
    """Encode the sentences of many texts in one go."""
    flat = [piece for found in texts for piece in (paragraph(found), *found)]
    vectors = encoder.encode(flat)
    passages, begin = [], 0
    for found in texts:
        end = begin + 1 + len(found)
        passages.append(Passage(tuple(found), vectors[begin:end]))
        begin = end
    return passages


def similarity(need: Passage, offers: Sequence[Passage]) -> NDArray[np.float64]:
    """(n,) cosine of a need and each offer: half the whole texts', half the best sentence pair's. NaN without a text."""
    found = np.full(len(offers), np.nan)
    for place, offer in enumerate(offers):
        if need.sentences and offer.sentences:
            best = (need.vectors[1:] @ offer.vectors[1:].T).max()
            found[place] = 0.5 * float(need.vectors[0] @ offer.vectors[0]) + 0.5 * float(best)
    return found


def best_pair(need: Passage, offer: Passage) -> Pair | None:
    """The two sentences that match best, None without a text."""
    if not need.sentences or not offer.sentences:
        return None
    cosines = need.vectors[1:] @ offer.vectors[1:].T
    row, column = np.unravel_index(int(cosines.argmax()), cosines.shape)
    return Pair(need.sentences[row], offer.sentences[column], round(float(cosines[row, column]), 4))
