"""What the trail can be narrowed by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from portal.audit import AuditEvent, AuditHead
from portal.clock import LIMA
from portal.extensions import db
from portal.models import Family, Provider

SYSTEM = "system"  # asks for what the portal did by itself


@dataclass(frozen=True)
class Wanted:
    """An action, a person (an id, or `SYSTEM`), the first and the last day in Peru; nothing narrows nothing."""

    action: str = ""
    person: str = ""
    first: date | None = None
    last: date | None = None


def narrowed(query: Any, wanted: Wanted) -> Any:
    """The query with what is wanted."""
    if wanted.action:
        query = query.filter(AuditEvent.action == wanted.action)
    if wanted.person:
        query = query.filter(AuditEvent.author_id == _person(wanted.person))
    if wanted.first:
        query = query.filter(AuditEvent.at >= _midnight(wanted.first))
    if wanted.last:
        query = query.filter(AuditEvent.at < _midnight(wanted.last + timedelta(days=1)))
    return query


def counted(query: Any, wanted: Wanted) -> Any:
    """The query of how many there are. Entries are numbered without a gap, so the number of all is the last one's."""
    if wanted == Wanted():
        return db.session.query(func.coalesce(func.max(AuditHead.number), 0))
    return narrowed(query, wanted)


def codes(rows: Sequence[AuditEvent]) -> dict[UUID, str]:
    """The short ids (F-0012, P-0003) of the families and providers that entries are about, by their ids."""
    found: dict[UUID, str] = {}
    for table in (Family, Provider):
        ids = {row.subject_id for row in rows if row.subject_type == table.__tablename__ and row.subject_id}
        if ids:
            found |= {row.id: row.code for row in db.session.scalars(select(table).where(table.id.in_(ids)))}
    return found


def has_read(person: UUID | None, row: UUID, since: datetime) -> bool:
    """Does the trail say that somebody has read a row since then?"""
    found = select(AuditEvent.id).where(
        AuditEvent.subject_id == row, AuditEvent.action == "read", AuditEvent.author_id == person,
        AuditEvent.at >= since,
    )
    return db.session.scalars(found.limit(1)).first() is not None


def _person(text: str) -> UUID | None:
    try:
        return None if text == SYSTEM else UUID(text)
    except ValueError:
        return UUID(int=0)  # nobody


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), LIMA)
