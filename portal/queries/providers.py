"""Providers as lists and as one page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import selectinload

from portal.extensions import db
from portal.models import (
    ChecklistItem,
    Child,
    Document,
    Family,
    Placement,
    Proposal,
    Provider,
    SeatBand,
    SeatHold,
    Transition,
    VettingItem,
)
from portal.models.placement import OPEN as OPEN_PLACEMENT
from portal.places import fold

PAGE = 25
SOON = 60  # days before an expiry that the list calls near, where the NGO has no warning time
OVER = ("rejected", "closed")  # nothing of such a provider is reviewed or renewed


@dataclass(frozen=True)
class Wanted:
    """What a list is narrowed by; "" narrows nothing."""

    q: str = ""
    status: str = ""
    kind: str = ""
    band: str = ""
    due: str = ""


@dataclass(frozen=True)
class Near:
    """Which expiries a list calls near: those until so many days after a day."""

    today: date
    days: int = SOON

    @property
    def last(self) -> date:
        return self.today + timedelta(days=self.days)


def listed(wanted: Wanted, page: int, near: Near) -> tuple[list[Provider], int]:
    """One page of providers (from 0) with seats and items, and how many there are in all."""
    found = _narrowed(select(Provider), wanted, near)
    count = db.session.scalars(_narrowed(select(func.count(Provider.id)), wanted, near)).one()
    shown = (
        found.order_by(Provider.search_name, Provider.number).offset(page * PAGE).limit(PAGE)
        .options(selectinload(Provider.seats), selectinload(Provider.items))
    )
    return list(db.session.scalars(shown)), count


def names() -> list[tuple[UUID, str]]:
    """Every provider of the NGO by name, for a list to choose from."""
    found = select(Provider.id, Provider.name).order_by(Provider.search_name, Provider.number)
    return [(row[0], row[1]) for row in db.session.execute(found)]


def _narrowed(query: Select[Any], wanted: Wanted, near: Near) -> Select[Any]:
    if wanted.q:
        query = query.where(_named(wanted.q))
    if wanted.status:
        query = query.where(Provider.status == wanted.status)
    if wanted.kind:
        query = query.where(Provider.kind == wanted.kind)
    if wanted.band:
        free = SeatBand.capacity - SeatBand.held - SeatBand.taken > 0
        query = query.where(_has(SeatBand, SeatBand.band == wanted.band, free))
    if wanted.due:
        query = query.where(_due(wanted.due, near), Provider.status.not_in(OVER))
    return query


def _named(text: str) -> ColumnElement[bool]:
    """By code (`P-0003`) or by words of the name."""
    code = text.strip().upper().removeprefix("P-")
    if code.isdecimal() and len(code) < 9:
        return Provider.number == int(code)
    return and_(*(Provider.search_name.contains(word, autoescape=True) for word in fold(text).split()[:6]))


def _due(due: str, near: Near) -> ColumnElement[bool]:
    if due == "review":
        return _has(VettingItem, VettingItem.state == "received")
    if due == "ready":
        lacking = select(VettingItem.provider_id).join(
            ChecklistItem, ChecklistItem.id == VettingItem.checklist_item_id
        ).where(ChecklistItem.active.is_(True), ChecklistItem.mandatory.is_(True), _does_not_hold(near.today))
        return Provider.status.in_(("in_vetting", "conditional")) & Provider.id.not_in(lacking)
    return _has(VettingItem, VettingItem.expires_on <= near.last, VettingItem.state != "rejected")


def _does_not_hold(today: date) -> ColumnElement[bool]:
    return or_(VettingItem.verified_at.is_(None), VettingItem.expires_on < today)


def _has(table: Any, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return Provider.id.in_(select(table.provider_id).where(*conditions))


def moves_of(provider: UUID) -> list[Transition]:
    """The provider's moves, newest first."""
    found = select(Transition).where(Transition.flow == "provider", Transition.subject_id == provider)
    return list(db.session.scalars(found.order_by(Transition.at.desc()).limit(100)))


def documents_of(provider: UUID) -> list[Document]:
    """The provider's files, newest first."""
    found = select(Document).where(Document.provider_id == provider).order_by(Document.added_at.desc())
    return list(db.session.scalars(found.limit(100)))


@dataclass(frozen=True)
class Seat:
    """A seat in use: by whom, in which band, and for what."""

    family: Family
    child: Child
    band: str
    kind: str  # placement | proposal
    row: Placement | Proposal


def seats_in_use(provider: UUID) -> list[Seat]:
    """The children placed with a provider or about to be, the first to begin first."""
    found = (
        select(SeatHold, Proposal, Child, Family, Placement).join(Proposal, Proposal.id == SeatHold.proposal_id)
        .join(Child, Child.id == SeatHold.child_id).join(Family, Family.id == Proposal.family_id)
        .outerjoin(Placement, and_(
            Placement.proposal_id == SeatHold.proposal_id, Placement.child_id == SeatHold.child_id,
            Placement.status.in_(OPEN_PLACEMENT),
        ))
        .where(SeatHold.provider_id == provider, or_(SeatHold.state == "held", Placement.id.is_not(None)))
        .order_by(Proposal.starts_on, Child.given_names)
    )
    return [
        Seat(family, child, hold.band, "placement" if placement else "proposal", placement or proposal)
        for hold, proposal, child, family, placement in db.session.execute(found)
    ]
