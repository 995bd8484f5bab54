"""The trail: who did, saw or was refused what, in the same transaction, append-only, chained per tenant.

Writes are noticed by themselves at each flush (names of the changed fields, never values). Reads of a file, reveals
and refusals are recorded by `record`. Each entry's hash is an HMAC over its content and the hash before it, under a
key outside the database: whoever can change the table still cannot make a chain that verifies. Its end is sealed
under the same key, so that nobody but the portal moves it.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, String, UniqueConstraint, event, inspect, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal import clock, tenancy
from portal.columns import UTCDateTime
from portal.extensions import db
from portal.tenancy import TenantScoped, in_tenant

FIRST = "0" * 64
_KEYS: dict[str, bytes] = {}


@dataclass(frozen=True)
class Author:
    """Who acts: a person's id and name as it is today, and the request or task it happens in."""

    id: UUID | None = None
    name: str = "sistema"
    request: str = ""


_SYSTEM = Author()
_author: ContextVar[Author] = ContextVar("author", default=_SYSTEM)


class AuditEvent(TenantScoped, db.Model):
    """One entry of a tenant's trail."""

    __tablename__ = "audit_event"
    __trail__ = False
    __table_args__ = in_tenant(UniqueConstraint("tenant_id", "number"))

    number: Mapped[int]
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    author_id: Mapped[UUID | None]
    author_name: Mapped[str] = mapped_column(String(120))
    request: Mapped[str] = mapped_column(String(40))
    action: Mapped[str] = mapped_column(String(40), index=True)
    subject_type: Mapped[str] = mapped_column(String(40), index=True)
    subject_id: Mapped[UUID | None] = mapped_column(index=True)
    fields: Mapped[list[str]] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(String(500))
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))

    def content(self) -> dict[str, Any]:
        """What the hash covers: every column but the hash itself."""
        return {
            "tenant": str(self.tenant_id), "id": str(self.id), "number": self.number, "at": self.at.isoformat(),
            "author": str(self.author_id), "name": self.author_name, "request": self.request, "action": self.action,
            "type": self.subject_type, "subject": str(self.subject_id), "fields": self.fields, "reason": self.reason,
            "previous": self.previous,
        }

    def expected_hash(self) -> str:
        text = json.dumps(self.content(), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return _mac(text)


class AuditHead(TenantScoped, db.Model):
    """The end of a tenant's chain. Locked while an entry is added, so that the chain never forks.

    Whoever cuts off the last entries has to move it back, and cannot seal it. A head that somebody moved is not sealed
    again when entries follow: its fault stays to be seen.
    """

    __tablename__ = "audit_head"
    __trail__ = False
    __table_args__ = in_tenant(UniqueConstraint("tenant_id"))

    number: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))
    seal: Mapped[str] = mapped_column(String(64), server_default="")

    def expected_seal(self) -> str:
        return _mac(json.dumps(["head", str(self.tenant_id), self.number, self.hash], separators=(",", ":")))

    def is_sealed(self) -> bool:
        """Did the portal itself put it where it is?"""
        return hmac.compare_digest(self.seal, self.expected_seal())

    def move_to(self, row: AuditEvent) -> None:
        """The chain ends with this entry from now on."""
        was_sealed = self.is_sealed()
        self.number, self.hash = row.number, row.hash
        if was_sealed:
            self.seal = self.expected_seal()


@dataclass(frozen=True)
class Entry:
    """An entry that waits for the commit."""

    action: str
    subject_type: str
    subject_id: UUID | None
    fields: tuple[str, ...] = ()
    reason: str = ""
    author: Author = field(default_factory=_author.get)
    at: datetime = field(default_factory=clock.now)


@contextmanager
def acting_as(author: Author) -> Iterator[None]:
    """Entries made inside name this author."""
    token = _author.set(author)
    try:
        yield
    finally:
        _author.reset(token)


def record(action: str, subject: Any = None, reason: str = "", fields: tuple[str, ...] = ()) -> None:
    """Note something that is not a write: `read`, `reveal`, `refused`, `login`, `export`, … of a row or of a kind."""
    kind = subject if isinstance(subject, str) else getattr(subject, "__tablename__", "")
    waiting().append(Entry(action, kind, getattr(subject, "id", None), fields, reason[:500]))


