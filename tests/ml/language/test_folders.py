"""A model folder gets an int8 encoder that passed, whole and sealed, or keeps what it had."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
import small

from ml import artifacts
from ml.artifacts import ArtifactError
from ml.language import export, folders
from ml.language.export import ExportError

TEXTS = small.texts()[:30]


@pytest.fixture
def folder(untaught: Path, tmp_path: Path) -> Path:
    folders.copy_encoder(untaught, tmp_path / "small")
    return tmp_path / "small"


@pytest.fixture
def served(folder: Path) -> Path:
    """A folder with a sealed int8 encoder of before."""
    (folder / folders.SERVED).write_bytes(b"of before")
    artifacts.write_manifest(folder, "small")
    return folder


def similarity(path: Path, score: str = "") -> Path:
    """Pairs with the score given, or with falling ones."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows((TEXTS[0], text, score or 30 - row) for row, text in enumerate(TEXTS))
    return path


def test_what_passes_is_put_in_place_and_sealed(folder: Path, tmp_path: Path) -> None:
    found, scores = folders.export_encoder(folder, TEXTS, similarity(tmp_path / "pairs.csv"))
    assert found.cosine > export.LEAST_COSINE
    assert scores["tensorflow"] == pytest.approx(scores["litert"], abs=0.05)
    assert artifacts.verify(folder, (folders.SERVED, *folders.COPIED, "model.safetensors")) == "small"
    assert not list(folder.glob("*.part"))


def test_a_new_one_takes_the_place_of_the_one_before(served: Path) -> None:
    folders.export_encoder(served, TEXTS, None)
    assert (served / folders.SERVED).stat().st_size > 1000
    assert artifacts.verify(served, (folders.SERVED,)) == "small"


def kept(folder: Path) -> None:
    assert (folder / folders.SERVED).read_bytes() == b"of before"
    assert artifacts.verify(folder, (folders.SERVED,)) == "small"
    assert not list(folder.glob("*.part"))


def test_what_does_something_else_leaves_the_one_before(served: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "LEAST_COSINE", 1.1)
    with pytest.raises(ExportError, match="cosine"):
        folders.export_encoder(served, TEXTS, None)
    kept(served)


def test_what_cannot_be_compared_leaves_the_one_before(served: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="more than 10"):
        folders.export_encoder(served, TEXTS[:5], None)
    kept(served)
    with pytest.raises(ValueError, match="good"):
        folders.export_encoder(served, TEXTS, similarity(tmp_path / "pairs.csv", "good"))
    kept(served)


@pytest.mark.filterwarnings("ignore:An input array is constant")
def test_pairs_that_are_all_alike_prove_nothing(served: Path, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="nan"):
        folders.export_encoder(served, TEXTS, similarity(tmp_path / "pairs.csv", "1"))
    kept(served)


def test_a_folder_without_an_encoder_that_serves_stays_without(folder: Path) -> None:
    with pytest.raises(ValueError, match="more than 10"):
        folders.export_encoder(folder, TEXTS[:5], None)
    assert not (folder / folders.SERVED).exists()
    with pytest.raises(ArtifactError):
        artifacts.verify(folder, (folders.SERVED,))
