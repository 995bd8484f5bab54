"""What several tests of the synthetic population stand on."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # made_up.py is shared by the tests of this folder
made_up = import_module("made_up")


@pytest.fixture(scope="session")
def peru(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of 5,000 families and 1,500 providers."""
    folder: Path = made_up.written(tmp_path_factory.mktemp("peru") / "files", 5000, 1500)
    return folder
