"""The serving engine: LiteRT with dynamic-range int8 weights, no TensorFlow."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Any

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray

from ml.encoder import Engine, Ids


class LiteRT:
    """(b, t) int32 inputs in the alphabet's order of their names → (b, d) float32 rows."""

    def __init__(self, path: Path) -> None:
        self._interpreter = Interpreter(model_path=str(path), num_threads=min(os.cpu_count() or 1, 4))
        inputs: list[dict[str, Any]] = self._interpreter.get_input_details()
        # The exporter numbers the inputs in the order of the signature, which is the alphabet's.
        self._inputs = [one["index"] for one in sorted(inputs, key=lambda one: str(one["name"]))]
        self._out = self._interpreter.get_output_details()[0]["index"]
        self._shape: tuple[int, ...] = ()
        self._turn = threading.Lock()  # an interpreter holds one call's tensors at a time

    def __call__(self, *inputs: Ids) -> NDArray[np.float32]:
        with self._turn:
            return self._rows(*inputs)

    def _rows(self, *inputs: Ids) -> NDArray[np.float32]:
        shape = inputs[0].shape
        if shape != self._shape:
            for index in self._inputs:
                self._interpreter.resize_tensor_input(index, shape)
            self._interpreter.allocate_tensors()
            self._shape = shape
        for index, given in zip(self._inputs, inputs, strict=True):
            self._interpreter.set_tensor(index, given)
        self._interpreter.invoke()
        return np.array(self._interpreter.get_tensor(self._out), dtype=np.float32)


def load(folder: Path) -> Engine:
    """The engine of a model folder."""
    return LiteRT(folder / "model.int8.tflite")
