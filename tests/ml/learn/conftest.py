"""A market with decisions, read once; and a version learnt from it, once."""

from __future__ import annotations

from pathlib import Path

import pytest

from ml.encoder import Encoder
from ml.learn import folder, splits
from ml.learn.examples import Examples
from ml.learn.folder import Dataset, Reader
from ml.learn.splits import Split
from tests.ml.learn import market


@pytest.fixture(scope="session")
def market_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return market.folder(tmp_path_factory.mktemp("market"), 240)


@pytest.fixture(scope="session")
def dataset(market_folder: Path, encoder: Encoder) -> Dataset:
    return folder.read(market_folder, Reader(encoder))


@pytest.fixture(scope="session")
def examples(dataset: Dataset) -> Examples:
    return dataset.examples


@pytest.fixture(scope="session")
def by_family(examples: Examples) -> Split:
    return splits.split(examples, "family", 7)
