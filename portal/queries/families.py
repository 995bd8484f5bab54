"""Families: the list, the page of one, and those that may be the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from portal.extensions import db
from portal.models import Caregiver, Child, Family, Placement, Proposal, Transition
from portal.places import fold
from portal.policy import Actor
from portal.queries import sight

PAGE = 25
OPEN = ("draft", "submitted", "needs_information", "eligible", "waiting", "paused", "matched", "placed")


ORDER = (Family.priority.desc(), func.coalesce(Family.waiting_since, Family.status_since), Family.number)


@dataclass(frozen=True)
class Wanted:
    """What the list is narrowed to: "" for everything."""

    status: str = ""
    whose: str = ""  # "mine" for the cases one answers for


def listed(actor: Actor, wanted: Wanted, page: int) -> tuple[list[Family], int]:
    """A page of the families this person may read, those who wait longest first, and how many there are in all.

    The page is chosen among ids, which the index `ix_family_list` answers alone: rows with their stories are only read
    for what is shown.
    """
    count = db.session.scalar(_narrowed(select(func.count()).select_from(Family), actor, wanted)) or 0
    shown = _narrowed(select(Family.id), actor, wanted).order_by(*ORDER).limit(PAGE).offset(page * PAGE)
    rows = select(Family).where(Family.id.in_(shown)).order_by(*ORDER).options(
        selectinload(Family.caregivers), selectinload(Family.children), joinedload(Family.caseworker)
    )
    return list(db.session.scalars(rows)), count


def _narrowed(found: Select[Any], actor: Actor, wanted: Wanted) -> Select[Any]:
    found = found.where(sight.of_readable(actor), Family.status.in_([wanted.status] if wanted.status else OPEN))
    return found.where(sight.of_own(actor)) if wanted.whose == "mine" else found


def counts(actor: Actor) -> dict[str, int]:
    """How many families this person may read there are in each state."""
    found = select(Family.status, func.count(Family.id)).where(sight.of_readable(actor)).group_by(Family.status)
    return {row[0]: row[1] for row in db.session.execute(found)}


def history(family: UUID) -> list[Transition]:
    """The moves of a case, the newest first."""
    found = select(Transition).where(Transition.flow == "family", Transition.subject_id == family)
    return list(db.session.scalars(found.order_by(Transition.at.desc())))


def proposals_of(family: UUID) -> list[Proposal]:
    """The proposals of a family, the newest first, with their providers."""
    found = select(Proposal).where(Proposal.family_id == family).options(joinedload(Proposal.provider))
    return list(db.session.scalars(found.order_by(Proposal.made_at.desc())))


def placements_of(family: UUID) -> list[Placement]:
    """The placements of a family, the newest first, with child and provider."""
    found = select(Placement).where(Placement.family_id == family).options(
        joinedload(Placement.provider), joinedload(Placement.child)
    )
    return list(db.session.scalars(found.order_by(Placement.starts_on.desc())))


def with_phone(phone: str | None) -> list[Family]:
    """Families a phone is known from."""
    index = Caregiver.phone.lookup(phone) if phone else None
    return _with_phone(index, None) if index else []


def _with_phone(index: str, but: UUID | None) -> list[Family]:
    same = select(Caregiver.family_id).where(Caregiver.phone_index == index)
    found = select(Family).where(Family.id.in_(same), Family.id != but).options(selectinload(Family.caregivers))
    return list(db.session.scalars(found.limit(5)))


def alike(family: Family) -> list[Family]:
    """Families that may be the same: the same phone, or a child of the same name and birth date."""
    caregiver = family.main_caregiver
    found = _with_phone(caregiver.phone_index, family.id) if caregiver and caregiver.phone_index else []
    if family.children:
        found += [one for one in _with_children(family) if one not in found]
    return found


def _with_children(family: Family) -> list[Family]:
    """Other families with a child of the same names and birth date, however the names are written."""
    known = {(fold(one.given_names), one.birth_date) for one in family.children}
    born = select(Family, Child.given_names, Child.birth_date).join(Child, Child.family_id == Family.id).where(
        Child.birth_date.in_({birth for _, birth in known}), Family.id != family.id
    )
    found = db.session.execute(born.options(selectinload(Family.caregivers)).order_by(Family.number))
    return list(dict.fromkeys(one for one, names, birth in found if (fold(names), birth) in known))[:5]
