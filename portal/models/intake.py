"""What a supervisor asks for before a case is eligible."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal import clock
from portal.columns import UTCDateTime
from portal.crypto import Encrypted
from portal.extensions import db
from portal.tenancy import TenantScoped, belongs, in_tenant


class InformationRequest(TenantScoped, db.Model):
    """The list of what is missing in an intake; open until the caseworker submits again."""

    __tablename__ = "information_request"
    __table_args__ = in_tenant(
        belongs("family_id", "family"), belongs("asked_by_id", "membership", "user_id"),
        Index("ix_information_request_family", "tenant_id", "family_id"),
    )

    family_id: Mapped[UUID]
    note_sealed: Mapped[str | None] = mapped_column(Text)
    note = Encrypted("note_sealed")
    asked_by_id: Mapped[UUID]
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    @property
    def items(self) -> list[str]:
        """What is asked for: one thing a line of the note."""
        return [line.strip() for line in (self.note or "").splitlines() if line.strip()]
