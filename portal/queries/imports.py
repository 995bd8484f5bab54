"""What an NGO has already of what a file brings: by the sender's keys, by documents, by phones. Only its own."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import defer, joinedload, selectinload

from portal.extensions import db
from portal.models import Caregiver, Family, ImportFile, Membership, Provider, User
from portal.policy import Role

AT_ONCE = 500  # keys in one question
SHOWN = 20  # imports on the page, the newest first


def families(refs: Collection[str]) -> dict[str, Family]:
    """Sender's key → case, whole."""
    whole = (selectinload(Family.caregivers), selectinload(Family.children), selectinload(Family.consents))
    found: dict[str, Family] = {}
    for some in _parts(refs):
        rows = db.session.scalars(select(Family).where(Family.external_ref.in_(some)).options(*whole))
        found |= {row.external_ref or "": row for row in rows}
    return found


def providers(refs: Collection[str]) -> dict[str, Provider]:
    """Sender's key → provider, with its seats."""
    whole = (joinedload(Provider.seats), selectinload(Provider.items))
    found: dict[str, Provider] = {}
    for some in _parts(refs):
        rows = db.session.scalars(select(Provider).where(Provider.external_ref.in_(some)).options(*whole)).unique()
        found |= {row.external_ref or "": row for row in rows}
    return found


def with_dni(indexes: Collection[str]) -> dict[str, UUID]:
    """Blind index of a document → the family it belongs to."""
    found: dict[str, UUID] = {}
    for some in _parts(indexes):
        rows = db.session.execute(
            select(Caregiver.dni_index, Caregiver.family_id).where(Caregiver.dni_index.in_(some))
        )
        found |= {index: family for index, family in rows if index}
    return found


def with_phone(indexes: Collection[str]) -> dict[str, Family]:
    """Blind index of a phone → one of the cases it is known from."""
    found: dict[str, Family] = {}
    for some in _parts(indexes):
        rows = db.session.execute(
            select(Caregiver.phone_index, Family).join(Family, Family.id == Caregiver.family_id)
            .where(Caregiver.phone_index.in_(some))
        )
        found |= {index: family for index, family in rows if index}
    return found


def _parts(keys: Collection[str]) -> list[list[str]]:
    listed = sorted(set(keys))
    return [listed[start : start + AT_ONCE] for start in range(0, len(listed), AT_ONCE)]


@dataclass(frozen=True)
class Worker:
    """Somebody who can answer for cases, and how many are open with them."""

    id: UUID
    name: str
    email: str
    open: int


def workers() -> list[Worker]:
    """The active caseworkers of the NGO at work, those with the fewest open cases first."""
    open_cases = (
        select(func.count(Family.id))
        .where(Family.caseworker_id == Membership.user_id, Family.status.not_in(("closed", "not_eligible")))
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(Membership.user_id, Membership.roles, User.name, User.email, open_cases)
        .join(User, User.id == Membership.user_id).where(Membership.active.is_(True))
    )
    found = [Worker(user, name or email, email, count) for user, roles, name, email, count in rows
             if Role.CASEWORKER in roles]
    return sorted(found, key=lambda one: (one.open, one.name))


def listed() -> list[ImportFile]:
    """The imports of the NGO at work, the newest first, without what they hold."""
    found = select(ImportFile).options(defer(ImportFile.content_sealed, raiseload=True))
    return list(db.session.scalars(found.order_by(ImportFile.added_at.desc()).limit(SHOWN)))
