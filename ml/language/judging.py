"""The judge learns to tell who answers a need from who refuses it and who speaks of something else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf
from keras import ops
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from ml.bank import Concept
from ml.judge import LONGEST, VERDICTS
from ml.language import bert, contrast, finetune, lessons, looking, measures, saying, trainer
from ml.language.pairing import Pairing
from ml.language.tokens import Tokens
from ml.language.trainer import Batch, Desk, Plan, Task
from ml.passages import Looks

SMOOTHED = 0.05
BEST = 0.5  # weight of telling the best offer of a need beside each pair's verdict
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
    """A judge, the temperature its logits are divided by, which verdicts it may say from which share on, and where it
    looks first."""

    model: bert.Judge
    temperature: float
    says: dict[str, float]
    looks: Looks


def teach(folder: Path, lesson: Lesson, plan: Plan, desk: Desk) -> Taught:
    """A judge whose layers begin as those of the encoder in `folder`. ValueError without concepts to measure on."""
    learned, held = (lessons.as_read(part) for part in lessons.parts(lesson.concepts))
    if len(learned) < 2 or len(held) < 2:
        raise ValueError(f"{len(learned)} + {len(held)} concepts are too few")
    encode = finetune.encoding(bert.encoder(folder), Tokens.load(folder, finetune.LONGEST))
    heard, unheard = lesson.ordinary.parts()
    book = lessons.Book(learned, lessons.nearest_others(learned, encode), heard)
    model = bert.fresh_judge(folder, dropout=0.1)
    model.freeze()
    pairing, needs = Pairing(model, Tokens.load(folder, LONGEST)), book.needs_in(lesson.group)

    def batch(step: int) -> Batch:
        drawn = book.cases(lesson.group, plan.rng(step))
        return (*pairing(drawn.needs, drawn.offers), np.array(drawn.verdicts, dtype=np.int32))

    def loss(given: Batch) -> Any:
        *inputs, verdicts = given
        return told_apart(model.compared(tuple(inputs), training=True), verdicts, needs)

    run = logits_of(model, pairing)
    near, fits = measures.cosine_of(encode), fit(run)

    def both(needs: Sequence[str], offers: Sequence[str]) -> Logits:
        return near(needs, offers) / contrast.TEMPERATURE + fits(needs, offers)

    def measure() -> float:
        found = measures.hidden_needs(held, both, draws=4)
        return found.mrr[0] + found.traps[0]

    signature = (*SPECS, tf.TensorSpec([None], tf.int32))
    trainer.run(Task(model, batch, loss, measure, signature), plan, desk)
    heat, says = settled(run, near, lessons.Book(held, lessons.nearest_others(held, encode), unheard), plan)
    return Taught(model, heat, says, looking.learned(learned, heard, encode))


def settled(run: Any, near: measures.Score, book: lessons.Book, plan: Plan) -> tuple[float, dict[str, float]]:
    """Temperature and what may be said, on concepts and sentences that were not learned from."""
    rng = plan.rng(plan.steps + 1)
    drawn = book.cases(1200, rng)
    heat = temperature(run(drawn.needs, drawn.offers), np.array(drawn.verdicts))
    return heat, saying.settle(near, shares_of(run, heat), book.concepts, book.ordinary, rng)


def shares_of(run: Any, heat: float) -> saying.Shares:
    """Logits as (m, 3) shares."""
    def shares(needs: Sequence[str], offers: Sequence[str]) -> Logits:
        logits = run(needs, offers) / heat
        return np.asarray(np.exp(logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)))

    return shares


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


def fit(judge: Any) -> measures.Score:
    """Logits as one number: how much more an offer answers than refuses or speaks of something else."""
    def score(needs: Sequence[str], offers: Sequence[str]) -> Logits:
        logits = judge(needs, offers)
        return np.asarray(logits[:, 0] - np.logaddexp(logits[:, 1], logits[:, 2]))

    return score


def temperature(logits: Logits, verdicts: NDArray[np.int64]) -> float:
    """What the logits are divided by so that their probabilities are honest (Guo et al. 2017)."""
    def surprise(log: float) -> float:
        scaled = logits / np.exp(log)
        chosen = scaled[np.arange(len(verdicts)), verdicts] - np.logaddexp.reduce(scaled, axis=1)
        return float(-chosen.mean())

    return float(np.exp(minimize_scalar(surprise, bounds=(-2.0, 3.0), method="bounded").x))
