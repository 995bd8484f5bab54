"""Somebody who offers care: a home, a group home, a centre or a community room."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import JSON, Index, Numeric, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.columns import UTCDateTime
from portal.crypto import Encrypted
from portal.extensions import db
from portal.tenancy import TenantScoped, belongs, in_tenant

if TYPE_CHECKING:
    from portal.models.seats import SeatBand
    from portal.models.vetting import VettingItem

KINDS = ("home", "group_home", "centre", "community")
STANDING = ("approved", "recertification_due", "conditional", "on_leave")  # what an expiry ends


class Provider(TenantScoped, db.Model):
    """A provider. `status` is moved by `portal.workflow` alone; the flow is "provider"."""

    __tablename__ = "provider"
    __table_args__ = in_tenant(
        UniqueConstraint("tenant_id", "number"), UniqueConstraint("tenant_id", "dni_index"),
        belongs("vetting_officer_id", "membership", "user_id"),
        Index("ix_provider_status", "tenant_id", "status"), Index("ix_provider_search", "tenant_id", "search_name"),
        Index("ix_provider_valid", "tenant_id", "valid_until", "status", "id"),
        Index("ix_provider_phone", "tenant_id", "phone_index"),
        Index("ix_provider_external_ref", "tenant_id", "external_ref", unique=True),
    )

    number: Mapped[int]  # short id within the NGO: P-0003
    status: Mapped[str] = mapped_column(String(24), default="applied")
    status_since: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    name: Mapped[str] = mapped_column(String(160))
    kind: Mapped[str] = mapped_column(String(16))
    contact_name: Mapped[str] = mapped_column(String(160), default="")
    search_name: Mapped[str] = mapped_column(String(300), default="")
    external_ref: Mapped[str | None] = mapped_column(String(64))  # the sender's own key, of an imported provider
    dni_sealed: Mapped[str | None] = mapped_column(Text)
    dni_index: Mapped[str | None] = mapped_column(String(32))
    dni = Encrypted("dni_sealed", index="dni_index")
    phone_sealed: Mapped[str | None] = mapped_column(Text)
    phone_index: Mapped[str | None] = mapped_column(String(32))
    phone = Encrypted("phone_sealed", index="phone_index")
    email: Mapped[str] = mapped_column(String(254), default="")
    ubigeo: Mapped[str] = mapped_column(String(6), default="")
    latitude: Mapped[float | None]  # degrees WGS84, rounded to about 500 m
    longitude: Mapped[float | None]
    address_sealed: Mapped[str | None] = mapped_column(Text)
    address = Encrypted("address_sealed")
    languages: Mapped[list[str]] = mapped_column(JSON)
    monthly_fee_pen: Mapped[Decimal | None] = mapped_column(Numeric(8, 2))
    accepts_subsidy: Mapped[bool] = mapped_column(default=False)
    schedule: Mapped[str] = mapped_column(String(400), default="")
    special_needs: Mapped[list[str]] = mapped_column(JSON)
    profile: Mapped[str] = mapped_column(Text, default="")
    vetting_officer_id: Mapped[UUID | None]
    valid_until: Mapped[date | None]  # earliest expiry among the mandatory items, set by vetting
    vacancies_confirmed_on: Mapped[date | None]
    leave_from: Mapped[date | None]
    leave_until: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)

    seats: Mapped[list[SeatBand]] = relationship(
        "SeatBand", primaryjoin="Provider.id == foreign(SeatBand.provider_id)", order_by="SeatBand.band",
        cascade="all, delete-orphan",
    )
    items: Mapped[list[VettingItem]] = relationship(
        "VettingItem", primaryjoin="Provider.id == foreign(VettingItem.provider_id)", back_populates="provider",
        cascade="all, delete-orphan",
    )

    __mapper_args__ = {"version_id_col": version}

    def __init__(self, **values: Any) -> None:
        super().__init__(**{"status": "applied", "languages": ["es"], "special_needs": [], "profile": "", **values})

    @property
    def verifier_ids(self) -> frozenset[UUID]:
        """Who verified what its approval stands on."""
        proven = (one for one in self.items if one.verified_at is not None and one.counts)
        return frozenset(one.verifier_id for one in proven if one.verifier_id is not None)

    @property
    def code(self) -> str:
        return f"P-{self.number:04d}"

    def __str__(self) -> str:
        return f"{self.code} {self.name}"
