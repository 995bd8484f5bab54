"""Which cases a list may show: the policy's word on confidential families, as a condition of a statement."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, or_, true

from portal.models import Family
from portal.policy import Actor, Permission, allowed


@dataclass(frozen=True)
class _Case:
    """A case as the policy asks about it."""

    confidential: bool
    caseworker_id: UUID | None = None


def of_readable(actor: Actor) -> ColumnElement[bool]:
    """The families whose file this person may read."""
    if allowed(actor, Permission.FAMILY_READ, _Case(confidential=True)):
        return true()
    return or_(Family.confidential.is_(False), Family.caseworker_id == actor.id)


def of_any(workers: Collection[UUID]) -> ColumnElement[bool]:
    """The families these people answer for; an index alone answers which."""
    return Family.caseworker_id.in_(workers)


def of_own(actor: Actor) -> ColumnElement[bool]:
    """The families this person answers for."""
    return Family.caseworker_id == actor.id
