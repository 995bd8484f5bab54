"""How the installation is at this moment, over all NGOs together: for the figures, which name none of them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select

from portal import clock
from portal.events import Job
from portal.extensions import db
from portal.models import SeatHold
from portal.queries import tenants
from portal.tenancy import acting_for

SOON = timedelta(days=1)
NOTE, FOLDER = "backup.json", "backups"


@dataclass
class State:
    """Sums over the NGOs. `waiting` and `failed`: event → jobs; `oldest`: when the oldest waiting one was made."""

    waiting: Counter[str] = field(default_factory=Counter)
    failed: int = 0
    oldest: datetime | None = None
    held: int = 0
    ending: int = 0  # held seats whose time is over within a day

    @property
    def oldest_seconds(self) -> float:
        """Age of the oldest waiting job, 0 where none waits."""
        return max((clock.now() - self.oldest).total_seconds(), 0.0) if self.oldest else 0.0


def now() -> State:
    """Three statements for each NGO, outside any NGO."""
    found = State()
    for tenant in [one.id for one in tenants.every()]:
        with acting_for(tenant):
            _add_jobs(found)
            _add_holds(found)
    return found


def _add_jobs(found: State) -> None:
    waits = select(Job.event, func.count(Job.id).label("jobs"), func.min(Job.made_at).label("oldest"))
    for row in db.session.execute(waits.where(Job.status == "waiting").group_by(Job.event)):
        found.waiting[row.event] += row.jobs
        found.oldest = min(found.oldest or row.oldest, row.oldest)
    found.failed += db.session.scalar(select(func.count(Job.id)).where(Job.status == "failed")) or 0


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
        noted = json.loads((instance / NOTE).read_text(encoding="utf-8"))
        return datetime.fromisoformat(noted["at"]).timestamp()
    except (OSError, ValueError, KeyError, TypeError):
        files = [file for one in (instance / FOLDER, *folders) for file in one.glob("*") if file.is_file()]
        return max((file.stat().st_mtime for file in files), default=0.0)
