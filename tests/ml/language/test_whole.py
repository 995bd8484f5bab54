"""Whole texts as the matcher reads them, of which what is true is known."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import small

from ml.judge import ANSWERS, REFUSES, UNRELATED
from ml.language import whole
from ml.language.lessons import Book, Ordinary
from ml.passages import Looks
from ml.reading import PAIRS

QUIET = Ordinary([f"vendo choclo {place}" for place in range(30)], [f"tengo patio {place}" for place in range(30)])
BOOK = Book(small.bank(), ordinary=QUIET)
WHOSE = {sentence: (concept.code, side) for concept in BOOK.concepts for side in ("need", "answers", "refuses")
         for sentence in getattr(concept, side)}


def things(texts: Sequence[str]) -> np.ndarray:
    """A unit row a text: which things it names, or that it is ordinary."""
    words = (*small.THINGS, "choclo", "patio", "")
    rows = np.array([[word in f" {text} ".split(" ") for word in words] for text in texts], dtype=np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


NOWHERE = np.zeros(len(small.THINGS) + 3)
EYES = whole.Eyes(things, Looks(NOWHERE, NOWHERE))


def test_of_each_story_one_refuses_one_answers_and_others_are_silent() -> None:
    told = whole.texts(BOOK, 20, np.random.default_rng(1))
    assert [stance for *_, stance in told] == list(whole.STANCES) * 20
    for story, profile, stance in told:
        needs = {WHOSE[one][0] for one in story if one in WHOSE}
        assert 1 <= len(needs) <= whole.NEEDS
        said = [WHOSE[one][1] for one in profile if one in WHOSE and WHOSE[one][0] in needs]
        assert said == {REFUSES: ["refuses"], ANSWERS: ["answers"]}.get(stance, [])
        assert set(story) & set(QUIET.stories)
        assert set(profile) & set(QUIET.profiles)


def test_what_is_true_of_a_picked_pair_is_known() -> None:
    told = whole.texts(BOOK, 20, np.random.default_rng(2))
    read = whole.read(BOOK.concepts, told, EYES)
    assert len(read.needs) == len(read.offers) == len(read.cosines) == len(read.owner) == len(read.verdict)
    assert np.bincount(read.owner).tolist() == [PAIRS] * len(told)
    assert read.stance.tolist() == [stance for *_, stance in told]
    for need, offer, verdict in zip(read.needs, read.offers, read.verdict, strict=True):
        mine, theirs = WHOSE.get(need, ("", "")), WHOSE.get(offer, ("-", ""))
        stands = {"answers": ANSWERS, "refuses": REFUSES}.get(theirs[1], UNRELATED)
        assert verdict == (stands if mine[0] == theirs[0] else UNRELATED)
    # the thing is in need and refusal alike, so that the pair is picked first
    assert {read.verdict[read.owner == row].min() for row in np.flatnonzero(read.stance == REFUSES)} == {REFUSES}


def test_of_a_text_the_highest_share_counts() -> None:
    read = whole.read(BOOK.concepts, whole.texts(BOOK, 3, np.random.default_rng(3)), EYES)
    shares = np.random.default_rng(4).dirichlet(np.ones(3), len(read.owner))
    highest = read.highest(shares)
    for row in range(len(read.stance)):
        assert highest[row].tolist() == shares[read.owner == row].max(axis=0).tolist()


def test_few_concepts_and_no_ordinary_sentences_do() -> None:
    few = Book(small.bank()[:2])
    told = whole.texts(few, 5, np.random.default_rng(5))
    read = whole.read(few.concepts, told, EYES)
    assert len(read.stance) == len(told) == 20
    assert not np.isnan(read.near).any()
