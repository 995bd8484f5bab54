"""BERT in Keras 3 on TensorFlow, in float32, from and to the safetensors of a model folder.

Devlin et al. 2019 as the checkpoint has it: post-layer normalisation, erf-GELU. The encoder pools under the mask to
unit rows; the judge reads two sentences at once and gives three logits. Axes: b texts, t tokens, d width.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import ops
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from ml.artifacts import ArtifactError
from ml.judge import VERDICTS

UNUSED = ("embeddings.position_ids", "pooler.dense.weight", "pooler.dense.bias")
WEIGHTS, JUDGE, CONFIG = "model.safetensors", "judge.safetensors", "config.json"


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
    """One layer of the encoder. `dropout` acts while training only."""

    def __init__(self, config: dict[str, Any], dropout: float) -> None:
        super().__init__()
        width, epsilon = config["hidden_size"], config["layer_norm_eps"]
        self.attention = Attention(width, config["num_attention_heads"])
        self.inner, self.outer = keras.layers.Dense(config["intermediate_size"]), keras.layers.Dense(width)
        self.first, self.second = (keras.layers.LayerNormalization(epsilon=epsilon) for _ in range(2))
        self.drop = keras.layers.Dropout(dropout)

    def call(self, x: Any, bias: Any, training: bool = False) -> Any:
        x = self.first(x + self.drop(self.attention(x, bias), training=training))
        inner = ops.gelu(self.inner(x), approximate=False)
        return self.second(x + self.drop(self.outer(inner), training=training))


class Bert(keras.Model):
    """Ids and mask, (b, t) int32 → (b, d) float32 unit rows."""

    def __init__(self, config: dict[str, Any], dropout: float = 0.0) -> None:
        super().__init__()
        width = config["hidden_size"]
        self.words = keras.layers.Embedding(config["vocab_size"], width)
        self.positions = keras.layers.Embedding(config["max_position_embeddings"], width)
        self.kinds = keras.layers.Embedding(config["type_vocab_size"], width)
        self.norm = keras.layers.LayerNormalization(epsilon=config["layer_norm_eps"])
        self.blocks = [Block(config, dropout) for _ in range(config["num_hidden_layers"])]

    def hidden(self, inputs: tuple[Any, Any], training: bool = False) -> Any:
        """(b, t, d)"""
        ids, mask = inputs
        x = self.words(ids) + self.positions(ops.arange(ops.shape(ids)[1]))[None] + self.kinds(ops.zeros_like(ids))
        x = self.norm(x)
        bias = hidden_from(mask, x)
        for block in self.blocks:
            x = block(x, bias, training=training)
        return x

    def call(self, inputs: tuple[Any, Any], training: bool = False) -> Any:
        ids, mask = inputs
        pooled = mean_of(self.hidden((ids, mask), training=training), mask)
        return pooled / ops.maximum(ops.norm(pooled, axis=-1, keepdims=True), 1e-12)


class Judge(keras.Model):
    """Ids, mask and kinds of two sentences, (b, t) int32 → (b, 3) logits, as in `VERDICTS`.

    The lower layers are the encoder's and read each sentence alone (MacAvaney et al. 2020, PreTTR); only the upper ones
    are taught and read both. Its head compares what the tokens of each sentence came to, as two vectors are compared.
    """

    def __init__(self, config: dict[str, Any], dropout: float = 0.0) -> None:
        super().__init__()
        self.bert = Bert(config, dropout)
        self.apart = len(self.bert.blocks) - max(len(self.bert.blocks) // 3, 1)  # layers that read one sentence
        self.sides = keras.layers.Embedding(2, config["hidden_size"])
        self.inner = keras.layers.Dense(config["hidden_size"], activation="tanh")
        self.drop = keras.layers.Dropout(dropout)
        self.head = keras.layers.Dense(len(VERDICTS))

    def build(self, _shapes: Any) -> None:
        """The layers build themselves when they are first called."""
        self.built = True

    def call(self, inputs: tuple[Any, Any, Any], training: bool = False) -> Any:
        _, mask, kinds = inputs
        return self.compared((self.alone(inputs), mask, kinds), training=training)

    def alone(self, inputs: tuple[Any, Any, Any]) -> Any:
        """(b, t, d) of ids, mask and kinds: each token as the encoder's lower layers have it in its own sentence."""
        ids, mask, kinds = inputs
        first = ops.sum(mask * (1 - kinds), axis=1, keepdims=True)
        places = ops.arange(ops.shape(ids)[1])[None] - kinds * first
        x = self.bert.norm(self.bert.words(ids) + self.bert.positions(places) + self.bert.kinds(ops.zeros_like(ids)))
        own = ops.cast(ops.equal(ops.expand_dims(kinds, 1), ops.expand_dims(kinds, 2)), x.dtype)
        bias = (1.0 - ops.expand_dims(own * ops.cast(ops.expand_dims(mask, 1), x.dtype), 1)) * -1e9
        for block in self.bert.blocks[: self.apart]:
            x = block(x, bias)
        return x

    def compared(self, inputs: tuple[Any, Any, Any], training: bool = False) -> Any:
        """(b, 3) logits of what `alone` gives, mask and kinds."""
        x, mask, kinds = inputs
        x = ops.cast(x, self.compute_dtype) + self.sides(kinds)
        bias = hidden_from(mask, x)
        for block in self.bert.blocks[self.apart :]:
            x = block(x, bias, training=training)
        need, offer = (evened(mean_of(x, mask * part)) for part in (1 - kinds, kinds))
        mark = ops.cast(x[:, 0], need.dtype)
        found = ops.concatenate([mark, need, offer, ops.abs(need - offer), need * offer], axis=-1)
        return ops.cast(self.head(self.drop(self.inner(found), training=training)), "float32")

    def freeze(self) -> None:
        """Teach the upper layers and the head alone."""
        lower = self.bert.blocks[: self.apart]
        for layer in (self.bert.words, self.bert.positions, self.bert.kinds, self.bert.norm, *lower):
            layer.trainable = False


