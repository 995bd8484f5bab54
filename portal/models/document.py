"""A file given to the NGO. The bytes are sealed on disk under a generated name; this row knows what they are."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal import clock
from portal.columns import UTCDateTime
from portal.crypto import Encrypted
from portal.extensions import db
from portal.tenancy import TenantScoped, belongs, in_tenant


class Document(TenantScoped, db.Model):
    """A file of a provider (vetting) or of a family (consent, papers)."""

    __tablename__ = "document"
    __table_args__ = in_tenant(
        belongs("provider_id", "provider"), belongs("family_id", "family"),
        belongs("added_by_id", "membership", "user_id"), Index("ix_document_provider", "tenant_id", "provider_id"),
    )

    provider_id: Mapped[UUID | None]
    family_id: Mapped[UUID | None]
    name_sealed: Mapped[str | None] = mapped_column(Text)
    name = Encrypted("name_sealed")  # as the person's device called it: may hold names
    media_type: Mapped[str] = mapped_column(String(60))  # by content, never by name
    size: Mapped[int]  # bytes
    sha256: Mapped[str] = mapped_column(String(64))
    added_by_id: Mapped[UUID]
    added_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
