"""Pairs of sentences as a judge's upper layers take them: each sentence goes through the lower ones once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from ml.encoder import BUCKET, Ids
from ml.language import bert
from ml.language.tokens import Tokens

SPEC = tf.TensorSpec([None, None], tf.int32)
States = NDArray[np.float16]  # (tokens, d)


class Pairing:
    """Needs and offers → what `bert.Judge.compared` takes. What the lower layers made of a sentence is remembered."""

    def __init__(self, model: bert.Judge, tokens: Tokens, size: int = 128) -> None:
        self._tokens, self._size = tokens, size
        self._run = tf.function(
            lambda ids, mask: model.alone((ids, mask, tf.zeros_like(ids))), input_signature=(SPEC, SPEC)
        )
        self._known: dict[str, States] = {}

    def __call__(self, needs: Sequence[str], offers: Sequence[str]) -> tuple[NDArray[np.float32], Ids, Ids]:
        """(b, t, d) states, (b, t) mask and kinds."""
        self._read([one for one in dict.fromkeys((*needs, *offers)) if one not in self._known])
        rows = [(self._known[need], self._known[offer]) for need, offer in zip(needs, offers, strict=True)]
        width = -(-max(len(one) + len(other) for one, other in rows) // BUCKET) * BUCKET
        states = np.zeros((len(rows), width, rows[0][0].shape[1]), dtype=np.float32)
        mask, kinds = np.zeros((2, len(rows), width), dtype=np.int32)
        for row, (one, other) in enumerate(rows):
            end = len(one) + len(other)
            states[row, : len(one)], states[row, len(one) : end] = one, other
            mask[row, :end], kinds[row, len(one) : end] = 1, 1
        return states, mask, kinds

    def _read(self, texts: Sequence[str]) -> None:
        order = sorted(texts, key=len)
        for begin in range(0, len(order), self._size):
            some = order[begin : begin + self._size]
            ids, mask = self._tokens.texts(some)
            found: Any = tf.cast(self._run(ids, mask), tf.float16).numpy()
            lengths = mask.sum(axis=1)
            self._known.update((text, found[row, : lengths[row]].copy()) for row, text in enumerate(some))
