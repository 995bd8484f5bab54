"""A scorer on examples."""

from __future__ import annotations

from ml import scoring
from ml.frames import Floats
from ml.learn.examples import Examples
from ml.scoring import Scorer


def scores_of(scorer: Scorer, examples: Examples) -> Floats:
    """(m,) score of each row."""
    found: Floats = scoring.score({name: values[None] for name, values in examples.raw.items()}, scorer).score[0]
    return found
