"""What several tests of the matcher stand on."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from ml.encoder import Encoder

sys.path.insert(0, str(Path(__file__).parent))  # population.py is shared by the tests of this folder


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    return Encoder.load()
