"""Rows as the named columns the matcher reads. No rule is applied here."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import selectinload

from portal import clock, places
from portal.extensions import db
from portal.models import Child, Family, Placement, Proposal, Provider
from portal.models.child import BANDS
from portal.models.placement import OPEN as OPEN_PLACEMENT

Columns = dict[str, Any]
OUT_OF_SIGHT = ("invited", "rejected", "closed")  # providers nobody asks about any more


def child(family: Family, one: Child, starts_on: date | None = None) -> Columns:
    """A child's need, under the names of `ml.frames.Child`; the schedule as text."""
    latitude, longitude = point(family)
    return {
        "ref": str(one.id), "family": str(family.id), "birth": one.birth_date,
        "start": starts_on or start_of(one),
        "latitude": latitude, "longitude": longitude, "max_km": family.max_distance_km,
        "max_fee": _soles(family.max_monthly_fee_pen), "together": family.siblings == "together",
        "needs": tuple(one.special_needs), "schedule": one.schedule, "languages": tuple(family.languages),
        "language_required": family.language_required, "excluded": _excluded(family),
    }


def start_of(one: Child) -> date:
    """The day a child's care would begin: as it is wanted, and never before today."""
    return max(one.start_date or clock.today(), clock.today())


def provider(one: Provider, holding: Proposal | Placement | None = None) -> Columns:
    """A provider's offer, as `ml.frames.Provider` names it. `holding` adds back the seats it holds or has taken."""
    latitude, longitude = point(one)
    free = {seat.band: seat.free for seat in one.seats}
    if holding is not None and holding.provider_id == one.id:
        for band in holding.bands:
            free[band] = free.get(band, 0) + 1
    return {
        "ref": str(one.id), "ubigeo": one.ubigeo, "status": one.status, "valid_until": one.valid_until,
        "latitude": latitude, "longitude": longitude, "fee": _soles(one.monthly_fee_pen),
        "accepts_subsidy": one.accepts_subsidy, "needs": tuple(one.special_needs), "schedule": one.schedule,
        "seats": tuple(free.get(band, 0) for band in BANDS), "languages": tuple(one.languages),
        "away": (one.leave_from, one.leave_until),
    }


def point(row: Any) -> tuple[float | None, float | None]:
    """Where a family or a provider is: its own place, or the centre of its district."""
    if from_centre(row):
        return places.centres().get(row.ubigeo, (None, None))
    return row.latitude, row.longitude


def from_centre(*rows: Family | Provider) -> bool:
    """Does one of them stand at the centre of its district, for want of a place of its own?"""
    return any(row.latitude is None or row.longitude is None for row in rows)


def at_centre(providers: Iterable[str]) -> set[str]:
    """Those of some providers, by their ids, who stand at the centre of their district."""
    wanted = [UUID(one) for one in providers]
    placeless = or_(Provider.latitude.is_(None), Provider.longitude.is_(None))
    found = select(Provider.id).where(Provider.id.in_(wanted), placeless)
    return {str(one) for one in db.session.scalars(found)} if wanted else set()


def without_care(family: Family) -> list[Child]:
    """The children of a family who have no open placement."""
    placed = select(Placement.child_id).where(Placement.family_id == family.id, Placement.status.in_(OPEN_PLACEMENT))
    busy = set(db.session.scalars(placed))
    return [one for one in family.children if one.id not in busy]


def providers() -> list[Provider]:
    """Every provider a suggestion or a why-not may speak of, with its seats."""
    found = (
        select(Provider).where(Provider.status.not_in(OUT_OF_SIGHT)).options(selectinload(Provider.seats))
        .order_by(Provider.number)
    )
    return list(db.session.scalars(found))


def _soles(amount: Any) -> float | None:
    return None if amount is None else float(amount)


def _excluded(family: Family) -> frozenset[str]:
    return frozenset(
        str(one.provider_id) if one.provider_id else one.ubigeo for one in family.exclusions
    )
