"""The cards of what ships speak of what ships."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from ml import artifacts
from ml.scoring import PRIOR

WEIGHTS = artifacts.SHIPPED.parent
PRIORS, ENCODERS = WEIGHTS / "prior" / "MODEL_CARD.md", artifacts.SHIPPED / "MODEL_CARD.md"


def test_the_priors_card_is_of_the_prior_that_ships() -> None:
    text = PRIORS.read_text(encoding="utf-8")
    assert text.startswith(f"# {PRIOR.version}:")
    assert set(re.findall(r"prior-\d+", text)) == {PRIOR.version}
    told = {name: float(weight) for name, weight in re.findall(r"^\| (\w+) \| (0\.\d+) \|", text, re.MULTILINE)}
    assert told == {name: curve.weight for name, curve in PRIOR.curves.items()}


def test_the_encoders_card_is_of_the_version_that_ships() -> None:
    manifest = json.loads((artifacts.SHIPPED / artifacts.MANIFEST).read_text(encoding="utf-8"))
    text = ENCODERS.read_text(encoding="utf-8")
    assert f"(`{manifest['version']}`) is what ships" in text
    assert set(re.findall(r"prior-\d+", text)) == {PRIOR.version}
    assert artifacts.sha256(ENCODERS) == manifest["files"][ENCODERS.name]


@pytest.mark.parametrize("card", [PRIORS, ENCODERS], ids=lambda path: path.parent.name)
def test_a_card_says_what_it_must(card: Path) -> None:
    text = card.read_text(encoding="utf-8")
    for words in ("## Intended use", "**Not for**", "## Figures", "airness", "## Limits", "Licence"):
        assert words in text
    assert "manage.py evaluate FOLDER" in text


def test_the_readme_names_the_tensorflow_that_is_pinned() -> None:
    """The build for a GPU is of the same version as the one that is installed."""
    root = WEIGHTS.parent.parent
    pinned = set(re.findall(r'"tensorflow(?:-cpu)?==([\d.]+)', (root / "pyproject.toml").read_text(encoding="utf-8")))
    told = re.findall(r"tensorflow\[and-cuda\]==([\d.]+\d)", (root / "README.md").read_text(encoding="utf-8"))
    assert told
    assert set(told) == pinned
