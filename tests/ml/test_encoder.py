"""Texts to unit rows, the same from both engines, and no weights that were changed."""

from __future__ import annotations

import multiprocessing
import shutil
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import population
import pytest

from ml import artifacts
from ml.artifacts import ArtifactError
from ml.encoder import Encoder

TEXTS = [
    "", "Hola", "Busco a alguien que cuide a mi hija mientras trabajo en el mercado.", "🙂 ñandú", "\x00",
    "Cocinamos comida casera. " * 200, "Wawaykunata qhawani", "A" * 3000,
]
LIGHT = ("pipeline", "constraints", "explain", "scoring", "features", "schema", "encoder", "commands", "assignment")


def test_rows_are_unit_rows_in_the_order_given(encoder: Encoder) -> None:
    rows = encoder.encode(TEXTS)
    assert rows.shape == (len(TEXTS), 384)
    assert rows.dtype == np.float32
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    alone = np.concatenate([encoder.encode([text]) for text in TEXTS])
    assert (rows * alone).sum(axis=1).min() > 0.999


def test_no_texts_give_no_rows_and_one_text_is_no_list(encoder: Encoder) -> None:
    assert encoder.encode([]).shape == (0, 384)
    with pytest.raises(ValueError, match="sequence"):
        encoder.encode("Hola")


def test_meaning_counts_more_than_words(encoder: Encoder) -> None:
    asked, near, far = encoder.encode(["El niño duerme la siesta", "El bebé está durmiendo", "El precio del pan subió"])
    assert asked @ near > asked @ far + 0.2


def test_the_end_of_a_long_text_is_not_cut(encoder: Encoder) -> None:
    start = "Cocinamos comida casera todos los días. " * 30
    plain, other = encoder.encode([start, start + "Hablamos de fútbol y de política. " * 30])
    assert plain @ other < 0.99


def test_both_engines_agree(encoder: Encoder) -> None:
    reference = Encoder.load(engine="tensorflow")
    cosines = (encoder.encode(TEXTS) * reference.encode(TEXTS)).sum(axis=1)
    assert cosines.min() >= 0.98
    assert encoder.version != reference.version


def test_an_unknown_engine_is_refused() -> None:
    with pytest.raises(ValueError, match="abacus"):
        Encoder.load(engine="abacus")


@pytest.mark.parametrize("harm", ["changed", "missing", "no manifest"])
def test_weights_that_were_changed_are_refused(tmp_path: Path, harm: str) -> None:
    folder = tmp_path / "model"
    shutil.copytree(artifacts.SHIPPED, folder, ignore=shutil.ignore_patterns("*.safetensors"))
    victim = folder / ("manifest.json" if harm == "no manifest" else "tokenizer.json")
    if harm == "changed":
        victim.write_bytes(victim.read_bytes() + b" ")
    else:
        victim.unlink()
    with pytest.raises(ArtifactError, match=victim.name):
        Encoder.load(folder)


def test_every_file_shipped_is_in_the_manifest() -> None:
    names = tuple(path.name for path in artifacts.SHIPPED.iterdir() if path.name != artifacts.MANIFEST)
    assert artifacts.verify(artifacts.SHIPPED, names) == "ayni-minilm-es-2"


def test_nothing_but_its_engine_brings_tensorflow() -> None:
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), sys.path.extend, (sys.path,)) as fresh:
        loaded = fresh.submit(population.loaded_by, [f"ml.{name}" for name in LIGHT]).result()
    assert not {"tensorflow", "keras", "flask", "sqlalchemy"} & loaded
