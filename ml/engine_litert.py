"""The serving engine: LiteRT with dynamic-range int8 weights, no TensorFlow."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
from ai_edge_litert.interpreter import Interpreter

from ml.encoder import Engine, Ids, Vectors


class LiteRT:
    """(b, t) int32 ids and mask → (b, d) float32 unit rows."""

    def __init__(self, path: Path) -> None:
        self._interpreter = Interpreter(model_path=str(path), num_threads=min(os.cpu_count() or 1, 4))
        first, second = self._interpreter.get_input_details()
        # The exporter numbers the inputs in the order of the signature: ids, then mask.
        self._ids, self._mask = sorted((first["index"], second["index"]), key=lambda index: self._name(index))
        self._out = self._interpreter.get_output_details()[0]["index"]
        self._shape: tuple[int, ...] = ()

    def _name(self, index: int) -> str:
        return str(next(one["name"] for one in self._interpreter.get_input_details() if one["index"] == index))

    def __call__(self, ids: Ids, mask: Ids) -> Vectors:
        if ids.shape != self._shape:
            for index in (self._ids, self._mask):
                self._interpreter.resize_tensor_input(index, ids.shape)
            self._interpreter.allocate_tensors()
            self._shape = ids.shape
        self._interpreter.set_tensor(self._ids, ids)
        self._interpreter.set_tensor(self._mask, mask)
        self._interpreter.invoke()
        return np.array(self._interpreter.get_tensor(self._out), dtype=np.float32)


def load(folder: Path) -> Engine:
    """The engine of a model folder."""
    return LiteRT(folder / "model.int8.tflite")
