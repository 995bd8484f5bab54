"""What a judge is shown: each need with who answers it, who refuses it and others, and ordinary sentences."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
import small

from ml.judge import ANSWERS, REFUSES, UNRELATED
from ml.language import lessons
from ml.language.lessons import Book, Ordinary

BANK = small.bank()
WHOSE = {sentence: (concept.code, side) for concept in BANK for side in ("need", "answers", "refuses")
         for sentence in getattr(concept, side)}
QUIET = Ordinary([f"vendo choclo {place}" for place in range(30)], [f"tengo patio {place}" for place in range(30)])


def things(texts: Sequence[str]) -> np.ndarray:
    """A vector a text: which things it names, the next thing on the list a little."""
    rows = np.array([[thing in text.split() for thing in small.THINGS] for text in texts], dtype=np.float32)
    return rows + 0.5 * np.roll(rows, 1, axis=1)


def test_each_need_has_one_who_answers_one_who_refuses_and_others() -> None:
    drawn = Book(BANK).cases(40, np.random.default_rng(1))
    assert drawn.verdicts == [ANSWERS, REFUSES, *[UNRELATED] * (lessons.OFFERS - 2)] * 8
    for need, offer, verdict in zip(drawn.needs, drawn.offers, drawn.verdicts, strict=True):
        (mine, _), (other, side) = WHOSE[need], WHOSE[offer]
        assert (mine == other) == (verdict != UNRELATED)
        assert verdict == UNRELATED or side == ("answers", "refuses")[verdict]


def test_ordinary_pairs_stand_behind_and_are_unrelated() -> None:
    book = Book(BANK, ordinary=QUIET)
    drawn = book.cases(40, np.random.default_rng(1))
    heads = book.needs_in(40) * lessons.OFFERS
    assert heads == 35
    for need, offer, verdict in list(zip(drawn.needs, drawn.offers, drawn.verdicts, strict=True))[heads:]:
        assert verdict == UNRELATED
        assert need not in WHOSE or offer not in WHOSE


def test_what_is_nearest_is_of_another_concept() -> None:
    near = lessons.nearest_others(BANK, things, most=6)
    follower = {thing: small.THINGS[(place + 1) % len(small.THINGS)] for place, thing in enumerate(small.THINGS)}
    for concept in BANK:
        for need in concept.need:
            assert len(near[need]) == 6
            assert all(WHOSE[offer][0] != concept.code for offer in near[need])
            neighbours = {follower[concept.es], next(one for one, other in follower.items() if other == concept.es)}
            assert {thing for offer in near[need] for thing in small.THINGS if thing in offer.split()} <= neighbours


def test_some_others_are_the_nearest() -> None:
    near = lessons.nearest_others(BANK, things, most=6)
    drawn = Book(BANK, near).cases(400, np.random.default_rng(2))
    hard = [offer in near[need] for need, offer, verdict in zip(drawn.needs, drawn.offers, drawn.verdicts, strict=True)
            if verdict == UNRELATED]
    assert 0.2 < np.mean(hard) < 0.5


def test_what_is_measured_once_taught_was_not_learned_from() -> None:
    learned, kept = QUIET.parts()
    assert not set(learned.stories) & set(kept.stories)
    assert not set(learned.profiles) & set(kept.profiles)
    assert set(learned.stories) | set(kept.stories) == set(QUIET.stories)


@pytest.mark.parametrize("most", [1, 10**6])
def test_however_many_are_asked_for(most: int) -> None:
    offers = sum(len(concept.answers) + len(concept.refuses) for concept in BANK)
    own = len(BANK[0].answers) + len(BANK[0].refuses)
    assert len(lessons.nearest_others(BANK, things, most)[BANK[0].need[0]]) == min(most, offers - own)
