"""The encoder learns whom a need means: contrastively, refusals as hard negatives, general Spanish held in place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf
from keras import ops

from ml.bank import Concept
from ml.language import bert, lessons, measures, trainer
from ml.language.tokens import Tokens
from ml.language.trainer import Batch, Desk, Plan, Task

LONGEST = 48  # tokens
TEMPERATURE = 0.05
MARGIN = 0.15  # by which an answer's cosine shall exceed a refusal's
PAIR = tf.TensorSpec([None, None], tf.int32)


@dataclass(frozen=True)
class Lesson:
    """What to learn from, and how much of it a step takes. `general`: sentences whose vectors shall stay."""

    concepts: Sequence[Concept]
    general: Sequence[str]
    group: int = 32  # concepts a step
    kept: int = 16  # general sentences a step
    keep: float = 6.0  # weight of their loss


def teach(folder: Path, lesson: Lesson, plan: Plan, desk: Desk) -> bert.Bert:
    """The encoder of `folder`, taught. ValueError without enough concepts or general sentences."""
    learned, held = (lessons.as_read(part) for part in lessons.parts(lesson.concepts))
    if len(learned) < lesson.group or not held or len(lesson.general) <= lesson.kept:
        raise ValueError(
            f"{len(learned)} + {len(held)} concepts and {len(lesson.general)} general sentences: too few; at least "
            f"{lesson.group} + 1 and {lesson.kept + 1} are expected"
        )
    tokens = Tokens.load(folder, LONGEST)
    model = bert.encoder(folder, dropout=0.1)
    model.words.trainable = False  # general Spanish lives there; 190 concepts would only bend a few words
    general = sorted(lesson.general, key=len)
    anchors = encoding(bert.encoder(folder), tokens)(general)

    def batch(step: int) -> Batch:
        rng = plan.rng(step)
        drawn = lessons.triples(learned, lesson.group, rng)
        begin = int(rng.integers(len(general) - lesson.kept))  # neighbours are equally long: little is padded
        rows = slice(begin, begin + lesson.kept)
        return (*tokens.texts([*drawn.needs, *drawn.answers, *drawn.refuses]), *tokens.texts(general[rows]),
                anchors[rows])

    def loss(given: Batch) -> Any:
        ids, mask, kept_ids, kept_mask, wanted = given
        needs, answers, refuses = ops.split(model((ids, mask), training=True), 3)
        moved = ops.sum(ops.square(model((kept_ids, kept_mask), training=True) - wanted), axis=-1)
        return contrast(needs, answers, refuses) + lesson.keep * ops.mean(moved)

    run = encoding(model, tokens)

    def measure() -> float:
        found = measures.hidden_needs(held, measures.cosine_of(run), draws=12)
        return found.mrr[0] + found.traps[0]

    signature = (PAIR, PAIR, PAIR, PAIR, tf.TensorSpec([None, None], tf.float32))
    trainer.run(Task(model, batch, loss, measure, signature), plan, desk)
    return model


def contrast(needs: Any, answers: Any, refuses: Any) -> Any:
    """Each need shall find its answer among all answers and all refusals of the step, and stay off its own refusal."""
    cosines = ops.matmul(needs, ops.transpose(ops.concatenate([answers, refuses], axis=0)))
    own = ops.arange(ops.shape(needs)[0])
    forth = tf.nn.sparse_softmax_cross_entropy_with_logits(own, cosines / TEMPERATURE)
    back = tf.nn.sparse_softmax_cross_entropy_with_logits(
        own, ops.matmul(answers, ops.transpose(needs)) / TEMPERATURE
    )
    apart = ops.sum(needs * answers, axis=-1) - ops.sum(needs * refuses, axis=-1)
    return ops.mean(forth) + 0.5 * ops.mean(back) + 2.0 * ops.mean(ops.relu(MARGIN - apart))


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