def waiting() -> list[Entry]:
    """The entries the next commit of this session writes."""
    return db.session.info.setdefault("trail", [])


def _notice(session: Session, *_: Any) -> None:
    """At each flush: one entry for each row made, changed or deleted, but for tables that are machinery
    (`__trail__ = False`)."""
    trail = session.info.setdefault("trail", [])
    for action, rows in (("create", session.new), ("update", session.dirty), ("delete", session.deleted)):
        for row in rows:
            if isinstance(row, TenantScoped) and getattr(row, "__trail__", True):
                changed = _changed(row)
                if changed or action == "delete":
                    trail.append(Entry(action, row.__tablename__, row.id, changed))


def _changed(row: Any) -> tuple[str, ...]:
    changed = {one.key for one in inspect(row).attrs if one.history.has_changes()}
    return tuple(sorted(changed - {"id", "tenant_id"}))


def _write(session: Session) -> None:
    """Just before the commit: add what waits to the chain."""
    if session.info.get("trail") or session.new or session.dirty or session.deleted:
        session.flush()
    entries = session.info.pop("trail", [])
    if not entries:
        return
    if tenancy.current_or_none() is None:
        return  # accounts and sessions of the platform have no tenant; their log is the application's
    head = _locked_head(session)
    for entry in entries:
        row = _row(entry, head)
        session.add(row)
        head.move_to(row)
    session.flush()


def _locked_head(session: Session) -> AuditHead:
    """The end of the chain, which nobody else moves until the commit; the first entry of a tenant makes it."""
    locked = select(AuditHead).with_for_update()
    head = session.scalars(locked).one_or_none()
    if head is None:
        tenancy.take_turns(session)
        head = session.scalars(locked).one_or_none()
    if head is None:
        head = AuditHead(number=0, hash=FIRST)
        head.seal = head.expected_seal()
        session.add(head)
    return head


def _row(entry: Entry, head: AuditHead) -> AuditEvent:
    row = AuditEvent(
        number=head.number + 1, at=entry.at, author_id=entry.author.id, author_name=entry.author.name,
        request=entry.author.request, action=entry.action, subject_type=entry.subject_type,
        subject_id=entry.subject_id, fields=list(entry.fields), reason=entry.reason, previous=head.hash,
    )
    row.hash = row.expected_hash()
    return row


@dataclass(frozen=True)
class Fault:
    """The first entry of a tenant's trail that does not verify, and why."""

    number: int
    why: str  # changed | missing | order | head


def verify() -> tuple[int, Fault | None]:
    """Walk the trail of the tenant at work. Returns how many entries hold, and the first that does not."""
    previous, number = FIRST, 0
    entries = select(AuditEvent).order_by(AuditEvent.number).execution_options(yield_per=1000)
    with closing(db.session.scalars(entries)) as rows:
        for row in rows:
            why = _fault(row, number, previous)
            if why:
                return number, Fault(number + 1, why)
            previous, number = row.hash, row.number
    head = end()
    holds = (head.number, head.hash) == (number, previous) and head.is_sealed() if head else not number
    return number, None if holds else Fault(number + 1, "head")


def end() -> AuditHead | None:
    """Where the trail of the tenant at work ends; None where it has no entry yet."""
    return db.session.scalars(select(AuditHead)).one_or_none()


def _fault(row: AuditEvent, number: int, previous: str) -> str:
    """Why an entry does not follow the one before it; "" when it does."""
    if row.number != number + 1:
        return "missing"
    if row.previous != previous:
        return "order"
    return "" if hmac.compare_digest(row.hash, row.expected_hash()) else "changed"


def _mac(text: str) -> str:
    return hmac.digest(_KEYS["audit"], text.encode(), "sha256").hex()


def _drop(session: Session) -> None:
    session.info.pop("trail", None)


def init_app(app: Any) -> None:
    """Take the key and listen on every session. Listening twice is harmless."""
    _KEYS["audit"] = app.config["SETTINGS"].audit_key.encode()
    for name, listener in (("before_flush", _notice), ("before_commit", _write), ("after_rollback", _drop)):
        if not event.contains(Session, name, listener):
            event.listen(Session, name, listener)
