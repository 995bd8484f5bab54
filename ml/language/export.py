"""From a Keras model to LiteRT with dynamic-range int8 weights, and whether it may take the model's place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray
from scipy.stats import spearmanr
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

from ml.language import bert

SMALLEST = 0.9  # bytes a weight: a conversion that lost the weights "succeeds" with a small file
NAMES = {2: ("ids", "mask"), 3: ("ids", "kinds", "mask")}  # in the alphabet's order, as the engine sorts them
LEAST_COSINE, LEAST_OVERLAP, MOST_LOST = 0.98, 0.9, 0.005


class ExportError(RuntimeError):
    """The exported model does not do what the model does; the message says what was measured."""


@dataclass(frozen=True)
class Parity:
    """Smallest cosine of a text's two vectors; mean share of the ten nearest texts in common; rank correlation of all
    cosines between texts."""

    cosine: float
    overlap: float
    correlation: float


def to_litert(model: bert.Bert | bert.Judge, path: Path) -> None:
    """Write the model as a LiteRT file. Raises ExportError when the file cannot hold the weights."""
    names = NAMES[3 if isinstance(model, bert.Judge) else 2]
    signature = [tf.TensorSpec([None, None], tf.int32, name=name) for name in names]
    concrete = tf.function(_by_name(model, names), input_signature=signature).get_concrete_function()
    frozen = convert_variables_to_constants_v2(concrete)  # without it the conversion "succeeds" with an empty model
    converter = tf.lite.TFLiteConverter.from_concrete_functions([frozen], model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    data = converter.convert()
    if len(data) < SMALLEST * model.count_params():
        raise ExportError(f"the conversion gave {len(data)} bytes: the weights are not in it")
    path.write_bytes(data)


def _by_name(model: Any, names: Sequence[str]) -> Callable[..., Any]:
    if len(names) == 2:
        return lambda ids, mask: model((ids, mask))
    return lambda ids, kinds, mask: model((ids, mask, kinds))


def parity(reference: NDArray[np.float32], exported: NDArray[np.float32], nearest: int = 10) -> Parity:
    """Compare unit rows of the same texts, (n, d) each. ValueError for fewer texts than `nearest` + 1."""
    if len(reference) <= nearest:
        raise ValueError(f"{len(reference)} texts; more than {nearest} are expected")
    first, second = (rows.astype(np.float64) @ rows.astype(np.float64).T for rows in (reference, exported))
    above = np.triu_indices(len(first), 1)
    for cosines in (first, second):
        np.fill_diagonal(cosines, -np.inf)
    best = [np.argsort(-cosines, axis=1)[:, :nearest] for cosines in (first, second)]
    shared = [len(set(one.tolist()) & set(other.tolist())) / nearest for one, other in zip(*best, strict=True)]
    return Parity(
        cosine=round(float((reference * exported).sum(axis=1).min()), 4), overlap=round(float(np.mean(shared)), 4),
        correlation=round(float(spearmanr(first[above], second[above]).statistic), 4),
    )


def gate(found: Parity, lost: float | None = None) -> None:
    """Raise ExportError unless the exported model may serve; `lost` is what it lost on a similarity file."""
    wrong = [  # what is no number passes no comparison
        f"cosine {found.cosine} < {LEAST_COSINE}" if not found.cosine >= LEAST_COSINE else "",
        f"rank overlap {found.overlap} < {LEAST_OVERLAP}" if not found.overlap >= LEAST_OVERLAP else "",
        f"{lost:.4f} lost on the similarity file, {MOST_LOST} at most" if lost is not None and not lost <= MOST_LOST
        else "",
    ]
    if any(wrong):
        raise ExportError("; ".join(one for one in wrong if one))
