"""The judge learns to tell who answers a need from who refuses it and who speaks of something else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf
from keras import ops
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from ml.bank import Concept
from ml.language import bert, lessons, measures, trainer
from ml.language.tokens import Tokens
from ml.language.trainer import Batch, Desk, Plan, Task

LONGEST = 112  # tokens of both sentences
SMOOTHED = 0.05
SPEC = tf.TensorSpec([None, None], tf.int32)
Logits = NDArray[np.float64]


@dataclass(frozen=True)
class Lesson:
    """What to learn from, and how many pairs a step takes."""

    concepts: Sequence[Concept]
    ordinary: lessons.Ordinary = lessons.NOTHING
    group: int = 48


@dataclass(frozen=True)
class Taught:
    """A judge and the temperature its logits are divided by."""

    model: bert.Judge
    temperature: float


def teach(folder: Path, lesson: Lesson, plan: Plan, desk: Desk) -> Taught:
    """A judge whose layers begin as those of the encoder in `folder`. ValueError without concepts to measure on."""
    learned, held = (lessons.as_read(part) for part in lessons.parts(lesson.concepts))
    if len(learned) < 2 or not held:
        raise ValueError(f"{len(learned)} + {len(held)} concepts are too few")
    tokens, model = Tokens.load(folder, LONGEST), bert.fresh_judge(folder, dropout=0.1)
    model.bert.words.trainable = False

    def batch(step: int) -> Batch:
        drawn = lessons.cases(learned, lesson.group, plan.rng(step), lesson.ordinary)
        return (*tokens.pairs(drawn.needs, drawn.offers), np.array(drawn.verdicts, dtype=np.int32))

    def loss(given: Batch) -> Any:
        *inputs, verdicts = given
        wanted = ops.one_hot(verdicts, len(bert.VERDICTS)) * (1 - SMOOTHED) + SMOOTHED / len(bert.VERDICTS)
        return ops.mean(tf.nn.softmax_cross_entropy_with_logits(wanted, model(tuple(inputs), training=True)))

    run = logits_of(model, tokens)

    def measure() -> float:
        found = measures.hidden_needs(held, fit(run), draws=3)
        return found.mrr[0] + found.traps[0]

    signature = (SPEC, SPEC, SPEC, tf.TensorSpec([None], tf.int32))
    trainer.run(Task(model, batch, loss, measure, signature), plan, desk)
    drawn = lessons.cases(held, 1200, plan.rng(plan.steps + 1), lesson.ordinary)
    return Taught(model, temperature(run(drawn.needs, drawn.offers), np.array(drawn.verdicts)))


def logits_of(model: bert.Judge, tokens: Tokens, size: int = 128) -> Any:
    """The model as it stands, as a function (m needs, m offers) → (m, 3) logits."""
    run = tf.function(lambda ids, mask, kinds: model((ids, mask, kinds)), input_signature=(SPEC, SPEC, SPEC))

    def judge(needs: Sequence[str], offers: Sequence[str]) -> Logits:
        order = sorted(range(len(needs)), key=lambda row: len(needs[row]) + len(offers[row]))
        rows = np.zeros((len(needs), len(bert.VERDICTS)))
        for begin in range(0, len(order), size):
            places = order[begin : begin + size]
            rows[places] = run(*tokens.pairs([needs[one] for one in places], [offers[one] for one in places])).numpy()
        return rows

    return judge


def fit(judge: Any) -> measures.Score:
    """Logits as one number: how much more an offer answers than refuses or speaks of something else."""
    def score(needs: Sequence[str], offers: Sequence[str]) -> Logits:
        logits = judge(needs, offers)
        return np.asarray(logits[:, 0] - np.logaddexp(logits[:, 1], logits[:, 2]))

    return score


def fit_of_shares(shares: Any) -> measures.Score:
    """The same number from a serving judge's shares."""
    def score(needs: Sequence[str], offers: Sequence[str]) -> Logits:
        found = shares(needs, offers)
        return np.asarray(np.log(found[:, 0] + 1e-12) - np.log1p(-found[:, 0] + 1e-12))

    return score


def temperature(logits: Logits, verdicts: NDArray[np.int64]) -> float:
    """What the logits are divided by so that their probabilities are honest (Guo et al. 2017)."""
    def surprise(log: float) -> float:
        scaled = logits / np.exp(log)
        chosen = scaled[np.arange(len(verdicts)), verdicts] - np.logaddexp.reduce(scaled, axis=1)
        return float(-chosen.mean())

    return float(np.exp(minimize_scalar(surprise, bounds=(-2.0, 3.0), method="bounded").x))
