"""The portal's columns as the matcher's frames."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ml import frames, schedule
from ml.frames import Children, Providers, Rules
from portal.queries import tenants

Columns = dict[str, Any]


def week(text: str) -> schedule.Week:
    """A schedule; one that cannot be read counts as not given."""
    try:
        return schedule.parse(text)
    except schedule.ScheduleError:
        return schedule.parse("")


def children(rows: Sequence[Columns]) -> Children:
    """The needs of children."""
    return frames.children([frames.Child(**{**row, "schedule": week(row["schedule"])}) for row in rows])


def providers(rows: Sequence[Columns]) -> Providers:
    """The offers of providers."""
    return frames.providers([frames.Provider(**{**row, "schedule": week(row["schedule"])}) for row in rows])


def rules() -> Rules:
    """The hard rules as the NGO at work decided them."""
    own = tenants.values()
    return Rules(
        vetting_margin_days=int(own["vetting_margin_days"]), conditional_may_match=bool(own["conditional_may_match"]),
        subsidy=float(own["subsidy_pen"]), unknown_may_pass=frozenset(own["unknown_may_pass"]),
    )
