"""The vetting checklist: what an NGO asks of every provider, and how far each provider has come."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.columns import UTCDateTime
from portal.crypto import Encrypted
from portal.extensions import db
from portal.models.document import Document
from portal.models.provider import Provider
from portal.models.user import Membership
from portal.tenancy import TenantScoped, belongs, in_tenant

STATES = ("missing", "received", "verified", "rejected")  # expired is derived from `expires_on`


class ChecklistItem(TenantScoped, db.Model):
    """One line of the NGO's checklist: data of the NGO, not of the program."""

    __tablename__ = "checklist_item"
    __table_args__ = in_tenant(UniqueConstraint("tenant_id", "code"))

    code: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(10))  # document | visit
    mandatory: Mapped[bool] = mapped_column(default=True)
    validity_days: Mapped[int | None]  # None: does not expire
    position: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)
    applies_to: Mapped[str] = mapped_column(String(40), default="")  # kinds of provider, "" for all

    def __init__(self, **values: object) -> None:
        super().__init__(**{"mandatory": True, "active": True, "applies_to": "", **values})

    def __str__(self) -> str:
        return self.title

    def is_asked_of(self, kind: str) -> bool:
        """Is this asked of this kind of provider?"""
        return not self.applies_to or kind in self.applies_to.split(",")


class VettingItem(TenantScoped, db.Model):
    """One provider's state on one line of the checklist."""

    __tablename__ = "vetting_item"
    __table_args__ = in_tenant(
        UniqueConstraint("tenant_id", "provider_id", "checklist_item_id"), belongs("provider_id", "provider"),
        belongs("checklist_item_id", "checklist_item"), belongs("document_id", "document"),
        belongs("verifier_id", "membership", "user_id"), Index("ix_vetting_item_expiry", "tenant_id", "expires_on"),
    )

    provider_id: Mapped[UUID]
    checklist_item_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(String(10), default="missing")
    issued_on: Mapped[date | None]
    expires_on: Mapped[date | None]
    verifier_id: Mapped[UUID | None]
    verified_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    document_id: Mapped[UUID | None]
    note_sealed: Mapped[str | None] = mapped_column(Text)
    note = Encrypted("note_sealed")
    warned_days: Mapped[int | None]  # the nearest warning sent before this expiry: 60, 30 or 7
    version: Mapped[int] = mapped_column(default=1)

    provider: Mapped[Provider] = relationship(
        primaryjoin="foreign(VettingItem.provider_id) == Provider.id", back_populates="items"
    )
    checklist_item: Mapped[ChecklistItem] = relationship(
        primaryjoin="foreign(VettingItem.checklist_item_id) == ChecklistItem.id", viewonly=True, lazy="joined"
    )
    document: Mapped[Document | None] = relationship(
        primaryjoin="foreign(VettingItem.document_id) == Document.id", viewonly=True
    )
    verifier: Mapped[Membership | None] = relationship(
        primaryjoin="foreign(VettingItem.verifier_id) == Membership.user_id", viewonly=True
    )

    __mapper_args__ = {"version_id_col": version}

    def __init__(self, **values: object) -> None:
        super().__init__(**{"state": "missing", **values})

    @property
    def counts(self) -> bool:
        """Does the approval of its provider stand on it, as the checklist is now?"""
        line = self.checklist_item
        return line.active and line.mandatory and line.is_asked_of(self.provider.kind)

    def valid_on(self, day: date) -> bool:
        """Verified, and not expired on that day."""
        return self.state == "verified" and (self.expires_on is None or self.expires_on >= day)
