"""The additive model in Keras: log odds = offset + one monotone curve for each term.

A curve is the sum of its pieces' increments, each at least 0 (softplus), times how far the value is along each piece;
an unknown value stands at a learned height. The text terms together are kept below `MOST_FOR_TEXT` of the range at
every step: their increments are shrunk by what is too much before they are used.

The loss is the weighted binary cross-entropy plus `strength` / rows × the squared distance of increments and neutral
heights from the prior's: as if the prior had been seen in `strength` decisions. Few decisions leave it as it was.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from ml.frames import Floats
from ml.learn.knots import Knots, Ramps
from ml.learn.prior import Start
from ml.scoring import MOST_FOR_TEXT

BATCH = 32_768  # rows; more go in several steps an epoch
RATE = 0.1
LEAST_GAIN = 1e-5  # of the validation loss, that counts as one
SMALLEST = 1e-3  # log odds: where a piece of the prior is flat, learning still has a slope to start from


@dataclass(frozen=True)
class Settings:
    """How it is trained. `patience` is epochs without a better validation loss."""

    seed: int = 7
    strength: float = 300.0
    epochs: int = 500
    patience: int = 40


@dataclass(frozen=True)
class Rows:
    """(m, t, k) ramps, (m, t) unknown, (m,) label within 0..1, (m,) weight."""

    ramps: Ramps
    unknown: Any
    label: Floats
    weight: Floats


@dataclass(frozen=True)
class Fitted:
    """Increments (t, k) ≥ 0 in log odds under the cap, neutral heights (t,) as shares of the curve, and the offset."""

    increments: Floats
    neutral: Floats
    offset: float
    loss: float  # on validation
    epochs: int


class Additive(keras.layers.Layer):
    """(ramps, unknown) → (m, 1) log odds."""

    def __init__(self, knots: Knots, start: Start, pull: float) -> None:
        super().__init__()
        self.is_piece, self.is_text, self.start, self.pull = knots.is_piece, knots.is_text, start, pull
        first = np.log(np.expm1(np.maximum(start.increments, SMALLEST)))
        self.free = self._weight(first, "increments")
        self.neutral = self._weight(np.log(start.neutral / (1 - start.neutral)), "neutral")
        self.offset = self._weight(np.array(start.offset), "offset")

    def _weight(self, value: Floats, name: str) -> Any:
        return self.add_weight(shape=value.shape, initializer=keras.initializers.Constant(value), name=name)

    def increments(self) -> Any:
        """(t, k) ≥ 0, the text terms' shrunk to the cap."""
        free = ops.softplus(self.free) * self.is_piece
        total = ops.sum(free, axis=1)
        text, rest = ops.sum(total * self.is_text), ops.sum(total * (1 - self.is_text))
        most = MOST_FOR_TEXT / (1 - MOST_FOR_TEXT) * rest
        shrink = ops.minimum(1.0, most / ops.maximum(text, 1e-9))
        return free * (1 - self.is_text + self.is_text * shrink)[:, None]

    def call(self, inputs: Any) -> Any:
        ramps, unknown = inputs
        pieces = self.increments()
        heights = ops.sum(ramps * pieces, axis=2)
        level = ops.sigmoid(self.neutral) * ops.sum(pieces, axis=1)
        return self.offset + ops.sum(ops.where(unknown, level, heights), axis=1, keepdims=True)

    def penalty(self) -> Any:
        """How far it is from the prior, times the pull."""
        away = ops.sum(ops.square(self.increments() - self.start.increments.astype(np.float32)))
        neutral = ops.sum(ops.square(ops.sigmoid(self.neutral) - self.start.neutral.astype(np.float32)))
        return self.pull * (away + neutral)


def fit(rows: tuple[Rows, Rows], base: tuple[Knots, Start], settings: Settings,
        progress: Callable[[int, int], None] | None = None) -> Fitted:
    """Train on the first rows until the second's loss stops falling; the best epoch counts.

    Deterministic on one machine: the same seed and rows give the same numbers.
    """
    tf.config.experimental.enable_op_determinism()
    train, validation = _shuffled(rows[0], settings.seed), rows[1]
    knots, start = base
    model = _model(knots, Additive(knots, start, settings.strength / len(train.label)))
    step, loss = _step(model), _loss(model)
    best, kept, epoch = np.inf, model.get_weights(), 0
    quiet = 0
    while epoch < settings.epochs and quiet < settings.patience:
        for begin in range(0, len(train.label), BATCH):
            step(*_tensors(train, slice(begin, begin + BATCH)))
        now = float(loss(*_tensors(validation, slice(None))))
        epoch, quiet = epoch + 1, quiet + 1
        if now < best - LEAST_GAIN:
            best, kept, quiet = now, model.get_weights(), 0
        if progress is not None:
            progress(epoch, settings.epochs)
    model.set_weights(kept)
    return _fitted(model, best, epoch)


def _model(knots: Knots, layer: Additive) -> Any:
    ramps, unknown = keras.Input(knots.shape), keras.Input((len(knots.terms),), dtype="bool")
    return keras.Model([ramps, unknown], layer([ramps, unknown]))


def _loss(model: Any) -> Any:
    """A compiled function: weighted cross-entropy of rows."""
    entropy = keras.losses.BinaryCrossentropy(from_logits=True, reduction=None)

    def loss(ramps: Any, unknown: Any, label: Any, weight: Any) -> Any:
        each = entropy(label, model([ramps, unknown]))
        return ops.sum(each * weight) / ops.sum(weight)

    return tf.function(loss, reduce_retracing=True)


def _step(model: Any) -> Any:
    """A compiled function: one step down the loss and the pull of the prior."""
    loss, optimizer = _loss(model), keras.optimizers.Adam(RATE)
    optimizer.build(model.trainable_variables)

    def step(ramps: Any, unknown: Any, label: Any, weight: Any) -> None:
        with tf.GradientTape() as tape:
            total = loss(ramps, unknown, label, weight) + model.layers[-1].penalty()
        found = tape.gradient(total, [variable.value for variable in model.trainable_variables])
        optimizer.apply(found, model.trainable_variables)

    return tf.function(step, reduce_retracing=True)


def _fitted(model: Any, loss: float, epochs: int) -> Fitted:
    layer = model.layers[-1]
    increments, level, offset = (
        one.numpy().astype(np.float64) for one in (layer.increments(), layer.neutral.value, layer.offset.value)
    )
    return Fitted(increments, 1 / (1 + np.exp(-level)), float(offset), loss, epochs)


def _shuffled(rows: Rows, seed: int) -> Rows:
    order = np.random.default_rng(seed).permutation(len(rows.label))
    return Rows(rows.ramps[order], rows.unknown[order], rows.label[order], rows.weight[order])


def _tensors(rows: Rows, part: slice) -> list[Any]:
    label, weight = (column[part].astype(np.float32) for column in (rows.label[:, None], rows.weight))
    return [tf.constant(column) for column in (rows.ramps[part], rows.unknown[part], label, weight)]
