"""Baselines that read the words alone: BM25 of profiles for a story, and TF-IDF of characters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import bm25s
import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer

from ml import records
from ml.frames import Floats
from ml.learn.baselines.plain import Score
from ml.learn.examples import Examples
from ml.world import World

GRAMS = (3, 5)  # characters, within words
Compare = Callable[[list[str], list[str]], NDArray[np.float64]]


@dataclass(frozen=True)
class Texts:
    """The readable texts of a world: row i of `stories` is a child's, row j of `profiles` a provider's."""

    stories: list[str]
    profiles: list[str]

    @classmethod
    def of(cls, world: World) -> Texts:
        """What the encoder was given too: identities are out."""
        return cls(_texts(records.stories(world.needs)), _texts(records.profiles(world.offers)))

    @cached_property
    def is_silent(self) -> NDArray[np.bool_]:
        """(n,) providers without a text."""
        return np.array([not text for text in self.profiles])


def _texts(found: Sequence[tuple[str, ...]]) -> list[str]:
    return [" ".join(sentences) for sentences in found]


def method(texts: Texts, compare: Compare) -> Score:
    """Each story with each profile once; NaN where one of them has no text."""

    def score(examples: Examples) -> Floats:
        rows = np.unique(examples.story)
        stories = list(dict.fromkeys(texts.stories[row] for row in rows))
        place = {story: number for number, story in enumerate(stories)}
        table = compare(stories, texts.profiles)
        number = np.array([place[texts.stories[row]] for row in examples.story])
        silent = texts.is_silent[examples.profile] | np.array([not stories[one] for one in number])
        return np.where(silent, np.nan, table[number, examples.profile])

    return score


def bm25(stories: list[str], profiles: list[str]) -> NDArray[np.float64]:
    """(stories, profiles) BM25 scores of words (Lucene's form, bm25s)."""
    index = bm25s.BM25()
    index.index(bm25s.tokenize(profiles, stopwords="es", show_progress=False), show_progress=False)
    asked = bm25s.tokenize(stories, stopwords="es", show_progress=False, return_ids=False)
    return np.array([index.get_scores(words) if words else np.zeros(len(profiles)) for words in asked])


def characters(stories: list[str], profiles: list[str]) -> NDArray[np.float64]:
    """(stories, profiles) cosines of TF-IDF vectors of character n-grams; the profiles give the frequencies."""
    vectors = TfidfVectorizer(analyzer="char_wb", ngram_range=GRAMS, sublinear_tf=True, strip_accents="unicode")
    offers = vectors.fit_transform(profiles)
    found: NDArray[np.float64] = (vectors.transform(stories) @ offers.T).toarray()
    return found
