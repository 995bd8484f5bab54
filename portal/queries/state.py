"""How the installation is at this moment, over all NGOs together: for the figures, which name none of them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import func, or_, select

from portal import clock
from portal.events import SLOW, Job
from portal.extensions import db
from portal.models import SeatHold
from portal.queries import tenants
from portal.tenancy import acting_for

SOON = timedelta(days=1)
NOTE, FOLDER = "backup.json", "backups"


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


def now() -> State:
    """Three statements for each NGO, outside any NGO."""
    found = State()
    for tenant in [one.id for one in tenants.every()]:
        with acting_for(tenant):
            _add_jobs(found)
            _add_holds(found)
    return found


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
        noted = json.loads((instance / NOTE).read_text(encoding="utf-8"))
        return datetime.fromisoformat(noted["at"]).timestamp()
    except (OSError, ValueError, KeyError, TypeError):
        files = [file for one in (instance / FOLDER, *folders) for file in one.glob("*") if file.is_file()]
        return max((file.stat().st_mtime for file in files), default=0.0)
