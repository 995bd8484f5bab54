"""Which cases a list may show: the policy's word on confidential families, as a condition of a statement."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import BindParameter, ColumnElement, or_, true

from portal.models import Family
from portal.policy import Actor, Permission, allowed


@dataclass(frozen=True)
class _Case:
    """A case as the policy asks about it."""

    confidential: bool
    caseworker_id: UUID | None = None


def of_readable(actor: Actor) -> ColumnElement[bool]:
    """The families whose file this person may read."""
    return readable_by(actor.id, reads_all(actor))


def reads_all(actor: Actor) -> bool:
    """May this person read confidential files of others?"""
    return allowed(actor, Permission.FAMILY_READ, _Case(confidential=True))


def readable_by(person: UUID | BindParameter[UUID], all_read: bool) -> ColumnElement[bool]:
    """The same for whoever stands in a statement that is kept."""
    return true() if all_read else or_(Family.confidential.is_(False), owned_by(person))


def of_any(workers: Collection[UUID]) -> ColumnElement[bool]:
    """The families these people answer for; an index alone answers which."""
    return Family.caseworker_id.in_(workers)


def of_own(actor: Actor) -> ColumnElement[bool]:
    """The families this person answers for."""
    return owned_by(actor.id)


def owned_by(person: UUID | BindParameter[UUID]) -> ColumnElement[bool]:
    """The same for whoever stands in a statement that is kept."""
    return Family.caseworker_id == person
