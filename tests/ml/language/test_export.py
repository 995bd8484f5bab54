"""The int8 models do what the float32 ones do, or are not exported."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import small

from ml.engine_litert import LiteRT
from ml.language import bert, export
from ml.language.export import ExportError, Parity
from ml.language.tokens import Tokens


def test_the_exported_encoder_gives_the_same_rows(untaught: Path, tmp_path: Path) -> None:
    model, given = bert.encoder(untaught), Tokens.load(untaught, 32).texts(small.texts()[:30])
    export.to_litert(model, tmp_path / "model.tflite")
    rows = LiteRT(tmp_path / "model.tflite")(*given)
    found = export.parity(np.asarray(model(given)), rows)
    export.gate(found)
    assert found.cosine > 0.99


def test_the_exported_judge_keeps_its_three_inputs_apart(untaught: Path, tmp_path: Path) -> None:
    model = bert.fresh_judge(untaught, 0.0)
    ids, mask, kinds = Tokens.load(untaught, 32).pairs(["mi hija necesita sonda"], ["no recibo"])
    export.to_litert(model, tmp_path / "judge.tflite")
    logits = LiteRT(tmp_path / "judge.tflite")(ids, kinds, mask)
    assert np.allclose(logits, np.asarray(model((ids, mask, kinds))), atol=0.05)


def test_rows_of_another_model_do_not_pass(untaught: Path) -> None:
    rng = np.random.default_rng(1)
    rows = [rng.normal(size=(30, 8)).astype(np.float32) for _ in range(2)]
    first, second = (one / np.linalg.norm(one, axis=1, keepdims=True) for one in rows)
    assert export.parity(first, first) == Parity(cosine=1.0, overlap=1.0, correlation=1.0)
    with pytest.raises(ExportError, match="rank overlap"):
        export.gate(export.parity(first, second))


def test_too_much_lost_on_general_spanish_does_not_pass() -> None:
    good = Parity(cosine=0.999, overlap=0.98, correlation=0.999)
    export.gate(good, lost=0.004)
    with pytest.raises(ExportError, match=r"0\.0060 lost"):
        export.gate(good, lost=0.006)


@pytest.mark.parametrize("figures", [(np.nan, 1.0, 0.0), (1.0, np.nan, 0.0), (1.0, 1.0, np.nan)])
def test_what_could_not_be_measured_does_not_pass(figures: tuple[float, float, float]) -> None:
    with pytest.raises(ExportError, match="nan"):
        export.gate(Parity(figures[0], figures[1], correlation=1.0), lost=figures[2])


def test_few_texts_prove_nothing() -> None:
    with pytest.raises(ValueError, match="more than 10"):
        export.parity(np.ones((5, 2), np.float32), np.ones((5, 2), np.float32))
