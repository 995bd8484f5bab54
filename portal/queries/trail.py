"""What the trail can be narrowed by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from portal.audit import AuditEvent
from portal.clock import LIMA

SYSTEM = "system"  # asks for what the portal did by itself


@dataclass(frozen=True)
class Wanted:
    """An action, a person (an id, or `SYSTEM`), the first and the last day in Peru; nothing narrows nothing."""

    action: str = ""
    person: str = ""
    first: date | None = None
    last: date | None = None


def narrowed(query: Any, wanted: Wanted) -> Any:
    """The query with what is wanted; works for rows and for their count alike."""
    if wanted.action:
        query = query.filter(AuditEvent.action == wanted.action)
    if wanted.person:
        query = query.filter(AuditEvent.author_id == _person(wanted.person))
    if wanted.first:
        query = query.filter(AuditEvent.at >= _midnight(wanted.first))
    if wanted.last:
        query = query.filter(AuditEvent.at < _midnight(wanted.last + timedelta(days=1)))
    return query


def _person(text: str) -> UUID | None:
    try:
        return None if text == SYSTEM else UUID(text)
    except ValueError:
        return UUID(int=0)  # nobody


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), LIMA)
