"""What is drawn from the bank for one step of training: needs with who answers them and who refuses."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ml import text
from ml.bank import Concept

HELD_BACK = 10  # one in so many training concepts is kept for measuring while training
MIXED = 0.15  # share of texts that hold a second sentence, of another concept
ANSWERS, REFUSES, UNRELATED = 0, 1, 2  # as in ml.language.bert.VERDICTS


def parts(concepts: Sequence[Concept]) -> tuple[list[Concept], list[Concept]]:
    """(learned from, measured on while learning) of the training concepts; test concepts are in neither."""
    train = [concept for concept in concepts if concept.split == "train"]
    held = [concept for concept in train if _is_held_back(concept)]
    return [concept for concept in train if not _is_held_back(concept)], held


def _is_held_back(concept: Concept) -> bool:
    return int(hashlib.sha256(concept.code.encode()).hexdigest(), 16) % HELD_BACK == 0


def as_read(concepts: Sequence[Concept]) -> list[Concept]:
    """The same concepts, each sentence also as the matcher reads it: without the words that `ml.text` takes out."""
    return [
        replace(one, need=_both(one.need), answers=_both(one.answers), refuses=_both(one.refuses)) for one in concepts
    ]


def _both(sentences: Sequence[str]) -> tuple[str, ...]:
    """The sentences, and what remains of those that the matcher does not read whole."""
    read = {sentence: " ".join(text.sentences(sentence)) for sentence in sentences}
    return (*sentences, *(left for sentence, left in read.items() if left and left != sentence))


@dataclass(frozen=True)
class Triples:
    """Needs, who answers each and who refuses it, of as many concepts."""

    needs: list[str]
    answers: list[str]
    refuses: list[str]


def triples(concepts: Sequence[Concept], count: int, rng: np.random.Generator) -> Triples:
    """`count` different concepts, a sentence of each kind; some texts hold a sentence of another concept too."""
    order = rng.permutation(len(concepts))
    chosen = [concepts[place] for place in order[:count]]
    others = [concepts[place] for place in np.roll(order, len(order) // 2)[:count]]
    return Triples(
        [_mixed(one.need, other.need, rng) for one, other in zip(chosen, others, strict=True)],
        [_mixed(one.answers, other.answers, rng) for one, other in zip(chosen, others, strict=True)],
        [_mixed(one.refuses, other.answers, rng) for one, other in zip(chosen, others, strict=True)],
    )


@dataclass(frozen=True)
class Ordinary:
    """Sentences of stories and of profiles that speak of no need: what a judge mostly meets."""

    stories: Sequence[str] = ()
    profiles: Sequence[str] = ()


NOTHING = Ordinary()


@dataclass(frozen=True)
class Cases:
    """Pairs of a need and an offer, and what a careful reader says of each (m,)."""

    needs: list[str]
    offers: list[str]
    verdicts: list[int]


def cases(
    concepts: Sequence[Concept], count: int, rng: np.random.Generator, ordinary: Ordinary = NOTHING
) -> Cases:
    """About a third of each verdict. Unrelated are answers and refusals of other concepts, and ordinary sentences."""
    found = Cases([], [], [])
    for place in range(count):
        mine, other = (concepts[row] for row in rng.choice(len(concepts), 2, replace=False))
        verdict = place % 3
        needs = mine.need
        offers = (mine.answers, mine.refuses, other.answers if rng.random() < 0.6 else other.refuses)[verdict]
        if verdict == UNRELATED and ordinary.stories and rng.random() < 0.4:
            needs = ordinary.stories
        if verdict == UNRELATED and ordinary.profiles and rng.random() < 0.4:
            offers = ordinary.profiles
        found.needs.append(one_of(needs, rng))
        found.offers.append(one_of(offers, rng))
        found.verdicts.append(verdict)
    return found


def one_of(sentences: Sequence[str], rng: np.random.Generator) -> str:
    """A sentence by the dice."""
    return sentences[int(rng.integers(len(sentences)))]


def _mixed(sentences: Sequence[str], others: Sequence[str], rng: np.random.Generator) -> str:
    mine = one_of(sentences, rng)
    if rng.random() >= MIXED:
        return mine
    pair = [mine, one_of(others, rng)]
    return " ".join(pair if rng.random() < 0.5 else pair[::-1])
