"""What decisions teach the encoder: whose story it was, who was taken, and who of the same list was set aside.

A training folder is read as `manage.py train` reads it (`ml.learn.folder`): families without consent to training are
not read further, a pair that a hard rule stands in the way of is left out, and of the texts only what `ml.text` lets
through is left. Families are split as there, so that with the same seed the same ones are held back from both.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

from ml import passages
from ml.frames import Bools, Floats
from ml.language.measures import Encode
from ml.learn import folder, splits
from ml.learn.examples import Examples
from ml.learn.faults import LearnError
from ml.learn.folder import Reader
from ml.learn.metrics import bootstrap
from ml.learn.metrics.bootstrap import Interval
from ml.learn.places import Places
from ml.passages import Corpus, Vectors
from ml.world import World

FEWEST = splits.FEWEST  # lists on a side
Text = tuple[str, ...]  # readable sentences


@dataclass(frozen=True)
class Shown:
    """A list of admissible providers that a family was shown: rows of `Decided.profiles`, none in both.

    `taken`: approved, and not known to have failed. `aside`: not approved; where there is none, approved and failed.
    """

    family: str
    story: Text
    taken: tuple[int, ...]
    aside: tuple[int, ...]


@dataclass(frozen=True)
class Decided:
    """Lists to learn from, to end the learning by, and to measure it on once. `data`: sha256 of the files."""

    profiles: Sequence[Text]
    learned: Sequence[Shown]
    held: Sequence[Shown]
    test: Sequence[Shown]
    data: str
    bad: int = 0  # rows that could not be used


class Unread:
    """Stands for an encoder where the sentences alone are wanted."""

    def encode(self, texts: Sequence[str], progress: Callable[[int, int], None] | None = None) -> Vectors:
        """(n, 1) ones."""
        return np.ones((len(texts), 1), dtype=np.float32)


def read(path: Path, seed: int, places: Places, report: Callable[[str], None]) -> Decided:
    """The lists of a training folder. TableError; LearnError where texts, consents or decisions do not suffice."""
    dataset = folder.read(path, Reader(Unread(), places, report))
    split = splits.split(dataset.examples, "family", seed)
    world = cast(World, dataset.world)  # a folder's examples always have one
    offers = [_sentences(world.corpus, row) for row in range(len(world.corpus))]
    for side, texts in (("story", [one.sentences for one in world.texts]), ("profile", offers)):
        if not any(texts):
            raise LearnError(f"{path.name}: no {side} that may be read: there is nothing to teach the encoder")
    numbers = {text: number for number, text in enumerate(dict.fromkeys(offers))}
    known = (world, [numbers[text] for text in offers])
    learned, held, test = (_lists(dataset.examples, mask, known, tuple(numbers))
                           for mask in (split.train, split.validation, split.test))
    if min(len(learned), len(held), len(test)) < FEWEST:
        raise LearnError(
            f"{path.name}: {len(learned)}, {len(held)}, {len(test)} lists to learn from, to stop by and to measure "
            f"on, with a story, somebody approved and somebody set aside: too few; {FEWEST} of each are needed"
        )
    return Decided(tuple(numbers), learned, held, test, dataset.data, dataset.bad)


def _sentences(corpus: Corpus, row: int) -> Text:
    return corpus.sentences[int(corpus.first[row]) : int(corpus.first[row + 1])]


def _lists(
    examples: Examples, mask: Bools, known: tuple[World, Sequence[int]], profiles: Sequence[Text]
) -> list[Shown]:
    """`known`: the world, and the number of each provider's text: two who say the same are one here."""
    world, number = known
    rows: dict[int, list[int]] = {}
    for row in np.flatnonzero(mask).tolist():
        if profiles[number[examples.profile[row]]]:
            rows.setdefault(int(examples.query[row]), []).append(row)
    found = []
    for places in rows.values():
        story = world.texts[examples.story[places[0]]].sentences
        taken, aside = verdicts(examples, places, number)
        if story and taken and aside:
            found.append(Shown(str(examples.family[places[0]]), story, tuple(sorted(taken)), tuple(sorted(aside))))
    return found


def verdicts(examples: Examples, places: Sequence[int], number: Sequence[int]) -> tuple[set[int], set[int]]:
    """(taken, set aside) of one list. Of what was approved and did not hold nobody says that the words were wrong."""
    yes: set[int] = set()
    no: set[int] = set()
    failed: set[int] = set()
    for row in places:
        if examples.approved[row] == 1:
            (failed if examples.held[row] == 0 else yes).add(number[examples.profile[row]])
        else:
            no.add(number[examples.profile[row]])
    return yes - failed, (no - yes - failed) or failed


@dataclass(frozen=True)
class Drawn:
    """n stories, whom each took and whom each set aside; `hidden` (n, 2n): 1 where an offer of these, first the taken,
    then the others, was taken by the story's family too and is not its own."""

    stories: list[Text]
    taken: list[Text]
    aside: list[Text]
    hidden: NDArray[np.float32]


def draw(decided: Decided, count: int, rng: np.random.Generator) -> Drawn:
    """`count` different lists to learn from (fewer where there are fewer)."""
    lists = [decided.learned[place] for place in rng.permutation(len(decided.learned))[:count].tolist()]
    taken, aside = ([side[int(rng.integers(len(side)))] for side in sides]
                    for sides in ([one.taken for one in lists], [one.aside for one in lists]))
    hidden = np.array([[offer in one.taken for offer in (*taken, *aside)] for one in lists], dtype=np.float32)
    hidden[np.arange(len(lists)), np.arange(len(lists))] = 0
    texts = decided.profiles
    return Drawn([one.story for one in lists], [texts[row] for row in taken], [texts[row] for row in aside], hidden)


@dataclass(frozen=True)
class Running:
    """A model as it stands, for what asks an encoder."""

    run: Encode

    def encode(self, texts: Sequence[str], progress: Callable[[int, int], None] | None = None) -> Vectors:
        """(n, d) unit rows."""
        return self.run(texts)


def reciprocal_ranks(decided: Decided, lists: Sequence[Shown], encode: Encode) -> Floats:
    """(l,) mean, over who was taken, of one over the place among those set aside, by the likeness that serving takes.

    Who is as like as the one taken stands before it.
    """
    rows = sorted({row for one in lists for row in (*one.taken, *one.aside)})
    column = {row: place for place, row in enumerate(rows)}
    found = passages.encode(Running(encode), [*(decided.profiles[row] for row in rows), *(one.story for one in lists)])
    offers = Corpus.of(found[: len(rows)])
    ranks = np.zeros(len(lists))
    for place, (one, story) in enumerate(zip(lists, found[len(rows) :], strict=True)):
        fit = passages.similarity(story, offers, np.array([column[row] for row in (*one.taken, *one.aside)]))
        taken, aside = fit[: len(one.taken)], fit[len(one.taken) :]
        ranks[place] = (1 / (1 + (aside >= taken[:, None]).sum(axis=1))).mean()
    return ranks


def compared(lists: Sequence[Shown], before: Floats, after: Floats, seed: int) -> tuple[Interval, Interval, Interval]:
    """Mean reciprocal rank before and after, and what it gained, over families."""
    family = np.array([one.family for one in lists], dtype=np.str_)
    return (bootstrap.of_mean(before, family, seed), bootstrap.of_mean(after, family, seed),
            bootstrap.difference(after, before, family, seed))
