"""The door between the portal and the matcher. The second one is `portal.services.training`: what it learns from."""

from ml.frames import NEEDS
from ml.naming import Named, named
from portal.services.matching import drift
from portal.services.matching.convert import rules
from portal.services.matching.hours import read_hours, weekdays
from portal.services.matching.model import current as ranking
from portal.services.matching.now import refusals, refusals_under, snapshot
from portal.services.matching.quotes import as_written
from portal.services.matching.suggest import may_suggest, suggest_for, touched_by

__all__ = [
    "NEEDS", "Named", "as_written", "drift", "may_suggest", "named", "ranking", "read_hours", "refusals",
    "refusals_under", "rules", "snapshot", "suggest_for", "touched_by", "weekdays",
]
