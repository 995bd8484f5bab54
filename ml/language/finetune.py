"""The encoder learns whom a need means: contrastively, with hard negatives, general Spanish held in place.

From the bank of needs, where refusals are the hard negatives; from decisions, where they are those of the same list who
were set aside; or from both. Each is a part of a step: what it draws, what it costs, and how well it is known.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf
from keras import ops

from ml import encoder
from ml.bank import Concept
from ml.language import bert, decided, lessons, measures, pieces, trainer
from ml.language.contrast import contrast, found_among
from ml.language.decided import Decided
from ml.language.tokens import Tokens
from ml.language.trainer import Batch, Desk, Plan, Task

LONGEST = 48  # tokens of a sentence while it is taught; measured is the whole, as serving reads it
PAIR = tf.TensorSpec([None, None], tf.int32)
MATRIX = tf.TensorSpec([None, None], tf.float32)


@dataclass(frozen=True)
class Lesson:
    """What to learn from, and how much of it a step takes. `general`: sentences whose vectors shall stay.

    Without `decisions` the concepts are needed; with them they may be left out.
    """

    concepts: Sequence[Concept]
    general: Sequence[str]
    decisions: Decided | None = None
    group: int = 32  # concepts a step
    lists: int = 8  # lists of decisions a step
    kept: int = 16  # general sentences a step
    keep: float = 6.0  # weight of their loss


@dataclass(frozen=True)
class Part:
    """`draw`: a step's share of the batch, of this `signature`. `measure`: how well it is known, higher is better."""

    draw: Callable[[np.random.Generator], Batch]
    loss: Callable[[bert.Bert, Batch], Any]
    measure: Callable[[measures.Encode], float]
    signature: tuple[tf.TensorSpec, ...]


def teach(folder: Path, lesson: Lesson, plan: Plan, desk: Desk) -> bert.Bert:
    """The encoder of `folder`, taught. ValueError without enough concepts, decisions or general sentences."""
    tokens = Tokens.load(folder, LONGEST)
    parts = []
    if lesson.concepts or lesson.decisions is None:
        parts.append(_needs(lesson, tokens))
    if lesson.decisions is not None:
        parts.append(_decisions(lesson.decisions, lesson.lists, tokens))
    parts.append(_general(lesson, folder, tokens))
    model = bert.encoder(folder, dropout=0.1)
    model.words.trainable = False  # general Spanish lives there; 190 concepts would only bend a few words

    def batch(step: int) -> Batch:
        rng = plan.rng(step)
        return tuple(one for part in parts for one in part.draw(rng))

    def loss(given: Batch) -> Any:
        total, begin = 0.0, 0
        for part in parts:
            total += part.loss(model, given[begin : begin + len(part.signature)])
            begin += len(part.signature)
        return total

    run = encoding(model, Tokens.load(folder, encoder.LONGEST))
    signature = tuple(one for part in parts for one in part.signature)
    trainer.run(Task(model, batch, loss, lambda: sum(part.measure(run) for part in parts), signature), plan, desk)
    return model


def _needs(lesson: Lesson, tokens: Tokens) -> Part:
    """The bank: each need with who answers it, and who refuses it in its own words."""
    learned, held = (lessons.as_read(part) for part in lessons.parts(lesson.concepts))
    if len(learned) < lesson.group or not held:
        raise ValueError(f"{len(learned)} + {len(held)} concepts: too few; at least {lesson.group} + 1 are expected")

    def draw(rng: np.random.Generator) -> Batch:
        drawn = lessons.triples(learned, lesson.group, rng)
        return tokens.texts([*drawn.needs, *drawn.answers, *drawn.refuses])

    def loss(model: bert.Bert, given: Batch) -> Any:
        return contrast(*ops.split(model(given, training=True), 3))

    def measure(encode: measures.Encode) -> float:
        found = measures.hidden_needs(held, measures.cosine_of(encode), draws=12)
        return found.mrr[0] + found.traps[0]

    return Part(draw, loss, measure, (PAIR, PAIR))


def _decisions(known: Decided, count: int, tokens: Tokens) -> Part:
    """Each story with whom its family took, and whom it set aside. Other things than words decide too: no margin."""

    def draw(rng: np.random.Generator) -> Batch:
        drawn = decided.draw(known, count, rng)
        return (*pieces.laid_out([*drawn.stories, *drawn.taken, *drawn.aside], tokens), drawn.hidden)

    def loss(model: bert.Bert, given: Batch) -> Any:
        ids, mask, *rest, hidden = given
        stories = ops.shape(hidden)[0]
        return found_among(pieces.likeness(model((ids, mask), training=True), *rest)[:stories, stories:], hidden)

    def measure(encode: measures.Encode) -> float:
        return float(decided.reciprocal_ranks(known, known.held, encode).mean())

    return Part(draw, loss, measure, (*pieces.SIGNATURE, MATRIX))


def _general(lesson: Lesson, folder: Path, tokens: Tokens) -> Part:
    """General Spanish stays where the encoder of `folder` has it."""
    if len(lesson.general) <= lesson.kept:
        raise ValueError(f"{len(lesson.general)} general sentences: too few; at least {lesson.kept + 1} are expected")
    general = sorted(lesson.general, key=len)
    anchors = encoding(bert.encoder(folder), tokens)(general)

    def draw(rng: np.random.Generator) -> Batch:
        begin = int(rng.integers(len(general) - lesson.kept))  # neighbours are equally long: little is padded
        rows = slice(begin, begin + lesson.kept)
        return (*tokens.texts(general[rows]), anchors[rows])

    def loss(model: bert.Bert, given: Batch) -> Any:
        ids, mask, wanted = given
        moved = ops.sum(ops.square(model((ids, mask), training=True) - wanted), axis=-1)
        return lesson.keep * ops.mean(moved)

    return Part(draw, loss, lambda encode: 0.0, (PAIR, PAIR, MATRIX))


def encoding(model: bert.Bert, tokens: Tokens, size: int = 128) -> measures.Encode:
    """The model as it stands, as a function from texts to unit rows."""
    run = tf.function(lambda ids, mask: model((ids, mask)), input_signature=(PAIR, PAIR))

    def encode(texts: Sequence[str]) -> np.ndarray[Any, np.dtype[np.float32]]:
        order = sorted(range(len(texts)), key=lambda row: len(texts[row]))
        rows = np.zeros((len(texts), model.norm.gamma.shape[0]), dtype=np.float32)
        for begin in range(0, len(order), size):
            places = order[begin : begin + size]
            rows[places] = run(*tokens.texts([texts[place] for place in places])).numpy()
        return rows

    return encode


def blend(first: bert.Bert, second: bert.Bert, share: float) -> None:
    """Move the first model's weights by `share` towards the second's (Wortsman et al. 2022, robust fine-tuning)."""
    first.set_weights([(1 - share) * one + share * other
                       for one, other in zip(first.get_weights(), second.get_weights(), strict=True)])
