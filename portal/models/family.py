"""A family's case: the home, the need, who takes care of it, and what the family allowed."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import JSON, ColumnElement, Index, Numeric, String, Text, UniqueConstraint, false, func, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.columns import UTCDateTime
from portal.crypto import Encrypted
from portal.extensions import db
from portal.tenancy import TenantScoped, belongs, in_tenant

if TYPE_CHECKING:
    from portal.models.child import Child
    from portal.models.user import Membership


class Family(TenantScoped, db.Model):
    """One case. `status` is moved by `portal.workflow` alone; the flow is "family"."""

    __tablename__ = "family"
    __table_args__ = in_tenant(
        UniqueConstraint("tenant_id", "number"),
        belongs("caseworker_id", "membership", "user_id"),
        Index(
            "ix_family_list", "tenant_id", "status", "priority", "waiting_since", "status_since", "number",
            "caseworker_id", "confidential", "id",
        ),
        Index("ix_family_since", "tenant_id", "status", "status_since", "id"),
        Index("ix_family_caseworker", "tenant_id", "caseworker_id", "status"),
        Index("ix_family_worker_of", "tenant_id", "id", "caseworker_id"),
        Index("ix_family_search", "tenant_id", "search_name"),
        Index("ix_family_external_ref", "tenant_id", "external_ref", unique=True),
    )

    number: Mapped[int]  # short id of the case within the NGO: F-0012
    status: Mapped[str] = mapped_column(String(24), default="draft")
    status_since: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    waiting_since: Mapped[datetime | None] = mapped_column(UTCDateTime)  # kept when a match falls through
    paused_until: Mapped[date | None]
    caseworker_id: Mapped[UUID]
    authors: Mapped[list[str]] = mapped_column(JSON, default=list)  # ids of who registered it and of all who sent it
    registered_on: Mapped[date] = mapped_column(default=clock.today)
    confidential: Mapped[bool] = mapped_column(default=False)
    priority: Mapped[int] = mapped_column(default=0)  # 0 usual, 1 soon, 2 urgent
    search_name: Mapped[str] = mapped_column(String(300), default="")  # folded names of caregivers and children
    referral_source: Mapped[str] = mapped_column(String(40), default="")
    external_ref: Mapped[str | None] = mapped_column(String(64))  # the sender's own key, of an imported case
    told_apart: Mapped[dict[str, dict[str, str]]] = mapped_column(JSON, default=dict)  # case it resembles → who, when
    not_needed: Mapped[dict[str, dict[str, Any]]] = mapped_column(JSON, default=dict)  # need → who said no, of what
    duplicate_of_id: Mapped[UUID | None]  # the case of the same family that goes on in its place

    ubigeo: Mapped[str] = mapped_column(String(6), default="")
    latitude: Mapped[float | None]  # degrees WGS84, rounded to about 500 m; the exact address is sealed
    longitude: Mapped[float | None]
    address_sealed: Mapped[str | None] = mapped_column(Text)
    address = Encrypted("address_sealed")
    address_reference_sealed: Mapped[str | None] = mapped_column(Text)
    address_reference = Encrypted("address_reference_sealed")

    adults: Mapped[int | None]
    sisfoh: Mapped[str] = mapped_column(String(16), default="unknown")
    sisfoh_valid_until: Mapped[date | None]
    income_sealed: Mapped[str | None] = mapped_column(Text)
    income = Encrypted("income_sealed")  # soles a month, as typed
    max_monthly_fee_pen: Mapped[Decimal | None] = mapped_column(Numeric(8, 2))
    max_distance_km: Mapped[float | None]
    languages: Mapped[list[str]] = mapped_column(JSON)  # ISO 639-3 (es, ay as in the CSV), the preferred one first
    language_required: Mapped[bool] = mapped_column(default=False)
    siblings: Mapped[str] = mapped_column(String(12), default="together")  # together | may_split
    care_reason: Mapped[str] = mapped_column(String(24), default="")
    story_sealed: Mapped[str | None] = mapped_column(Text)
    story = Encrypted("story_sealed")
    protection_sealed: Mapped[str | None] = mapped_column(Text)
    protection_note = Encrypted("protection_sealed")  # priority and exclusions only; never embedded, never shown on
    version: Mapped[int] = mapped_column(default=1)

    caregivers: Mapped[list[Caregiver]] = relationship(
        primaryjoin="Family.id == foreign(Caregiver.family_id)", back_populates="family",
        order_by="Caregiver.position", cascade="all, delete-orphan",
    )
    children: Mapped[list[Child]] = relationship(
        "Child", primaryjoin="Family.id == foreign(Child.family_id)", back_populates="family",
        order_by="Child.birth_date", cascade="all, delete-orphan",
    )
    consents: Mapped[list[Consent]] = relationship(
        primaryjoin="Family.id == foreign(Consent.family_id)", order_by="Consent.recorded_at", viewonly=True
    )
    exclusions: Mapped[list[Exclusion]] = relationship(
        primaryjoin="Family.id == foreign(Exclusion.family_id)", cascade="all, delete-orphan"
    )
    caseworker: Mapped[Membership] = relationship(
        "Membership", primaryjoin="foreign(Family.caseworker_id) == Membership.user_id", viewonly=True
    )

    __mapper_args__ = {"version_id_col": version}

    def __init__(self, **values: Any) -> None:
        worker = values.get("caseworker_id")
        given = {"status": "draft", "languages": ["es"], "siblings": "together", "sisfoh": "unknown",
                 "authors": [str(worker)] if worker else [], "told_apart": {}, "not_needed": {}, **values}
        super().__init__(**given)

    @property
    def code(self) -> str:
        return f"F-{self.number:04d}"

    @property
    def author_ids(self) -> frozenset[UUID]:
        """Who made the intake: it stays theirs when the case changes hands."""
        return frozenset(map(UUID, self.authors)) or frozenset((self.caseworker_id,))

    @property
    def edition(self) -> str:
        """Which case one has read: any change of it, of its people or of what it allows makes another."""
        people = sum(one.version for one in (*self.caregivers, *self.children))
        return f"{self.version}-{people}-{len(self.consents)}"

    @property
    def main_caregiver(self) -> Caregiver | None:
        return next(iter(self.caregivers), None)

    @property
    def name(self) -> str:
        """What the case is called on screen: the main caregiver's surnames and given names."""
        return self.main_caregiver.full_name if self.main_caregiver else self.code

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Caregiver(TenantScoped, db.Model):
    """An adult who answers for the children. The first one (`position` 0) is the main caregiver."""

    __tablename__ = "caregiver"
    __table_args__ = in_tenant(
        UniqueConstraint("tenant_id", "dni_index"), belongs("family_id", "family"),
        Index("ix_caregiver_family", "tenant_id", "family_id"), Index("ix_caregiver_phone", "tenant_id", "phone_index"),
    )

    family_id: Mapped[UUID]
    position: Mapped[int] = mapped_column(default=0)
    given_names: Mapped[str] = mapped_column(String(120))
    paternal_surname: Mapped[str] = mapped_column(String(80), default="")
    maternal_surname: Mapped[str] = mapped_column(String(80), default="")
    relation: Mapped[str] = mapped_column(String(20), default="mother")
    sex: Mapped[str] = mapped_column(String(1), default="")  # f | m | x | ""
    birth_date: Mapped[date | None]
    dni_sealed: Mapped[str | None] = mapped_column(Text)
    dni_index: Mapped[str | None] = mapped_column(String(32))
    dni = Encrypted("dni_sealed", index="dni_index")
    no_document_reason: Mapped[str] = mapped_column(String(24), default="")
    phone_sealed: Mapped[str | None] = mapped_column(Text)
    phone_index: Mapped[str | None] = mapped_column(String(32))
    phone = Encrypted("phone_sealed", index="phone_index")
    phone_owner: Mapped[str] = mapped_column(String(20), default="own")
    whatsapp: Mapped[bool] = mapped_column(default=False)
    activity: Mapped[str] = mapped_column(String(24), default="")  # employed, own account, seeking, …
    weekly_hours: Mapped[int | None]  # hours of paid work a week at intake
    version: Mapped[int] = mapped_column(default=1)

    family: Mapped[Family] = relationship(
        primaryjoin="foreign(Caregiver.family_id) == Family.id", back_populates="caregivers"
    )

    __mapper_args__ = {"version_id_col": version}

    @property
    def full_name(self) -> str:
        return " ".join(filter(None, (self.given_names, self.paternal_surname, self.maternal_surname)))

    def __str__(self) -> str:
        return self.full_name


