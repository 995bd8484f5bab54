"""Programs that work for a person of an NGO: their tokens, and the answers they may ask for once more."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.columns import UTCDateTime
from portal.crypto import Encrypted
from portal.extensions import db
from portal.models.user import Membership
from portal.tenancy import TenantScoped, belongs, in_tenant

SCOPES = (  # what a token may be made for; within it counts what its person may
    "read:families", "write:families", "reveal:families", "read:providers", "reveal:providers", "read:suggestions",
    "write:suggestions", "read:proposals", "write:proposals", "decide:proposals", "read:placements",
    "read:imports", "write:imports",
)


class ApiToken(TenantScoped, db.Model):
    """A program's key to the interface: it acts as the person who made it, within its scopes, until it expires.

    The token itself is shown once; what is kept is its SHA-256, and its last letters to tell it by.
    """

    __tablename__ = "api_token"
    __table_args__ = in_tenant(
        UniqueConstraint("token_hash"), belongs("user_id", "membership", "user_id"),
        Index("ix_api_token_user", "tenant_id", "user_id"),
    )

    user_id: Mapped[UUID]
    name: Mapped[str] = mapped_column(String(60))
    scopes: Mapped[list[str]] = mapped_column(JSON)
    token_hash: Mapped[str] = mapped_column(String(64))
    ending: Mapped[str] = mapped_column(String(4))
    made_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # to the minute

    member: Mapped[Membership] = relationship(
        primaryjoin="foreign(ApiToken.user_id) == Membership.user_id", viewonly=True
    )

    @property
    def works(self) -> bool:
        """Neither revoked nor too old."""
        return self.revoked_at is None and self.expires_at > clock.now()


class KeptAnswer(TenantScoped, db.Model):
    """What a request with an `Idempotency-Key` was answered, for whoever sends it again with the same key."""

    __tablename__ = "kept_answer"
    __trail__ = False
    __table_args__ = in_tenant(
        UniqueConstraint("tenant_id", "token_id", "key"), belongs("token_id", "api_token"),
        Index("ix_kept_answer_made", "tenant_id", "made_at"),
    )

    token_id: Mapped[UUID]
    key: Mapped[str] = mapped_column(String(64))  # SHA-256 of the key that was sent
    asked: Mapped[str] = mapped_column(String(32))  # method, address and body, under the token's secret
    made_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    status: Mapped[int | None]
    headers: Mapped[dict[str, str]] = mapped_column(JSON)
    body_sealed: Mapped[str | None] = mapped_column(Text)
    body = Encrypted("body_sealed")
    told_of: Mapped[list[str]] = mapped_column(JSON)  # ids of the families whose file it shows

    def __init__(self, **values: Any) -> None:
        super().__init__(**{"headers": {}, "told_of": [], **values})
