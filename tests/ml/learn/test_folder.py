"""A training folder: what is wrong is named, consent counts, and values are those that serving sees."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ml import pipeline, records
from ml.encoder import Encoder
from ml.frames import Rules
from ml.learn import folder
from ml.learn.faults import LearnError
from ml.learn.folder import Dataset, Reader
from ml.pipeline import Request
from ml.tables import TableError
from tests.ml import population


def edited(source: Path, target: Path, name: str, change: Any) -> Path:
    """A copy of a folder with the rows of one file changed."""
    shutil.copytree(source, target)
    with (source / name).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    population.save(target / name, change(rows), list(rows[0]))
    return target


def read(path: Path, encoder: Encoder) -> tuple[Dataset, list[str]]:
    said: list[str] = []
    return folder.read(path, Reader(encoder, report=said.append)), said


@pytest.mark.parametrize(("column", "value", "problem"), [
    ("rank", "0", "ranks begin at 1"), ("propensity", "1.5", "between"), ("approved", "perhaps", "yes, no"),
    ("shown_on", "tomorrow", "not a day"), ("family_ref", "nobody", "no good row"),
    ("provider_ref", "nobody", "no good row"), ("approved", "", "empty"),
])
def test_a_bad_row_is_named_and_left_out(
    market_folder: Path, tmp_path: Path, encoder: Encoder, dataset: Dataset, column: str, value: str, problem: str
) -> None:
    def change(rows: list[dict[str, str]]) -> list[dict[str, str]]:
        return [{**rows[0], "held": "", column: value}, *rows[1:]]

    found, said = read(edited(market_folder, tmp_path / "m", "decisions.csv", change), encoder)
    assert found.bad == 1
    assert any(line.startswith("decisions.csv:2 ") and problem in line for line in said)
    assert len(found.examples) == len(dataset.examples) - 1


def test_held_without_approved_is_wrong(market_folder: Path, tmp_path: Path, encoder: Encoder) -> None:
    path = edited(market_folder, tmp_path / "m", "decisions.csv",
                  lambda rows: [{**rows[0], "approved": "no", "held": "yes"}, *rows[1:]])
    found, said = read(path, encoder)
    assert found.bad == 1
    assert "held: given for a row that was not approved" in said[0]


def test_only_families_that_consented_to_training_are_there(dataset: Dataset, market_folder: Path) -> None:
    with (market_folder / "families_data.csv").open(encoding="utf-8", newline="") as file:
        consent = {row["family_ref"]: row["consent_training"] for row in csv.DictReader(file)}
    assert "no" in consent.values()
    assert all(consent[family] == "yes" for family in np.unique(dataset.examples.family).tolist())
    assert dataset.world is not None
    assert all(row["consent_training"] for row in dataset.world.needs)


def test_without_any_consent_there_is_nothing_to_learn(market_folder: Path, tmp_path: Path, encoder: Encoder) -> None:
    path = edited(market_folder, tmp_path / "m", "families_data.csv",
                  lambda rows: [{**row, "consent_training": "no"} for row in rows])
    with pytest.raises(LearnError, match="consented"):
        read(path, encoder)


def test_a_folder_without_decisions_is_refused(market_folder: Path, tmp_path: Path, encoder: Encoder) -> None:
    shutil.copytree(market_folder, tmp_path / "m")
    (tmp_path / "m" / "decisions.csv").unlink()
    with pytest.raises(TableError, match=r"decisions\.csv"):
        read(tmp_path / "m", encoder)


def test_values_are_those_that_serving_sees(dataset: Dataset) -> None:
    world, examples = dataset.world, dataset.examples
    assert world is not None
    row = 17
    child, provider = int(examples.story[row]), int(examples.profile[row])
    request = Request(records.children_of([world.needs[child]]), world.providers, [world.texts[child]], world.corpus,
                      Rules(), keep=len(world.offers))
    found = next(one for one in pipeline.rank(request).suggestions if one.provider == provider)
    for term, value in found.raw.items():
        assert examples.raw[term][row] == pytest.approx(value, abs=1e-6) if value is not None \
            else np.isnan(examples.raw[term][row])


def test_the_hash_follows_every_file(market_folder: Path, tmp_path: Path) -> None:
    before = folder.data_hash(market_folder)
    for name in folder.FILES:
        copy = tmp_path / name.partition(".")[0]
        shutil.copytree(market_folder, copy)
        assert folder.data_hash(copy) == before
        with (copy / name).open("a", encoding="utf-8") as file:
            file.write("\n")
        assert folder.data_hash(copy) != before


def test_a_table_of_districts_tells_poverty(market_folder: Path, tmp_path: Path, encoder: Encoder) -> None:
    shutil.copytree(market_folder, tmp_path / "m")
    (tmp_path / "m" / "districts.csv").write_text("ubigeo,poverty_quintile,area\n150132,1,rural\n", encoding="utf-8")
    found, _ = read(tmp_path / "m", encoder)
    poor = found.examples.district == "150132"
    assert set(found.examples.facets["poverty"][poor]) == {"1"}
    assert set(found.examples.facets["area"][~poor]) == {""}