class Consent(TenantScoped, db.Model):
    """One answer to one purpose: never changed, only followed by a newer one."""

    __tablename__ = "consent"
    __table_args__ = in_tenant(
        belongs("family_id", "family"), belongs("recorded_by_id", "membership", "user_id"),
        Index("ix_consent_family", "tenant_id", "family_id"),
    )

    family_id: Mapped[UUID]
    purpose: Mapped[str] = mapped_column(String(20))  # services | matching | training | sharing
    given: Mapped[bool]
    text_version: Mapped[str] = mapped_column(String(20))
    given_on: Mapped[date]
    given_by: Mapped[str] = mapped_column(String(120), default="")
    channel: Mapped[str] = mapped_column(String(20), default="signature")
    recorded_by_id: Mapped[UUID]
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)


class Exclusion(TenantScoped, db.Model):
    """A provider or a district this family must never be matched with. The reason stays sealed."""

    __tablename__ = "exclusion"
    __table_args__ = in_tenant(
        belongs("family_id", "family"), belongs("provider_id", "provider"),
        Index("ix_exclusion_family", "tenant_id", "family_id"),
    )

    family_id: Mapped[UUID]
    provider_id: Mapped[UUID | None]
    ubigeo: Mapped[str] = mapped_column(String(6), default="")
    note_sealed: Mapped[str | None] = mapped_column(Text)
    note = Encrypted("note_sealed")


def consent_now(family: Family, purpose: str) -> bool:
    """The family's latest answer to a purpose; never asked counts as no."""
    answers = [consent for consent in family.consents if consent.purpose == purpose]
    return answers[-1].given if answers else False


def consents_now(purpose: str) -> ColumnElement[bool]:
    """The same of a family in a statement."""
    last = (
        select(Consent.given).where(Consent.family_id == Family.id, Consent.purpose == purpose)
        .order_by(Consent.recorded_at.desc()).limit(1)
    )
    return func.coalesce(last.correlate(Family).scalar_subquery(), false())