def hidden_from(mask: Any, x: Any) -> Any:
    """(b, 1, 1, t) what is added to the scores of attention: nothing is seen of tokens outside the mask."""
    return (1.0 - ops.expand_dims(ops.expand_dims(ops.cast(mask, x.dtype), 1), 1)) * -1e9


def mean_of(x: Any, mask: Any) -> Any:
    """(b, t, d) → (b, d), the mean of the tokens under the mask."""
    x, weight = ops.cast(x, "float32"), ops.expand_dims(ops.cast(mask, "float32"), -1)
    return ops.sum(x * weight, axis=1) / ops.maximum(ops.sum(weight, axis=1), 1e-9)


def evened(x: Any) -> Any:
    """(b, d) rows of length √d: the mean square of their entries is 1."""
    return x * ops.rsqrt(ops.mean(ops.square(x), axis=-1, keepdims=True) + 1e-9)


def read_config(folder: Path) -> dict[str, Any]:
    """The BERT configuration of a model folder."""
    found: dict[str, Any] = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
    return found


def encoder(folder: Path, dropout: float = 0.0) -> Bert:
    """The encoder of a folder. ArtifactError where its file is broken, ValueError where it is another model's."""
    model = Bert(read_config(folder), dropout)
    _touch(model, 2)
    _fill(_places(model), _tensors(folder / WEIGHTS))
    return model


def fresh_encoder(folder: Path) -> Bert:
    """An encoder of a folder's configuration that has learned nothing."""
    model = Bert(read_config(folder))
    _touch(model, 2)
    return model


def judge(folder: Path, dropout: float = 0.0) -> Judge:
    """The judge of a folder, beside the encoder whose lower layers it reads with: they are kept once."""
    model = fresh_judge(folder, dropout)
    _fill(_taught(model), _tensors(folder / JUDGE))
    return model


def fresh_judge(folder: Path, dropout: float) -> Judge:
    """An untaught judge whose layers begin as those of the encoder in `folder`."""
    model = Judge(read_config(folder), dropout)
    _touch(model, 3)
    _fill(_places(model.bert), _tensors(folder / WEIGHTS))
    return model


def save(model: Bert | Judge, path: Path) -> None:
    """Write the weights as float16 under the usual BERT names."""
    places = _places(model) if isinstance(model, Bert) else _taught(model)
    tensors: dict[str, Any] = {}
    for layer, name in places:
        weight, *bias = layer.get_weights()
        tensors[f"{name}.weight"] = weight.T if isinstance(layer, keras.layers.Dense) else weight
        if bias:
            tensors[f"{name}.bias"] = bias[0]
    save_file({name: np.ascontiguousarray(value, dtype=np.float16) for name, value in tensors.items()}, path)


def _touch(model: keras.Model, inputs: int) -> None:
    """Layers get their weights when first called."""
    model(tuple(np.ones((1, 4), np.int32) * (place < 2) for place in range(inputs)))


def _tensors(path: Path) -> dict[str, Any]:
    try:
        tensors = {name: value.astype(np.float32) for name, value in load_file(path).items()}
    except SafetensorError as error:
        raise ArtifactError(f"{path} cannot be read: it was changed or cut short") from error
    for unused in UNUSED:
        tensors.pop(unused, None)
    return tensors


def _fill(places: list[tuple[Any, str]], tensors: dict[str, Any]) -> None:
    for layer, name in places:
        layer.set_weights(_take(tensors, layer, name))
    if tensors:
        raise ValueError(f"{WEIGHTS} holds tensors of another model: {', '.join(sorted(tensors)[:3])}")


def _taught(model: Judge) -> list[tuple[Any, str]]:
    """What of a judge is not the encoder's."""
    upper = tuple(f"encoder.layer.{number}." for number in range(model.apart, len(model.bert.blocks)))
    own = [(model.sides, "judge.sides"), (model.inner, "judge.inner"), (model.head, "judge.head")]
    return [*(place for place in _places(model.bert) if place[1].startswith(upper)), *own]


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
    lacking = [one for one in (f"{name}.weight", f"{name}.bias") if one not in tensors]
    if lacking and not (isinstance(layer, keras.layers.Embedding) and lacking == [f"{name}.bias"]):
        raise ValueError(f"{WEIGHTS} is of another model: it lacks {lacking[0]}")
    weight = tensors.pop(f"{name}.weight")
    if isinstance(layer, keras.layers.Embedding):
        return [weight]
    if isinstance(layer, keras.layers.Dense):
        weight = weight.T
    return [weight, tensors.pop(f"{name}.bias")]
