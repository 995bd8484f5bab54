"""Texts of several sentences in one batch, and how alike they are: as `ml.passages` has it, in what can be taught."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import tensorflow as tf
from keras import ops

from ml.language.tokens import Tokens

SIGNATURE = (
    tf.TensorSpec([None, None], tf.int32), tf.TensorSpec([None, None], tf.int32), tf.TensorSpec([None], tf.int32),
    tf.TensorSpec([None], tf.int32), tf.TensorSpec([None], tf.float32),
)


def laid_out(texts: Sequence[tuple[str, ...]], tokens: Tokens) -> tuple[Any, ...]:
    """Ids and mask (u, t) of the different sentences; of each sentence of each text, in order, (s,): which of those it
    is, whose text's, and its length in characters. Every text has a sentence."""
    unique = {piece: row for row, piece in enumerate(dict.fromkeys(piece for text in texts for piece in text))}
    every = [(piece, owner) for owner, text in enumerate(texts) for piece in text]
    return (
        *tokens.texts(list(unique)), np.array([unique[piece] for piece, _ in every], dtype=np.int32),
        np.array([owner for _, owner in every], dtype=np.int32),
        np.array([len(piece) for piece, _ in every], dtype=np.float32),
    )


def likeness(vectors: Any, place: Any, owner: Any, length: Any) -> Any:
    """(n, n) of n texts, from unit rows (u, d) of their sentences: half the wholes' cosine, half the best pair's."""
    rows = tf.gather(vectors, place)
    wholes = tf.math.l2_normalize(tf.math.segment_sum(rows * length[:, None], owner), axis=-1)
    pairs = ops.matmul(rows, ops.transpose(rows))
    best = tf.math.segment_max(ops.transpose(tf.math.segment_max(pairs, owner)), owner)
    return 0.5 * ops.matmul(wholes, ops.transpose(wholes)) + 0.5 * best
