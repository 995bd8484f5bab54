"""A student learns a teacher's vectors from sentence pairs: English for the teacher, Spanish for the student.

Reimers and Gurevych 2020, with two more terms: the batch's contrast and its matrix of similarities. Any BERT folder
(config.json, model.safetensors, tokenizer.json) of the student's width can teach, any TSV of pairs is a lesson.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf
from keras import ops
from numpy.typing import NDArray

from ml.language import bert, trainer
from ml.language.contrast import TEMPERATURE
from ml.language.finetune import PAIR, encoding
from ml.language.tokens import Tokens
from ml.language.trainer import Batch, Desk, Plan, Task

LONGEST = 48  # tokens
HELD_BACK = 500  # pairs the student is measured on while it learns
MATRIX = tf.TensorSpec([None, None], tf.float32)


@dataclass(frozen=True)
class Pairs:
    """m sentences in the teacher's language and the same in the student's."""

    source: Sequence[str]
    target: Sequence[str]


def read_pairs(path: Path) -> Pairs:
    """A TSV of source and target. ValueError names the first line that has other columns, or too few pairs."""
    source, target = [], []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise ValueError(f"{path.name}: not UTF-8 (byte {error.start + 1})") from error
    for number, line in enumerate(lines, start=1):
        cells = line.split("\t")
        if len(cells) != 2 or not all(cell.strip() for cell in cells):
            raise ValueError(f"{path.name}:{number} two texts with a tab between them are expected")
        source.append(cells[0])
        target.append(cells[1])
    if len(source) <= 2 * HELD_BACK:
        raise ValueError(f"{path.name} holds {len(source)} pairs; more than {2 * HELD_BACK} are expected")
    return Pairs(source, target)


def teach(folder: Path, teacher: Path, pairs: Pairs, plan: Plan, desk: Desk) -> bert.Bert:
    """The encoder of `folder`, taught by the one of `teacher`."""
    wanted = _vectors(teacher, pairs.source, desk.folder)
    tokens, model = Tokens.load(folder, LONGEST), bert.encoder(folder, dropout=0.1)
    order = np.random.default_rng(plan.seed).permutation(len(pairs.source))
    held, learned = order[:HELD_BACK], order[HELD_BACK:]
    by_length = learned[np.argsort([len(pairs.target[row]) for row in learned], kind="stable")]

    def batch(step: int) -> Batch:
        begin = int(plan.rng(step).integers(len(by_length) - 64 + 1))  # neighbours are equally long: little is padded
        rows = by_length[begin : begin + 64]
        return (*tokens.texts([pairs.target[row] for row in rows]), wanted[rows])

    def loss(given: Batch) -> Any:
        ids, mask, vectors = given
        return likeness(model((ids, mask), training=True), vectors)

    encode = encoding(model, tokens)

    def measure() -> float:
        return float((encode([pairs.target[row] for row in held]) * wanted[held]).sum(axis=1).mean())

    trainer.run(Task(model, batch, loss, measure, (PAIR, PAIR, MATRIX)), plan, desk)
    return model


def likeness(mine: Any, wanted: Any) -> Any:
    """How far unit rows (b, d) are from the wanted ones: each from its own, from the others', and in their pattern."""
    own = ops.mean(ops.sum(ops.square(mine - wanted), axis=-1))
    cosines = ops.matmul(mine, ops.transpose(wanted)) / TEMPERATURE
    apart = tf.nn.sparse_softmax_cross_entropy_with_logits(ops.arange(ops.shape(mine)[0]), cosines)
    pattern = ops.matmul(mine, ops.transpose(mine)) - ops.matmul(wanted, ops.transpose(wanted))
    return own + 0.1 * ops.mean(apart) + 2.0 * ops.mean(ops.square(pattern))


def _vectors(teacher: Path, texts: Sequence[str], work: Path) -> NDArray[np.float32]:
    """The teacher's vectors, kept in the work folder: a killed run does not ask again."""
    kept = work / "teacher.npy"
    if kept.exists():
        found: NDArray[np.float32] = np.load(kept, allow_pickle=False)
        if len(found) == len(texts):
            return found
    work.mkdir(parents=True, exist_ok=True)
    made = encoding(bert.encoder(teacher), Tokens.load(teacher, LONGEST))(texts)
    np.save(kept, made)
    return made
