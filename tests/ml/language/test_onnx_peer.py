"""The graph the bench gives to ONNX Runtime is the same model: its times are worth comparing."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ml.encoder import padded
from ml.language import bert
from tests.bench import onnx_bert
from tests.bench.engine_onnx import OnnxRuntime


def test_the_graph_gives_the_rows_of_the_reference(untaught: Path, tmp_path: Path) -> None:
    onnx_bert.write(untaught, tmp_path / "plain.onnx", tmp_path / "int8.onnx")
    ids, mask = padded([[2, 9, 14, 3], [2, 30, 31, 32, 33, 34, 35, 36, 37, 3], [2, 3]])
    expected = np.asarray(bert.encoder(untaught)((ids, mask)))
    np.testing.assert_allclose(OnnxRuntime(tmp_path / "plain.onnx", 1)(ids, mask), expected, atol=1e-5)
    near = np.einsum("nd,nd->n", OnnxRuntime(tmp_path / "int8.onnx", 1)(ids, mask), expected)
    assert near.min() > 0.98
