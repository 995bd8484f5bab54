"""Seats: held by a proposal, taken by a placement, given back. One conditional UPDATE each, never read-then-write."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from portal.errors import ConflictError, Refusal
from portal.extensions import db
from portal.models import Placement, Proposal, SeatBand, SeatHold


def hold(proposal: Proposal, until: datetime) -> None:
    """Hold a seat for every child of the proposal, or for none: ConflictError names each band that is full."""
    full = []
    for band, count in sorted(Counter(child.band for child in proposal.children).items()):
        if not _change(proposal.provider_id, band, held=count):
            full.append(Refusal("no_free_seat", (("band", band), ("children", count))))
    if full:
        raise ConflictError("no_free_seat", full)
    for child in proposal.children:
        db.session.add(
            SeatHold(
                provider_id=proposal.provider_id, proposal_id=proposal.id, child_id=child.child_id, band=child.band,
                until=until,
            )
        )


def extend(proposal: Proposal, until: datetime) -> None:
    """The seats stay held until then."""
    for one in holds(proposal):
        one.until = until


def holds(proposal: Proposal) -> list[SeatHold]:
    """The seats that are held for a proposal now."""
    found = select(SeatHold).where(SeatHold.proposal_id == proposal.id, SeatHold.state == "held")
    return list(db.session.scalars(found))


def is_held(proposal: Proposal) -> bool:
    """Is a seat still held for every child of the proposal?"""
    return len(holds(proposal)) == len(proposal.children)


def release(proposal: Proposal) -> None:
    """Give back what the proposal holds. Doing it twice changes nothing."""
    _settle(proposal, "released", taken=0)


def take(proposal: Proposal) -> None:
    """Make every held seat a taken one."""
    _settle(proposal, "taken", taken=1)


def _settle(proposal: Proposal, state: str, taken: int) -> None:
    for one in holds(proposal):
        if not _change(one.provider_id, one.band, held=-1, taken=taken):
            raise ConflictError("seat_not_held")
        one.state = state


def free(placement: Placement) -> None:
    """Give back the seat of a placement. Doing it twice changes nothing."""
    if not placement.seat_freed:
        placement.seat_freed = True
        _change(placement.provider_id, placement.band, taken=-1)


def retake(placement: Placement) -> None:
    """Take the seat of a placement again, whose end was a mistake; ConflictError when it is gone."""
    if placement.seat_freed:
        if not _change(placement.provider_id, placement.band, taken=1):
            raise ConflictError("no_free_seat", [Refusal("no_free_seat", (("band", placement.band), ("children", 1)))])
        placement.seat_freed = False


def change_band(placement: Placement, band: str) -> None:
    """Take a seat of another band instead of the one taken; ConflictError when none is free."""
    if not _change(placement.provider_id, band, taken=1):
        raise ConflictError("no_free_seat", [Refusal("no_free_seat", (("band", band), ("children", 1)))])
    _change(placement.provider_id, placement.band, taken=-1)
    placement.band = band


def set_capacity(provider: UUID, band: str, capacity: int) -> None:
    """Set how many seats a band has; ConflictError when more than that are in use."""
    found = select(SeatBand).where(SeatBand.provider_id == provider, SeatBand.band == band)
    row = db.session.scalars(found).one_or_none()
    if row is None:
        db.session.add(SeatBand(provider_id=provider, band=band, capacity=capacity))
        return
    changed = db.session.execute(
        update(SeatBand)
        .where(SeatBand.id == row.id, SeatBand.held + SeatBand.taken <= capacity)
        .values(capacity=capacity)
    )
    if not changed.rowcount:
        raise ConflictError("seats_in_use", [Refusal("seats_in_use", (("band", band), ("used", row.held + row.taken)))])


def _change(provider: UUID, band: str, held: int = 0, taken: int = 0) -> bool:
    """Add to a band's counts, if they then still fit. Returns whether it was done."""
    in_use = SeatBand.held + held + SeatBand.taken + taken
    fits: list[Any] = [SeatBand.held + held >= 0, SeatBand.taken + taken >= 0]
    if held + taken > 0:
        fits.append(in_use <= SeatBand.capacity)
    done = db.session.execute(
        update(SeatBand)
        .where(SeatBand.provider_id == provider, SeatBand.band == band, *fits)
        .values(held=SeatBand.held + held, taken=SeatBand.taken + taken)
    )
    return bool(done.rowcount)
