"""Losses by which somebody's own offer is to be nearer than those of others."""

from __future__ import annotations

from typing import Any

import tensorflow as tf
from keras import ops

TEMPERATURE = 0.05
MARGIN = 0.15  # by which an answer's cosine shall exceed a refusal's


def contrast(needs: Any, answers: Any, refuses: Any) -> Any:
    """Each need shall find its answer among all answers and all refusals of the step, and stay off its own refusal."""
    cosines = ops.matmul(needs, ops.transpose(ops.concatenate([answers, refuses], axis=0)))
    apart = ops.sum(needs * answers, axis=-1) - ops.sum(needs * refuses, axis=-1)
    return found_among(cosines) + 2.0 * ops.mean(ops.relu(MARGIN - apart))


def found_among(cosines: Any, hidden: Any = 0.0) -> Any:
    """(n, 2n) cosines of each of n needs with n offers, the i-th being its own, and with n others: each shall find its
    own among all, and each offer its need. `hidden`: (n, 2n), 1 where an offer is neither its own nor a wrong one."""
    logits = cosines / TEMPERATURE - 1e9 * hidden
    own = ops.arange(ops.shape(logits)[0])
    forth = tf.nn.sparse_softmax_cross_entropy_with_logits(own, logits)
    back = tf.nn.sparse_softmax_cross_entropy_with_logits(own, ops.transpose(logits[:, : ops.shape(logits)[0]]))
    return ops.mean(forth) + 0.5 * ops.mean(back)
