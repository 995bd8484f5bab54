"""A child in care: the placement, its days, and what became of it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Index, Numeric, String, UniqueConstraint, column
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.columns import UTCDateTime
from portal.extensions import db
from portal.models.child import Child
from portal.models.family import Family
from portal.models.provider import Provider
from portal.tenancy import TenantScoped, belongs, in_tenant

OPEN = ("planned", "active", "interrupted", "ending")
ATTENDANCE = ("present", "excused", "absent")  # a day without a row is unknown, and unknown is never absence


class Placement(TenantScoped, db.Model):
    """One child at one provider. `status` is moved by `portal.workflow` alone; the flow is "placement"."""

    __tablename__ = "placement"
    __table_args__ = in_tenant(
        belongs("family_id", "family"), belongs("provider_id", "provider"), belongs("child_id", "child"),
        belongs("proposal_id", "proposal"), Index("ix_placement_status", "tenant_id", "status", "family_id"),
        Index("ix_placement_start", "tenant_id", "starts_on", "id"),
        Index("ix_placement_family", "tenant_id", "family_id"),
        Index("ix_placement_provider", "tenant_id", "provider_id"),
        Index(
            "uq_placement_open_child", "tenant_id", "child_id", unique=True,
            sqlite_where=column("status").in_(OPEN), postgresql_where=column("status").in_(OPEN),
        ),
    )

    family_id: Mapped[UUID]
    provider_id: Mapped[UUID]
    child_id: Mapped[UUID]
    proposal_id: Mapped[UUID]
    band: Mapped[str] = mapped_column(String(8))
    status: Mapped[str] = mapped_column(String(16), default="planned")
    status_since: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]  # the day the seat is free again; a planned one while care goes on
    seat_freed: Mapped[bool] = mapped_column(default=False)
    end_group: Mapped[str] = mapped_column(String(12), default="")  # planned | unplanned | other
    end_reason: Mapped[str] = mapped_column(String(24), default="")
    return_expected_on: Mapped[date | None]
    agreement_signed_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)

    family: Mapped[Family] = relationship(primaryjoin="foreign(Placement.family_id) == Family.id", viewonly=True)
    provider: Mapped[Provider] = relationship(
        primaryjoin="foreign(Placement.provider_id) == Provider.id", viewonly=True
    )
    child: Mapped[Child] = relationship(primaryjoin="foreign(Placement.child_id) == Child.id", viewonly=True)

    __mapper_args__ = {"version_id_col": version}

    def __init__(self, **values: Any) -> None:
        super().__init__(**{"status": "planned", "seat_freed": False, **values})

    @property
    def bands(self) -> list[str]:
        """The age band of the seat it has taken."""
        return [self.band]


class AttendanceDay(TenantScoped, db.Model):
    """What is known of one day of one placement."""

    __tablename__ = "attendance_day"
    __table_args__ = in_tenant(
        UniqueConstraint("tenant_id", "placement_id", "day"), belongs("placement_id", "placement"),
        belongs("recorded_by_id", "membership", "user_id"),
    )

    placement_id: Mapped[UUID]
    day: Mapped[date]
    value: Mapped[str] = mapped_column(String(8))  # present | excused | absent
    recorded_by_id: Mapped[UUID]


class Outcome(TenantScoped, db.Model):
    """What became of a placement that ended: the label a matcher may learn from, where the family allowed it."""

    __tablename__ = "outcome"
    __table_args__ = in_tenant(UniqueConstraint("tenant_id", "placement_id"), belongs("placement_id", "placement"))

    placement_id: Mapped[UUID]
    held: Mapped[bool]  # ended as planned, or lasted at least 90 days; never where it ended for safety
    days: Mapped[int]
    end_group: Mapped[str] = mapped_column(String(12))
    end_reason: Mapped[str] = mapped_column(String(24))
    works_after: Mapped[str] = mapped_column(String(10), default="unknown")  # yes | no | unknown
    hours_after: Mapped[int | None]  # paid hours a week
    income_change_pen: Mapped[Decimal | None] = mapped_column(Numeric(8, 2))
    made_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
