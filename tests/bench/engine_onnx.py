"""A graph in ONNX Runtime, called as the encoder calls its own engines."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime

from ml.encoder import Ids, Vectors


class OnnxRuntime:
    """Ids and mask, (b, t) int32 → (b, d) float32 rows."""

    def __init__(self, graph: Path, threads: int) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.log_severity_level = threads, 3
        self._session = onnxruntime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])

    def __call__(self, *inputs: Ids) -> Vectors:
        (rows,) = self._session.run(None, dict(zip(("ids", "mask"), inputs, strict=True)))
        return np.asarray(rows, dtype=np.float32)
