"""Whose turn it is to do periodic work, where several processes keep the schedule: one row, changed by comparison."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from portal import clock
from portal.extensions import db
from portal.models import PlatformMark

HOLD = timedelta(minutes=2)  # whoever has not ended by then was killed


@dataclass(frozen=True)
class Turn:
    """A turn that was taken. The row says when it began and until when it is held."""

    name: str
    begun: str
    value: str

    @classmethod
    def take(cls, name: str, apart: timedelta) -> Turn | None:
        """Take the turn and commit; None where another has it, or began less than `apart` ago."""
        name, now = f"turn.{name}", clock.now()
        before = _read(name)
        turn = cls(name, now.isoformat(), f"{now.isoformat()}|{(now + HOLD).isoformat()}")
        return turn if _is_due(before, now, apart) and _swap(name, before, turn.value) else None

    def end(self) -> None:
        """The next turn may be taken; commits."""
        _swap(self.name, self.value, f"{self.begun}|")


def _is_due(before: str, now: datetime, apart: timedelta) -> bool:
    begun, _, until = before.partition("|")
    recent = bool(begun) and timedelta(0) <= now - datetime.fromisoformat(begun) < apart
    held = bool(until) and now < datetime.fromisoformat(until)
    return not (recent or held)


def _read(name: str) -> str:
    """The row's value; it is made where there is none yet."""
    found = db.session.scalars(select(PlatformMark.value).where(PlatformMark.name == name)).one_or_none()
    if found is None:
        db.session.add(PlatformMark(name=name, value=""))
        try:
            db.session.commit()
        except IntegrityError:  # another process was first
            db.session.rollback()
        return _read(name)
    db.session.commit()
    return found


def _swap(name: str, before: str, after: str) -> bool:
    """Change the row and commit, if it still is as it was read."""
    where = update(PlatformMark).where(PlatformMark.name == name, PlatformMark.value == before)
    done = db.session.execute(where.values(value=after), execution_options={"synchronize_session": False})
    db.session.commit()
    return bool(done.rowcount)
