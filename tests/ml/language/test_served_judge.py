"""A judge as it is served: shares that add up, in the order given, and no file that was changed."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from ml import artifacts
from ml.artifacts import ArtifactError
from ml.judge import Judge, Scaling
from ml.language import bert, folders
from ml.language.judging import Taught
from ml.passages import Looks

SCALING = Scaling(np.hstack([np.eye(3), [[2.0], [3.0], [-5.0]]]), np.array([0.0, 0.5, 0.0]))
NEEDS = ["mi hija necesita sonda de noche", "", "mi hija necesita leche"]
OFFERS = ["con sonda no recibo", "\x00 🙂", "sé de leche y ayudo cada día con calma en la tarde"]


@pytest.fixture(scope="module")
def folder(untaught: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model folder with an exported judge that has learned nothing."""
    made = tmp_path_factory.mktemp("served") / "small"
    folders.copy_encoder(untaught, made)
    looks = Looks(np.zeros(32), np.full(32, 0.25))
    folders.write_judge(Taught(bert.fresh_judge(made, 0.0), SCALING, {"refuses": 0.7}, looks), made)
    folders.export_judge(made)
    return made


def test_shares_add_up_and_stand_in_the_order_given(folder: Path) -> None:
    judge = Judge.load(folder)
    cosines = [0.6, 0.0, 0.2]
    shares = judge.shares(NEEDS, OFFERS, cosines)
    assert shares.shape == (3, 3)
    assert np.allclose(shares.sum(axis=1), 1)
    alone = np.concatenate([judge.shares([need], [offer], [cosine])
                            for need, offer, cosine in zip(NEEDS, OFFERS, cosines, strict=True)])
    assert np.allclose(shares, alone, atol=0.02)
    assert judge.version == f"judge-{artifacts.sha256(folder / 'judge.json')[:8]}"
    assert judge.says == {"refuses": 0.7}
    assert judge.looks is not None
    assert judge.looks.offer.tolist() == [0.25] * 32


def test_as_many_needs_as_offers_are_expected(folder: Path) -> None:
    judge = Judge.load(folder)
    assert judge.shares([], [], []).shape == (0, 3)
    for given in ((["a"], [], [0.1]), (["a"], ["b"], [])):
        with pytest.raises(ValueError, match="as many"):
            judge.shares(*given)


def test_the_nearer_a_pair_the_likelier_it_speaks_of_the_need(folder: Path) -> None:
    far, near = Judge.load(folder).shares(NEEDS[:1] * 2, OFFERS[:1] * 2, [0.0, 0.9])
    assert near[2] < far[2]


def test_shares_are_the_softmax_of_what_is_weighed() -> None:
    logits, cosines = np.array([[2.0, 1.0, 0.0], [0.0, 0.0, 3.0]]), np.array([0.1, 0.4])
    found = SCALING.shares(logits, cosines)
    for row, cosine, shares in zip(logits, cosines, found, strict=True):
        weighed = np.exp(row - row.mean() + cosine * np.array([2.0, 3.0, -5.0]) + [0.0, 0.5, 0.0])
        assert shares == pytest.approx(weighed / weighed.sum())
    assert SCALING.shares(logits + 100, cosines) == pytest.approx(found)


@pytest.mark.parametrize("name", ["judge.int8.tflite", "judge.json", "tokenizer.json"])
def test_a_judge_that_was_changed_is_refused(folder: Path, tmp_path: Path, name: str) -> None:
    changed = tmp_path / "changed"
    shutil.copytree(folder, changed)
    data = (changed / name).read_bytes()
    (changed / name).write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    with pytest.raises(ArtifactError, match="changed"):
        Judge.load(changed)


def test_a_folder_says_whether_it_has_a_judge(folder: Path, untaught: Path) -> None:
    assert Judge.is_in(folder)
    assert not Judge.is_in(untaught)
