"""Has the score moved? What was shown first in the last week, against the four weeks before, over all NGOs together."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import numpy as np
from sqlalchemy import select

from ml.learn import drift
from portal import clock
from portal.extensions import db
from portal.models import Suggestion, SuggestionRun

RECENT, BEFORE = timedelta(days=7), timedelta(days=35)
LEAST = 50  # lists on each side below which an index says nothing


def firsts() -> list[tuple[datetime, float]]:
    """When each list of the NGO at work was made in these five weeks, and the score of its first suggestion."""
    found = (
        select(SuggestionRun.made_at, Suggestion.score).join(Suggestion, Suggestion.run_id == SuggestionRun.id)
        .where(SuggestionRun.made_at > clock.now() - BEFORE, Suggestion.rank == 1)
    )
    return [(row.made_at, row.score) for row in db.session.execute(found)]


def moved(scores: Iterable[tuple[datetime, float]]) -> float:
    """The population stability index; NaN where a side has too few lists to say."""
    cut, sides = clock.now() - RECENT, ([], [])
    for made_at, score in scores:
        sides[made_at > cut].append(score)
    if min(map(len, sides)) < LEAST:
        return float("nan")
    then, now = (np.array(side, dtype=np.float64) for side in sides)
    return drift.psi(then, now)
