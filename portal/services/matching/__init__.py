"""The door between the portal and the matcher. The second one is `portal.services.training`: what it learns from."""

from portal.services.matching import drift
from portal.services.matching.hours import read_hours
from portal.services.matching.model import current as ranking
from portal.services.matching.now import refusals, snapshot
from portal.services.matching.suggest import may_suggest, suggest_for, touched_by

__all__ = ["drift", "may_suggest", "ranking", "read_hours", "refusals", "snapshot", "suggest_for", "touched_by"]
