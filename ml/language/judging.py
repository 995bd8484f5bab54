"""The judge learns to tell who answers a need from who refuses it and who speaks of something else.

It learns what the encoder's cosine does not tell: the cosine is added to its logits while it learns. Else it learns by
heart what speaks of the same, of the needs it is taught and of no others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf
from keras import ops
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from ml.bank import Concept
from ml.judge import LONGEST, VERDICTS, Scaling, inputs
from ml.language import bert, finetune, lessons, looking, measures, saying, trainer, whole
from ml.language.pairing import Pairing
from ml.language.tokens import Tokens
from ml.language.trainer import Batch, Desk, Plan, Task
from ml.passages import Looks

SMOOTHED = 0.05
BEST = 0.5  # weight of telling the best offer of a need beside each pair's verdict
LEAN = np.array([5.0, 5.0, -5.0], dtype=np.float32)  # what a cosine of 1 adds to each logit while it learns
MEASURED = 300  # pairs of each kind
STORIES = 700  # whole ones, each with its providers
SPECS = (tf.TensorSpec([None, None, None], tf.float32), *(tf.TensorSpec([None, None], tf.int32),) * 2)
Logits = NDArray[np.float64]


@dataclass(frozen=True)
class Lesson:
    """What to learn from, and how many pairs a step takes."""

    concepts: Sequence[Concept]
    ordinary: lessons.Ordinary = field(default_factory=lessons.Ordinary)
    group: int = 40


@dataclass(frozen=True)
class Taught:
    """A judge, how its logits and the cosine are weighed, which verdicts it may say from which share on, and where it
    looks first."""

    model: bert.Judge
    scaling: Scaling
    says: dict[str, float]
    looks: Looks


def teach(folder: Path, lesson: Lesson, plan: Plan, desk: Desk) -> Taught:
    """A judge whose layers begin as those of the encoder in `folder`. ValueError without concepts to measure on."""
    learned, held = (lessons.as_read(part) for part in lessons.parts(lesson.concepts))
    if len(learned) < 2 or len(held) < 2:
        raise ValueError(f"{len(learned)} + {len(held)} concepts are too few")
    encode = measures.remembered(finetune.encoding(bert.encoder(folder), Tokens.load(folder, finetune.LONGEST)))
    heard, unheard = lesson.ordinary.parts()
    book = lessons.Book(learned, lessons.nearest_others(learned, encode), heard)
    model = bert.fresh_judge(folder, dropout=0.1)
    model.freeze()
    pairing, needs = Pairing(model, Tokens.load(folder, LONGEST)), book.needs_in(lesson.group)
    run, near = logits_of(model, pairing), measures.cosine_of(encode)

    def batch(step: int) -> Batch:
        drawn = book.cases(lesson.group, plan.rng(step))
        leans = near(drawn.needs, drawn.offers)[:, None] * LEAN
        return (*pairing(drawn.needs, drawn.offers), leans.astype(np.float32), np.array(drawn.verdicts, np.int32))

    def loss(given: Batch) -> Any:
        *inputs, leans, verdicts = given
        return told_apart(model.compared(tuple(inputs), training=True) + leans, verdicts, needs)

    signature = (*SPECS, tf.TensorSpec([None, 3], tf.float32), tf.TensorSpec([None], tf.int32))
    aside = lessons.Book(held, ordinary=unheard)
    measure = likelihood(run, near, saying.pairs(held, unheard, plan.rng(plan.steps), MEASURED))
    trainer.run(Task(model, batch, loss, measure, signature), plan, desk)
    looks = looking.learned(learned, heard, encode)
    scaling, says = settled(run, aside, whole.Eyes(encode, looks), plan.rng(plan.steps + 1))
    return Taught(model, scaling, says, looks)


def likelihood(run: Any, near: measures.Score, known: saying.Pairs) -> Callable[[], float]:
    """How well the model as it stands foretells the verdicts on pairs: the mean log of the right one's share."""
    needs, offers, verdicts = known.every()
    cosines = near(needs, offers)

    def measure() -> float:
        logits = run(needs, offers)
        shares = scaled(logits, cosines, verdicts).shares(logits, cosines)
        return float(np.log(shares[np.arange(len(verdicts)), verdicts]).mean())

    return measure


def settled(
    run: Any, aside: lessons.Book, eyes: whole.Eyes, rng: np.random.Generator
) -> tuple[Scaling, dict[str, float]]:
    """How to weigh and what may be said, on whole texts of concepts and ordinary sentences not learned from: weighed on
    some, and asked on others what may be said."""
    first, second = (whole.read(aside.concepts, whole.texts(aside, STORIES, rng), eyes) for _ in range(2))
    scaling = scaled(run(first.needs, first.offers), first.cosines, first.verdict)
    return scaling, saying.settle(second, scaling.shares(run(second.needs, second.offers), second.cosines))


def scaled(logits: Logits, cosines: Logits, verdicts: NDArray[np.int64]) -> Scaling:
    """The scaling that makes the shares honest on pairs of which the verdict is known. ValueError: one never occurs."""
    if len(np.unique(verdicts)) < len(VERDICTS):
        raise ValueError("not every verdict occurs among what a judge is weighed on: more concepts are needed")
    spread = inputs(logits, cosines).std(axis=0)
    spread[spread == 0] = 1.0
    model = LogisticRegression(max_iter=2000).fit(inputs(logits, cosines) / spread, verdicts)
    return Scaling(np.round(model.coef_ / spread, 4), np.round(model.intercept_, 4))


def told_apart(logits: Any, verdicts: Any, needs: int) -> Any:
    """Each pair's verdict; and of each of the first `needs` needs, that its first offer answers it best of all."""
    wanted = ops.one_hot(verdicts, len(VERDICTS)) * (1 - SMOOTHED) + SMOOTHED / len(VERDICTS)
    verdict = ops.mean(tf.nn.softmax_cross_entropy_with_logits(wanted, logits))
    fits = logits[:, 0] - ops.logsumexp(logits[:, 1:], axis=1)
    offered = ops.reshape(fits[: needs * lessons.OFFERS], (needs, lessons.OFFERS))
    return verdict + BEST * ops.mean(ops.logsumexp(offered, axis=1) - offered[:, 0])


def logits_of(model: bert.Judge, pairing: Pairing, size: int = 128) -> Any:
    """The model as it stands, as a function (m needs, m offers) → (m, 3) logits."""
    run = tf.function(lambda *inputs: model.compared(inputs), input_signature=SPECS)

    def judge(needs: Sequence[str], offers: Sequence[str]) -> Logits:
        order = sorted(range(len(needs)), key=lambda row: len(needs[row]) + len(offers[row]))
        rows = np.zeros((len(needs), len(VERDICTS)))
        for begin in range(0, len(order), size):
            places = order[begin : begin + size]
            rows[places] = run(*pairing([needs[one] for one in places], [offers[one] for one in places])).numpy()
        return rows

    return judge
