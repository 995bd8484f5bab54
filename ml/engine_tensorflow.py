"""The reference engine: the same BERT in Keras 3 on TensorFlow, in float32, from the safetensors.

Devlin et al. 2019 as the checkpoint has it: post-layer normalisation, erf-GELU, mean pooling under the mask, unit rows.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import ops
from safetensors.numpy import load_file

from ml.encoder import Engine, Ids, Vectors

UNUSED = ("embeddings.position_ids", "pooler.dense.weight", "pooler.dense.bias")


class Attention(keras.layers.Layer):
    """Multi-head self-attention, (b, t, d) → (b, t, d)."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads, self.size = heads, width // heads
        self.query, self.key, self.value = (keras.layers.Dense(width) for _ in range(3))
        self.out = keras.layers.Dense(width)

    def call(self, x: Any, bias: Any) -> Any:
        query, key, value = (self._split(layer(x)) for layer in (self.query, self.key, self.value))
        scores = ops.matmul(query, ops.transpose(key, (0, 1, 3, 2))) / float(np.sqrt(self.size)) + bias
        mixed = ops.transpose(ops.matmul(ops.softmax(scores), value), (0, 2, 1, 3))
        return self.out(ops.reshape(mixed, ops.shape(x)))

    def _split(self, x: Any) -> Any:
        batch, length = ops.shape(x)[0], ops.shape(x)[1]
        return ops.transpose(ops.reshape(x, (batch, length, self.heads, self.size)), (0, 2, 1, 3))


class Block(keras.layers.Layer):
    """One layer of the encoder."""

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__()
        width, epsilon = config["hidden_size"], config["layer_norm_eps"]
        self.attention = Attention(width, config["num_attention_heads"])
        self.inner, self.outer = keras.layers.Dense(config["intermediate_size"]), keras.layers.Dense(width)
        self.first, self.second = (keras.layers.LayerNormalization(epsilon=epsilon) for _ in range(2))

    def call(self, x: Any, bias: Any) -> Any:
        x = self.first(x + self.attention(x, bias))
        return self.second(x + self.outer(ops.gelu(self.inner(x), approximate=False)))


class Bert(keras.Model):
    """Ids and mask, (b, t) int32 → (b, d) float32 unit rows."""

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__()
        width = config["hidden_size"]
        self.words = keras.layers.Embedding(config["vocab_size"], width)
        self.positions = keras.layers.Embedding(config["max_position_embeddings"], width)
        self.kinds = keras.layers.Embedding(config["type_vocab_size"], width)
        self.norm = keras.layers.LayerNormalization(epsilon=config["layer_norm_eps"])
        self.blocks = [Block(config) for _ in range(config["num_hidden_layers"])]

    def call(self, inputs: tuple[Any, Any]) -> Any:
        ids, mask = inputs
        x = self.words(ids) + self.positions(ops.arange(ops.shape(ids)[1]))[None] + self.kinds(ops.zeros_like(ids))
        x = self.norm(x)
        weight = ops.cast(mask, "float32")
        bias = (1.0 - ops.expand_dims(ops.expand_dims(weight, 1), 1)) * -1e9
        for block in self.blocks:
            x = block(x, bias)
        weight = ops.expand_dims(weight, -1)
        pooled = ops.sum(x * weight, axis=1) / ops.maximum(ops.sum(weight, axis=1), 1e-9)
        return pooled / ops.maximum(ops.norm(pooled, axis=-1, keepdims=True), 1e-12)


def build(folder: Path) -> Bert:
    """The model of a folder with its weights. Every tensor must find its place, and every place its tensor."""
    model = Bert(json.loads((folder / "config.json").read_text(encoding="utf-8")))
    model((np.zeros((1, 4), np.int32), np.ones((1, 4), np.int32)))
    tensors = {name: value.astype(np.float32) for name, value in load_file(folder / "model.safetensors").items()}
    for unused in UNUSED:
        tensors.pop(unused, None)
    for layer, name in _places(model):
        layer.set_weights(_take(tensors, layer, name))
    if tensors:
        raise ValueError(f"model.safetensors holds tensors of another model: {', '.join(sorted(tensors)[:3])}")
    return model


def _places(model: Bert) -> list[tuple[Any, str]]:
    places = [
        (model.words, "embeddings.word_embeddings"), (model.positions, "embeddings.position_embeddings"),
        (model.kinds, "embeddings.token_type_embeddings"), (model.norm, "embeddings.LayerNorm"),
    ]
    for number, block in enumerate(model.blocks):
        root = f"encoder.layer.{number}"
        attention = block.attention
        places += [
            (attention.query, f"{root}.attention.self.query"), (attention.key, f"{root}.attention.self.key"),
            (attention.value, f"{root}.attention.self.value"), (attention.out, f"{root}.attention.output.dense"),
            (block.first, f"{root}.attention.output.LayerNorm"), (block.inner, f"{root}.intermediate.dense"),
            (block.outer, f"{root}.output.dense"), (block.second, f"{root}.output.LayerNorm"),
        ]
    return places


def _take(tensors: dict[str, Any], layer: Any, name: str) -> list[Any]:
    weight = tensors.pop(f"{name}.weight")
    if isinstance(layer, keras.layers.Embedding):
        return [weight]
    if isinstance(layer, keras.layers.Dense):
        weight = weight.T
    return [weight, tensors.pop(f"{name}.bias")]


class TensorFlow:
    """The model as one traced function for every shape."""

    def __init__(self, model: Bert) -> None:
        shape = tf.TensorSpec([None, None], tf.int32)
        self._run = tf.function(lambda ids, mask: model((ids, mask)), input_signature=[shape, shape])

    def __call__(self, ids: Ids, mask: Ids) -> Vectors:
        return np.asarray(self._run(tf.constant(ids), tf.constant(mask)), dtype=np.float32)


def load(folder: Path) -> Engine:
    """The engine of a model folder."""
    return TensorFlow(build(folder))
