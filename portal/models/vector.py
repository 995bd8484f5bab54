"""The embedding of a text, kept until the text or the encoder changes."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.extensions import db
from portal.tenancy import TenantScoped, in_tenant


class TextVector(TenantScoped, db.Model):
    """float32 rows of one provider's or family's text under one encoder version."""

    __tablename__ = "text_vector"
    __trail__ = False
    __table_args__ = in_tenant(
        UniqueConstraint("tenant_id", "kind", "owner_id", "encoder"), Index("ix_text_vector_kind", "tenant_id", "kind")
    )

    kind: Mapped[str] = mapped_column(String(10))  # family | provider
    owner_id: Mapped[UUID]
    encoder: Mapped[str] = mapped_column(String(80))
    text_hash: Mapped[str] = mapped_column(String(64))  # keyed: an unkeyed hash of a short text can be guessed
    rows: Mapped[int]
    vectors: Mapped[bytes] = mapped_column(LargeBinary)
