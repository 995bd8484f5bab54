"""How the installation is at this moment, over all NGOs together: for the figures, which name none of them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, or_, select

from portal import clock
from portal.events import SLOW, Job
from portal.extensions import db
from portal.models import SeatHold
from portal.queries import tenants
from portal.tenancy import acting_for
from portal.watching import notes

SOON = timedelta(days=1)
BACKUP, FOLDER = "backup.json", "backups"
SWEPT, DRIFT = "state.json", "drift.json"  # kept by the worker, each minute and each quarter of an hour
SWEPT_HOLDS, DRIFT_HOLDS = timedelta(minutes=3), timedelta(hours=1)


@dataclass
class State:
    """Sums over the NGOs. `waiting`: event → jobs that are not over; `failed`: those given up after failing; `oldest`:
    when the oldest was made of those that nobody is at, what takes long and waits for its like left out.
    """

    waiting: Counter[str] = field(default_factory=Counter)
    failed: int = 0
    oldest: datetime | None = None
    held: int = 0
    ending: int = 0  # held seats whose time is over within a day

    @property
    def oldest_seconds(self) -> float:
        """Age of the oldest waiting job, 0 where none waits."""
        return max((clock.now() - self.oldest).total_seconds(), 0.0) if self.oldest else 0.0


    def told(self) -> dict[str, Any]:
        """As a note keeps it."""
        return {**vars(self), "oldest": self.oldest.isoformat() if self.oldest else None}

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> State:
        """From a note. Raises KeyError, TypeError, ValueError where it holds something else."""
        oldest = datetime.fromisoformat(told["oldest"]) if told["oldest"] else None
        waiting = Counter({str(event): int(count) for event, count in told["waiting"].items()})
        return cls(waiting, int(told["failed"]), oldest, int(told["held"]), int(told["ending"]))


def now(instance: Path) -> State:
    """What the last sweep counted; where none did for minutes, three statements for each NGO, outside any NGO."""
    try:
        return State.of(notes.read(instance, SWEPT, SWEPT_HOLDS) or {})
    except (AttributeError, KeyError, TypeError, ValueError):
        return _counted()


def drift(instance: Path) -> float | None:
    """The drift of the score as last measured; None where nobody did for an hour, or there is too little to say."""
    value = (notes.read(instance, DRIFT, DRIFT_HOLDS) or {}).get("psi")
    return float(value) if isinstance(value, int | float) else None


def _counted() -> State:
    found = State()
    for tenant in [one.id for one in tenants.every()]:
        with acting_for(tenant):
            add(found)
    return found


def add(found: State) -> None:
    """Add up what is of the NGO at work."""
    _add_jobs(found)
    _add_holds(found)


def _add_jobs(found: State) -> None:
    left = func.min(Job.made_at).filter(or_(Job.taken_until.is_(None), Job.taken_until < clock.now()))
    waits = select(Job.event, func.count(Job.id).label("jobs"), left.label("oldest"))
    for row in db.session.execute(waits.where(Job.status == "waiting").group_by(Job.event)):
        found.waiting[row.event] += row.jobs
        if row.oldest is not None and row.event not in SLOW:
            found.oldest = min(found.oldest or row.oldest, row.oldest)
    given_up = select(func.count(Job.id)).where(Job.status == "failed", Job.attempts > 0)
    found.failed += db.session.scalar(given_up) or 0


def _add_holds(found: State) -> None:
    soon = func.count(SeatHold.id).filter(SeatHold.until <= clock.now() + SOON)
    held, ending = db.session.execute(select(func.count(SeatHold.id), soon).where(SeatHold.state == "held")).one()
    found.held += held
    found.ending += ending


def backup_at(instance: Path, folders: Iterable[Path] = ()) -> float:
    """When the last backup was made, in seconds since 1970; 0 where there is none.

    What `manage.py backup` noted counts; else the newest file in its folders.
    """
    try:
        noted = json.loads((instance / BACKUP).read_text(encoding="utf-8"))
        return datetime.fromisoformat(noted["at"]).timestamp()
    except (OSError, ValueError, KeyError, TypeError):
        files = [file for one in (instance / FOLDER, *folders) for file in one.glob("*") if file.is_file()]
        return max((file.stat().st_mtime for file in files), default=0.0)
