"""Whole texts put together from the bank and from ordinary sentences, read as the matcher reads them.

A judge that tells single pairs apart well may still cry wolf over whole texts: of all their pairs the reader asks it
about those that look most like a need and its refusal. So what it says is weighed, and trusted, on such pairs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml import passages
from ml.bank import Concept
from ml.judge import ANSWERS, REFUSES, UNRELATED
from ml.language import lessons
from ml.language.lessons import Book
from ml.language.measures import Encode
from ml.passages import Corpus, Looks, Passage, nearest_pairs, similarity
from ml.reading import PAIRS

STANCES = (REFUSES, ANSWERS, UNRELATED, UNRELATED)  # of a story's providers to its first need: so many of each
STORY, PROFILE = 4, 3  # ordinary sentences
NEEDS = 2  # of a story, at most
SAID = (5, 2)  # what else a provider answers and refuses
SPOKEN = NEEDS + sum(SAID)  # concepts of a story and its providers


Told = tuple[list[str], list[str], int]  # a story, a profile, and what its provider is to the first need of the story


@dataclass(frozen=True)
class Whole:
    """Stories and profiles, one of each a row, and what was read in them.

    `stance` (r,) is the provider's to the story's need and `near` (r,) how alike both texts are; of the p pairs that
    were picked, `owner` (p,) is the row, `verdict` (p,) what is true of the pair, and `cosines` (p,) its own.
    """

    stance: NDArray[np.int64]
    near: NDArray[np.float64]
    needs: list[str]
    offers: list[str]
    cosines: NDArray[np.float64]
    owner: NDArray[np.int64]
    verdict: NDArray[np.int64]

    def highest(self, shares: NDArray[np.float64]) -> NDArray[np.float64]:
        """(r, 3) the highest share of each verdict in a row, of (p, 3)."""
        found = np.zeros((len(self.stance), shares.shape[1]))
        np.maximum.at(found, self.owner, shares)
        return found


@dataclass(frozen=True)
class Eyes:
    """What texts are read with: an encoder, as `ml.passages` asks it, and where a judge looks first."""

    rows: Encode
    looks: Looks

    def encode(self, texts: Sequence[str], _progress: Any = None) -> NDArray[np.float32]:
        """(n, d) unit rows."""
        return self.rows(texts)


def texts(book: Book, count: int, rng: np.random.Generator) -> list[Told]:
    """`count` stories, each with a provider of every one of `STANCES`."""
    concepts, ordinary, found = book.concepts, book.ordinary, []
    for _ in range(count):
        order = [concepts[place] for place in rng.permutation(len(concepts))[:SPOKEN]]
        mine, others = order[: int(rng.integers(1, NEEDS + 1))], order[NEEDS:]
        story = [*_some(ordinary.stories, STORY, rng), *(lessons.one_of(one.need, rng) for one in mine)]
        for stance in STANCES:
            profile = [*_some(ordinary.profiles, PROFILE, rng), *_stands(mine[0], stance, rng),
                       *(lessons.one_of(one.answers, rng) for one in others[: SAID[0]]),
                       *(lessons.one_of(one.refuses, rng) for one in others[SAID[0] :])]
            found.append((_shuffled(story, rng), _shuffled(profile, rng), stance))
    return found


def read(concepts: Sequence[Concept], told: Sequence[Told], eyes: Eyes) -> Whole:
    """The pairs of each row that a reader would ask a judge about."""
    stories = passages.encode(eyes, [story for story, _, _ in told])
    corpus = Corpus.of(passages.encode(eyes, [profile for _, profile, _ in told]))
    sides = {sentence: (one.code, side) for one in concepts for side in ("need", "answers", "refuses")
             for sentence in getattr(one, side)}
    picked = [(row, pair) for row, story in enumerate(stories)
              for pair in nearest_pairs(story, corpus, row, PAIRS, eyes.looks)]
    return Whole(
        np.array([stance for _, _, stance in told]),
        np.array([_near(story, corpus, row) for row, story in enumerate(stories)]),
        [pair.need for _, pair in picked], [pair.offer for _, pair in picked],
        np.array([pair.cosine for _, pair in picked]), np.array([row for row, _ in picked]),
        np.array([_verdict(sides.get(pair.need), sides.get(pair.offer)) for _, pair in picked]),
    )


def _near(story: Passage, corpus: Corpus, row: int) -> float:
    """0 where somebody has said nothing."""
    return float(np.nan_to_num(similarity(story, corpus, np.array([row]))[0]))


def _verdict(need: tuple[str, str] | None, offer: tuple[str, str] | None) -> int:
    if need is None or offer is None or need[1] != "need" or need[0] != offer[0]:
        return UNRELATED
    return {"answers": ANSWERS, "refuses": REFUSES}.get(offer[1], UNRELATED)


def _stands(need: Concept, stance: int, rng: np.random.Generator) -> list[str]:
    said = {ANSWERS: need.answers, REFUSES: need.refuses}.get(stance)
    return [lessons.one_of(said, rng)] if said else []


def _some(sentences: Sequence[str], count: int, rng: np.random.Generator) -> list[str]:
    return [lessons.one_of(sentences, rng) for _ in range(count if sentences else 0)]


def _shuffled(sentences: Sequence[str], rng: np.random.Generator) -> list[str]:
    return [sentences[place] for place in rng.permutation(len(sentences))]
