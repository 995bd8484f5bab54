"""Seats of a provider in each age band, and the holds on them.

`held + taken <= capacity` is a constraint of the table. Seats are taken and given back by `portal.services.seats`,
with one conditional UPDATE each.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal import clock
from portal.columns import UTCDateTime
from portal.extensions import db
from portal.tenancy import TenantScoped, belongs, in_tenant


class SeatBand(TenantScoped, db.Model):
    """How many seats a provider has in one age band: in all, held by proposals, taken by placements."""

    __tablename__ = "seat_band"
    __table_args__ = in_tenant(
        UniqueConstraint("tenant_id", "provider_id", "band"), belongs("provider_id", "provider"),
        CheckConstraint(
            "capacity >= 0 AND held >= 0 AND taken >= 0 AND held + taken <= capacity", name="never_overbooked"
        ),
    )

    provider_id: Mapped[UUID]
    band: Mapped[str] = mapped_column(String(8))
    capacity: Mapped[int] = mapped_column(default=0)
    held: Mapped[int] = mapped_column(default=0)
    taken: Mapped[int] = mapped_column(default=0)

    def __init__(self, **values: object) -> None:
        super().__init__(**{"capacity": 0, "held": 0, "taken": 0, **values})

    @property
    def free(self) -> int:
        return self.capacity - self.held - self.taken


class SeatHold(TenantScoped, db.Model):
    """One seat held for one child of a proposal, until it is taken, released or its time is over."""

    __tablename__ = "seat_hold"
    __table_args__ = in_tenant(
        UniqueConstraint("tenant_id", "proposal_id", "child_id"), belongs("provider_id", "provider"),
        belongs("proposal_id", "proposal"), belongs("child_id", "child"),
        Index("ix_seat_hold_state", "tenant_id", "state", "until"),
    )

    provider_id: Mapped[UUID]
    proposal_id: Mapped[UUID]
    child_id: Mapped[UUID]
    band: Mapped[str] = mapped_column(String(8))
    state: Mapped[str] = mapped_column(String(10), default="held")  # held | taken | released
    until: Mapped[datetime] = mapped_column(UTCDateTime)
    made_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)

    def __init__(self, **values: object) -> None:
        super().__init__(**{"state": "held", **values})
