"""What the installation holds after the drill, beside what it said it would keep."""

from __future__ import annotations

import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select

from portal import audit
from portal.commands.drills.load import Ledger, Write
from portal.commands.drills.stage import Stage
from portal.events import Job
from portal.extensions import db
from portal.models import Caregiver, Family, SuggestionRun

DRAINING = 240  # seconds without a job done until nobody waits any more: what a killed worker had waits for a sweep
PAUSE = 0.5  # seconds between two looks


@dataclass(frozen=True)
class Finding:
    """What became of the writes: each line of `lost`, `twice` and `broken` is a fault."""

    jobs: int
    lost: tuple[str, ...]
    twice: tuple[str, ...]
    broken: tuple[str, ...]

    @property
    def is_faulty(self) -> bool:
        return bool(self.lost or self.twice or self.broken)


def look(stage: Stage, ledger: Ledger) -> Finding:
    """Read everything back, once the worker has done what is left to do."""
    undone = drain(stage)
    with stage.inside():
        lost, twice = zip(*[*_registered(ledger), *_changed(stage, ledger), *_worked(stage, ledger)], strict=True)
        jobs = db.session.scalar(select(func.count(Job.id))) or 0
        broken = [*ledger.refusals, *_trail(), *_files(stage)]
    lost = (*lost, f"{undone} jobs were never done" if undone else "")
    return Finding(jobs, *(tuple(filter(None, found)) for found in (lost, twice, broken)))


def drain(stage: Stage) -> int:
    """Wait until no job is left, as long as there are ever fewer; returns how many are when patience ends."""
    left, end = left_to_do(stage), time.monotonic() + DRAINING
    while left and time.monotonic() < end:
        time.sleep(PAUSE)
        now = left_to_do(stage)
        if now < left:
            left, end = now, time.monotonic() + DRAINING
    return left


def left_to_do(stage: Stage) -> int:
    """How many jobs are not done."""
    with stage.inside():
        return db.session.scalar(select(func.count(Job.id)).where(Job.status != "done")) or 0


def _registered(ledger: Ledger) -> Iterator[tuple[str, str]]:
    """(lost, twice) of each case that was registered."""
    there = Counter(db.session.scalars(select(Caregiver.paternal_surname)))
    for one in ledger.writes:
        if one.family is None:
            count = there[one.mark]
            yield f"case {one.mark}" if one.is_known and not count else "", f"case {one.mark}" if count > 1 else ""


def _changed(stage: Stage, ledger: Ledger) -> Iterator[tuple[str, str]]:
    """The last change each case was told is kept; a later one that nobody heard of may stand in its place."""
    for writer in stage.writers:
        now = db.session.get_one(Family, writer.family).address
        allowed = _last(changes(ledger, writer.family))
        yield f"change {allowed[0]}, it is {now}" if allowed and now not in allowed else "", ""


def _last(writes: list[Write]) -> list[str]:
    """The marks that may stand there: the last known one and all after it."""
    known = [place for place, one in enumerate(writes) if one.is_known]
    return [one.mark for one in writes[known[-1]:]] if known else []


def changes(ledger: Ledger, family: UUID) -> list[Write]:
    """What was sent about one case, in order: one person changes it."""
    return [one for one in ledger.writes if one.family == family]


def _worked(stage: Stage, ledger: Ledger) -> Iterator[tuple[str, str]]:
    """Each change announces one job, and each job makes one run of the matcher."""
    announced = Counter(job.ids["family"] for job in db.session.scalars(select(Job)))
    runs = Counter(map(str, db.session.scalars(select(SuggestionRun.family_id))))
    for writer in stage.writers:
        family, sent = str(writer.family), changes(ledger, writer.family)
        known, made, done = sum(one.is_known for one in sent), announced[family], runs[family]
        about = f"case {family[:8]}: {known} known of {len(sent)} changes, {made} jobs, {done} runs"
        yield about if made < known or done < made else "", about if made > len(sent) or done > made else ""


def _trail() -> Iterator[str]:
    count, fault = audit.verify()
    if fault is not None:
        yield f"trail: entry {fault.number} does not hold ({fault.why}); {count} before it do"


def _files(stage: Stage) -> Iterator[str]:
    """SQLite's own check of each of its files."""
    for path in sorted(stage.folder.glob("*.db")):
        with closing(sqlite3.connect(path)) as database:
            found = database.execute("PRAGMA integrity_check").fetchone()[0]
        if found != "ok":
            yield f"{path.name}: {found}"
