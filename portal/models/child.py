"""A child and the care it needs."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.crypto import Encrypted
from portal.extensions import db
from portal.models.family import Family
from portal.tenancy import TenantScoped, belongs, in_tenant

BANDS = ("0_11m", "12_23m", "24_35m", "36_71m")  # age in whole months on the start date
BAND_ENDS = (12, 24, 36, 72)


class Child(TenantScoped, db.Model):
    """One child of a family, with its own needs and its own week."""

    __tablename__ = "child"
    __table_args__ = in_tenant(
        UniqueConstraint("tenant_id", "dni_index"), belongs("family_id", "family"),
        Index("ix_child_family", "tenant_id", "family_id"),
        Index("ix_child_birth", "tenant_id", "birth_date"),
        Index("ix_child_external_ref", "tenant_id", "family_id", "external_ref", unique=True),
    )

    family_id: Mapped[UUID]
    given_names: Mapped[str] = mapped_column(String(120))
    surnames: Mapped[str] = mapped_column(String(160), default="")
    sex: Mapped[str] = mapped_column(String(1), default="")
    birth_date: Mapped[date]
    birth_estimated: Mapped[bool] = mapped_column(default=False)
    dni_sealed: Mapped[str | None] = mapped_column(Text)
    dni_index: Mapped[str | None] = mapped_column(String(32))
    dni = Encrypted("dni_sealed", index="dni_index")
    special_needs: Mapped[list[str]] = mapped_column(JSON)
    health_sealed: Mapped[str | None] = mapped_column(Text)
    health_note = Encrypted("health_sealed")
    schedule: Mapped[str] = mapped_column(String(400), default="")  # mon-fri 07:00-18:00; sat 08:00-13:00
    start_date: Mapped[date | None]
    current_care: Mapped[str] = mapped_column(String(24), default="")
    external_ref: Mapped[str | None] = mapped_column(String(64))  # the sender's own key, within the family
    version: Mapped[int] = mapped_column(default=1)

    family: Mapped[Family] = relationship(
        primaryjoin="foreign(Child.family_id) == Family.id", back_populates="children"
    )

    __mapper_args__ = {"version_id_col": version}

    def __init__(self, **values: Any) -> None:
        super().__init__(**{"special_needs": [], "schedule": "", **values})

    @property
    def full_name(self) -> str:
        return " ".join(filter(None, (self.given_names, self.surnames)))

    def __str__(self) -> str:
        return self.full_name


def months_old(birth: date, on: date) -> int:
    """Whole months of age on a day."""
    return (on.year - birth.year) * 12 + on.month - birth.month - (on.day < birth.day)


def band_on(birth: date, on: date) -> str | None:
    """The age band on a day, None from the sixth birthday on."""
    months = months_old(birth, on)
    return next((band for band, end in zip(BANDS, BAND_ENDS, strict=True) if months < end), None)
