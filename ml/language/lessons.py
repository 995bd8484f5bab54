"""What is drawn from the bank for one step of training: needs with who answers them and who refuses."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from ml import text
from ml.bank import Concept
from ml.judge import ANSWERS, REFUSES, UNRELATED
from ml.language.measures import Encode

HELD_BACK = 10  # one in so many training concepts is kept for measuring while training
MIXED = 0.15  # share of texts that hold a second sentence, of another concept
OFFERS = 5  # a need's in a lesson of the judge: one answers, one refuses, the others speak of something else
HARD = 0.25  # share of those others that are drawn from what is nearest to the need
SPARE = 1 / 8  # share of a lesson's pairs that are ordinary


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

    def parts(self) -> tuple[Ordinary, Ordinary]:
        """(learned from, measured on once taught)"""
        sides = (self.stories, self.profiles)
        return (
            Ordinary(*([one for row, one in enumerate(side) if row % HELD_BACK] for side in sides)),
            Ordinary(*(side[::HELD_BACK] for side in sides)),
        )


@dataclass(frozen=True)
class Book:
    """What pairs are drawn from. `near`: need → what others offer that is nearest to it, and neither answers nor
    refuses it; any other offer where it is empty."""

    concepts: Sequence[Concept]
    near: Mapping[str, Sequence[str]] = field(default_factory=dict)
    ordinary: Ordinary = field(default_factory=Ordinary)

    def needs_in(self, count: int) -> int:
        """How many needs, each with `OFFERS` offers, stand at the head of so many pairs."""
        return (count - self._spare(count)) // OFFERS

    def _spare(self, count: int) -> int:
        return round(count * SPARE) if self.ordinary.stories and self.ordinary.profiles else 0

    def cases(self, count: int, rng: np.random.Generator) -> Cases:
        """Needs of different concepts with who answers, who refuses and who speaks of something else, in this order;
        then pairs of which at least one side is ordinary."""
        found = Cases([], [], [])
        order = rng.permutation(len(self.concepts))
        for place in range(self.needs_in(count)):
            mine = self.concepts[order[place % len(order)]]
            need = one_of(mine.need, rng)
            found.add(need, one_of(mine.answers, rng), ANSWERS)
            found.add(need, one_of(mine.refuses, rng), REFUSES)
            for _ in range(OFFERS - 2):
                found.add(need, self._other(mine, need, rng), UNRELATED)
        for _ in range(self._spare(count)):
            found.add(*self._nothing(rng), UNRELATED)
        return found

    def _other(self, mine: Concept, need: str, rng: np.random.Generator) -> str:
        if self.near.get(need) and rng.random() < HARD:
            return one_of(self.near[need], rng)
        other = mine
        while other is mine:
            other = self.concepts[int(rng.integers(len(self.concepts)))]
        return one_of(other.answers if rng.random() < 0.5 else other.refuses, rng)

    def _nothing(self, rng: np.random.Generator) -> tuple[str, str]:
        story, profile = one_of(self.ordinary.stories, rng), one_of(self.ordinary.profiles, rng)
        concept, dice = self.concepts[int(rng.integers(len(self.concepts)))], rng.random()
        if dice < 1 / 3:
            return one_of(concept.need, rng), profile
        return story, profile if dice < 2 / 3 else one_of((*concept.answers, *concept.refuses), rng)


@dataclass(frozen=True)
class Cases:
    """Pairs of a need and an offer, and what a careful reader says of each (m,)."""

    needs: list[str]
    offers: list[str]
    verdicts: list[int]

    def add(self, need: str, offer: str, verdict: int) -> None:
        """One pair more."""
        self.needs.append(need)
        self.offers.append(offer)
        self.verdicts.append(verdict)


def nearest_others(concepts: Sequence[Concept], encode: Encode, most: int = 50) -> dict[str, tuple[str, ...]]:
    """Each need → the offers of other concepts whose vectors are nearest to its own."""
    needs = [(sentence, row) for row, concept in enumerate(concepts) for sentence in concept.need]
    offers = [(sentence, row) for row, concept in enumerate(concepts)
              for sentence in (*concept.answers, *concept.refuses)]
    first, second = (encode([sentence for sentence, _ in side]) for side in (needs, offers))
    owners = np.array([row for _, row in offers])
    found = {}
    for (need, row), vector in zip(needs, first, strict=True):
        cosines = np.where(owners == row, -np.inf, second @ vector)
        found[need] = tuple(offers[place][0] for place in np.argsort(-cosines)[: min(most, (owners != row).sum())])
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
