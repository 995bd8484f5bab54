"""Weights go to a file and come back; a file of another model is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from ml.language import bert
from ml.language.pairing import Pairing
from ml.language.tokens import Tokens


def test_weights_come_back_as_they_were_saved(untaught: Path, tmp_path: Path) -> None:
    model, given = bert.encoder(untaught), Tokens.load(untaught, 32).texts(["mi hija necesita sonda", ""])
    (tmp_path / "config.json").write_bytes((untaught / "config.json").read_bytes())
    bert.save(model, tmp_path / bert.WEIGHTS)
    assert np.allclose(model(given), bert.encoder(tmp_path)(given), atol=1e-6)


def test_rows_are_unit_rows_whatever_stands_beside_them(untaught: Path) -> None:
    model, tokens = bert.encoder(untaught), Tokens.load(untaught, 32)
    rows = np.asarray(model(tokens.texts(["sopa", "mi hija necesita leche en la tarde con calma"])))
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    assert np.allclose(rows[0], np.asarray(model(tokens.texts(["sopa"])))[0], atol=1e-5)


def test_a_judge_tells_the_first_sentence_from_the_second(untaught: Path) -> None:
    ids, mask, kinds = Tokens.load(untaught, 32).pairs(["sonda", "leche"], ["ayudo cada día", "no recibo"])
    assert kinds.max() == 1
    assert (kinds <= mask).all()
    assert np.asarray(bert.fresh_judge(untaught, 0.0)((ids, mask, kinds))).shape == (2, 3)


def test_the_lower_layers_of_a_judge_read_each_sentence_alone(untaught: Path) -> None:
    model, tokens = bert.fresh_judge(untaught, 0.0), Tokens.load(untaught, 32)
    need, *offers = "mi hija necesita sonda", "ayudo cada día", "con sonda no recibo de noche"
    beside = np.asarray(model.alone(tokens.pairs([need, need], offers)))
    ids, mask = tokens.texts([need])
    length = mask.sum()
    alone = np.asarray(model.alone((ids, mask, np.zeros_like(ids))))[0, :length]
    assert np.allclose(beside[:, :length], alone, atol=1e-5)
    ids, mask = tokens.texts(offers)
    for row, offer in enumerate(np.asarray(model.alone((ids, mask, np.zeros_like(ids))))):
        assert np.allclose(beside[row, length : length + mask[row].sum()], offer[: mask[row].sum()], atol=1e-5)


def test_what_the_lower_layers_made_of_a_sentence_serves_every_pair(untaught: Path) -> None:
    model, tokens = bert.fresh_judge(untaught, 0.0), Tokens.load(untaught, 32)
    needs, offers = ["mi hija necesita sonda", "mi hija necesita leche"] * 2, ["ayudo cada día", "no recibo"] * 2
    pairing = Pairing(model, tokens)
    once, again = (np.asarray(model.compared(pairing(needs[some], offers[some]))) for some in (slice(4), slice(2, 4)))
    assert np.allclose(once, np.asarray(model(tokens.pairs(needs, offers))), atol=5e-3)
    assert np.allclose(once[2:], again, atol=1e-5)


def test_a_judge_is_kept_without_what_is_its_encoders(untaught: Path, tmp_path: Path) -> None:
    for name in ("config.json", bert.WEIGHTS):
        (tmp_path / name).write_bytes((untaught / name).read_bytes())
    model, given = bert.fresh_judge(untaught, 0.0), Tokens.load(untaught, 32).pairs(["sonda"], ["ayudo"])
    bert.save(model, tmp_path / bert.JUDGE)
    kept = load_file(tmp_path / bert.JUDGE)
    assert not [name for name in kept if name.startswith(("embeddings", "encoder.layer.0."))]
    assert "encoder.layer.1.output.dense.weight" in kept
    assert np.allclose(model(given), bert.judge(tmp_path)(given), atol=1e-2)


@pytest.mark.parametrize("change", ["more", "less"])
def test_tensors_of_another_model_are_refused(untaught: Path, tmp_path: Path, change: str) -> None:
    tensors = load_file(untaught / bert.WEIGHTS)
    if change == "more":
        tensors["encoder.layer.9.output.dense.bias"] = np.zeros(3, np.float16)
    else:
        del tensors["encoder.layer.1.output.dense.bias"]
    (tmp_path / "config.json").write_bytes((untaught / "config.json").read_bytes())
    save_file(tensors, tmp_path / bert.WEIGHTS)
    with pytest.raises(ValueError, match=r"encoder\.layer"):
        bert.encoder(tmp_path)
