"""A version is measured on families it did not learn from, or the report says that this cannot be known."""

from __future__ import annotations

import dataclasses
import json
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from ml.learn import commands, registry, seen, splits
from ml.learn.additive import Settings
from ml.learn.commands import Run
from ml.learn.faults import LearnError
from ml.learn.folder import Dataset
from ml.learn.options import Options
from ml.learn.origin import FAMILIES, Origin, hashed
from ml.learn.places import Places
from ml.scoring import PRIOR

RUN = Run(Places(), "2026-11-24T08:00:00", Options(11, Settings(epochs=5, patience=5)), lambda line: None)


@pytest.fixture(scope="module")
def version(dataset: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Trained with seed 11, which is not the usual one."""
    return commands.train(dataset, tmp_path_factory.mktemp("models"), RUN)[0]


def origin(version: Path) -> Origin:
    found = registry.origin(version.parent, version.name)
    assert found is not None
    return found


def test_a_version_keeps_a_list_of_all_but_its_test_families(version: Path, dataset: Dataset) -> None:
    split = splits.split(dataset.examples, "family", 11)
    learned = {hashed(one) for one in dataset.examples.family[split.train | split.validation].tolist()}
    assert origin(version) == Origin(dataset.data, 11, frozenset(learned))
    assert not learned & {hashed(one) for one in dataset.examples.family[split.test].tolist()}
    listed = json.loads((version / FAMILIES).read_text(encoding="utf-8"))
    assert not set(listed) & set(dataset.examples.family.tolist())  # no code as it is


def test_the_data_it_was_made_from_are_split_as_then(version: Path, dataset: Dataset) -> None:
    kept, seed, told = seen.apart(dataset, origin(version), 7)
    assert (kept, seed, told["how"]) == (dataset, 11, seen.SAME_SPLIT)


def test_on_other_data_its_families_are_left_out(version: Path, dataset: Dataset) -> None:
    """The same families in a folder that differs by a byte: seed 7 would test it on what it learned."""
    other = dataclasses.replace(dataset, data="0" * 64)
    kept, seed, told = seen.apart(other, origin(version), 7)
    split = splits.split(dataset.examples, "family", 11)
    left = np.unique(dataset.examples.family[~split.test])
    assert set(kept.examples.family.tolist()) == set(dataset.examples.family[split.test].tolist())
    assert (seed, told["how"], told["families_left_out"]) == (7, seen.LEFT_OUT, len(left))
    assert told["rows_left_out"] == int((~split.test).sum())


def test_a_version_that_learned_from_all_of_them_is_not_measured(dataset: Dataset) -> None:
    everyone = frozenset(hashed(one) for one in dataset.examples.family.tolist())
    with pytest.raises(LearnError, match="every family"):
        seen.apart(dataset, Origin("", 7, everyone), 7)


def test_what_a_version_without_a_list_saw_is_not_known(version: Path, dataset: Dataset) -> None:
    old = dataclasses.replace(origin(version), families=None, data="0" * 64)
    assert seen.apart(dataset, old, 7)[2]["how"] == seen.NOT_KNOWN


def test_an_ngo_whose_families_are_numbered_anew_leaves_no_list(dataset: Dataset, tmp_path: Path) -> None:
    made, _ = commands.train(dataset, tmp_path, dataclasses.replace(RUN, source="somebody"))
    assert not (made / FAMILIES).exists()
    assert origin(made).families is None


def test_an_evaluation_says_what_it_was_measured_on_and_writes_no_card(
    version: Path, dataset: Dataset, tmp_path: Path,
) -> None:
    run = dataclasses.replace(RUN, options=dataclasses.replace(RUN.options, seed=7))
    made = (registry.named(version.parent, version.name), origin(version))
    metrics = commands.evaluate(dataset, made, tmp_path, run)
    assert (metrics["seed"], metrics["splits"]["family"]["families"]["test"]) == (
        11, len(np.unique(dataset.examples.family[splits.split(dataset.examples, "family", 11).test])))
    assert {path.name for path in tmp_path.iterdir()} == {"metrics.json", "report.html"}
    assert json.loads((tmp_path / "metrics.json").read_text(encoding="utf-8"))["seen"]["how"] == seen.SAME_SPLIT
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    for words in ("Measured on", "Con qué se midió", "split as they were then"):
        assert words in text
    assert "What it was made from" not in text


def other_than(dataset: Dataset, share: float) -> Dataset:
    """Another folder, whose first families are other people under the same codes."""
    world = dataset.world
    assert world is not None
    born = world.needs[0]["child_birth_date"] - timedelta(days=1)
    others = int(share * len(world.needs))
    needs = [{**row, "child_birth_date": born} if place < others else row for place, row in enumerate(world.needs)]
    return dataclasses.replace(dataset, data="1" * 64, world=dataclasses.replace(world, needs=needs))


def beside(other: Dataset, said: list[str]) -> Run:
    """A run that is tested on another dataset."""
    return dataclasses.replace(RUN, options=dataclasses.replace(RUN.options, unseen=other), report=said.append)


def test_families_of_the_test_that_are_learned_from_are_left_out_and_counted(dataset: Dataset, tmp_path: Path) -> None:
    other, said = other_than(dataset, 0.7), []
    made, metrics = commands.train(dataset, tmp_path, beside(other, said))
    told, tested = metrics["unseen"]["shared"], metrics["splits"]["unseen"]["families"]["test"]
    assert 0 < told["families_left_out"] < len(np.unique(dataset.examples.family))
    assert told["families_left_out"] + tested == len(np.unique(dataset.examples.family))
    assert any(f"{told['families_left_out']} families" in line and "left out of the test" in line for line in said)
    text = (made / "report.html").read_text(encoding="utf-8")
    assert f"{told['families_left_out']} families ({told['rows_left_out']} decisions) that are in these too" in text
    assert f"se dejaron fuera {told['families_left_out']} familias" in text


def test_nobody_is_left_out_where_other_people_bear_the_same_codes(dataset: Dataset) -> None:
    kept, told = seen.strangers(dataset, other_than(dataset, 1.0))
    assert (told["families_left_out"], len(kept.examples)) == (0, len(dataset.examples))


def test_a_folder_is_not_tested_on_itself(dataset: Dataset, tmp_path: Path) -> None:
    with pytest.raises(LearnError, match="every family of the test"):
        commands.train(dataset, tmp_path, beside(dataset, []))
    assert not list(tmp_path.iterdir())


def test_whether_an_ngos_numbered_families_are_in_the_test_is_not_known(dataset: Dataset) -> None:
    kept, told = seen.strangers(dataclasses.replace(dataset, world=None), dataset)
    assert (kept, told["how"]) == (dataset, seen.NOT_KNOWN)


def test_the_prior_was_made_from_nothing(tmp_path: Path) -> None:
    assert registry.origin(tmp_path, PRIOR.version) is None
