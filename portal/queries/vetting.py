"""The checklist of the NGO at work, and which providers time has caught up with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, selectinload

from portal.extensions import db
from portal.models import ChecklistItem, Placement, Proposal, Provider, VettingItem
from portal.models.placement import OPEN as OPEN_PLACEMENT
from portal.models.proposal import OPEN as OPEN_PROPOSAL


def checklist() -> list[ChecklistItem]:
    """What the NGO asks now, in its order."""
    found = select(ChecklistItem).where(ChecklistItem.active.is_(True))
    return list(db.session.scalars(found.order_by(ChecklistItem.position, ChecklistItem.title)))


def has_open_placement(provider: UUID) -> bool:
    """Is a child with this provider, or about to be?"""
    found = select(Placement.id).where(Placement.provider_id == provider, Placement.status.in_(OPEN_PLACEMENT))
    return db.session.scalars(found.limit(1)).first() is not None


def has_open_proposal(provider: UUID) -> bool:
    """Is a proposal with this provider undecided?"""
    found = select(Proposal.id).where(Proposal.provider_id == provider, Proposal.status.in_(OPEN_PROPOSAL))
    return db.session.scalars(found.limit(1)).first() is not None


def running_placements(provider: UUID) -> list[Placement]:
    """The placements where care goes on, or is about to go on again."""
    found = select(Placement).where(Placement.provider_id == provider, Placement.status.in_(("active", "interrupted")))
    return list(db.session.scalars(found))


def run_out(statuses: Sequence[str], today: date) -> list[Provider]:
    """Providers in one of these states whose checklist ended before today, with their items."""
    found = select(Provider).where(Provider.status.in_(statuses), Provider.valid_until < today)
    return list(db.session.scalars(found.options(selectinload(Provider.items))))


def with_items(statuses: Sequence[str]) -> list[Provider]:
    """Providers in one of these states, with their items."""
    found = select(Provider).where(Provider.status.in_(statuses)).options(selectinload(Provider.items))
    return list(db.session.scalars(found))


def leave_over(today: date) -> list[Provider]:
    """Providers whose leave ended before today, with their items."""
    found = select(Provider).where(Provider.status == "on_leave", Provider.leave_until < today)
    return list(db.session.scalars(found.options(selectinload(Provider.items))))


def still_expiring(items: Iterable[UUID], today: date, statuses: Sequence[str]) -> list[VettingItem]:
    """Those of some items that hold until a day, were warned of and not renewed since, with their provider."""
    found = (
        select(VettingItem).join(Provider, Provider.id == VettingItem.provider_id)
        .where(
            VettingItem.id.in_(list(items)), VettingItem.warned_days.is_not(None), VettingItem.expires_on >= today,
            Provider.status.in_(statuses),
        )
    )
    return list(db.session.scalars(found.options(contains_eager(VettingItem.provider))))


def expiring(today: date, within_days: int, statuses: Sequence[str]) -> list[VettingItem]:
    """Verified items that end within so many days, the nearest first, with their provider."""
    found = (
        select(VettingItem).join(Provider, Provider.id == VettingItem.provider_id)
        .join(ChecklistItem, ChecklistItem.id == VettingItem.checklist_item_id)
        .where(
            Provider.status.in_(statuses), ChecklistItem.active.is_(True), VettingItem.verified_at.is_not(None),
            VettingItem.expires_on >= today, VettingItem.expires_on <= today + timedelta(days=within_days),
        )
        .order_by(VettingItem.expires_on)
    )
    return list(db.session.scalars(found.options(selectinload(VettingItem.provider))))
