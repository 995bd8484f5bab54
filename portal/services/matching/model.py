"""Which version of the score ranks now: the promoted one, read for each run: a promotion counts at once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from flask import current_app

from ml import scoring
from ml.artifacts import ArtifactError
from ml.learn import registry
from ml.scoring import Scorer
from portal.watching import logs

log = logs.get(__name__)


@dataclass(frozen=True)
class Model:
    """The scorer that ranks, and the promoted version that could not be used, "" where there is none."""

    scorer: Scorer
    refused: str = ""

    def named(self, version: str) -> str:
        """What a run was made by, for the record."""
        return f"{version} (refused {self.refused})"[:80] if self.refused else version[:80]


def current() -> Model:
    """The promoted version; the documented prior where its files were changed, and which one that was."""
    root = current_app.config["SETTINGS"].instance / "models"
    try:
        return Model(registry.current(root))
    except ArtifactError as error:
        log.warning("score_refused", version=_name(root), exc_info=error)
        return Model(scoring.PRIOR, _name(root))


def _name(root: Path) -> str:
    try:
        return registry.promoted(root)
    except ArtifactError:
        return "?"
