"""The reference engine: the same BERT in Keras 3 on TensorFlow, in float32, from the safetensors."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import tensorflow as tf

from ml.encoder import Engine, Ids, Vectors
from ml.language import bert


class TensorFlow:
    """The model as one traced function for every shape."""

    def __init__(self, model: bert.Bert) -> None:
        shape = tf.TensorSpec([None, None], tf.int32)
        self._run = tf.function(lambda ids, mask: model((ids, mask)), input_signature=[shape, shape])

    def __call__(self, *inputs: Ids) -> Vectors:
        return np.asarray(self._run(*map(tf.constant, inputs)), dtype=np.float32)


def load(folder: Path) -> Engine:
    """The engine of a model folder."""
    return TensorFlow(bert.encoder(folder))
