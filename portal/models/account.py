"""What must outlive a process about logging in: sessions, throttle, invitations, support access, stand-ins."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.columns import UTCDateTime
from portal.extensions import db
from portal.models.user import User
from portal.tenancy import TenantScoped, belongs, in_tenant


class LoginSession(db.Model):
    """A browser's session, kept here so that ending it ends it. The cookie's token is stored as its SHA-256 only."""

    __tablename__ = "login_session"

    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    data: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    made_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    seen_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    device: Mapped[str] = mapped_column(String(200), default="")


class LoginThrottle(db.Model):
    """Failed logins of one account name, known or not (the name is stored as a keyed hash)."""

    __tablename__ = "login_throttle"

    name_hash: Mapped[str] = mapped_column(String(64), unique=True)
    failures: Mapped[int] = mapped_column(default=0)
    first_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    blocked_until: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Invitation(TenantScoped, db.Model):
    """An invitation by mail link. The link's token is stored as its SHA-256; it works once and for some days."""

    __tablename__ = "invitation"
    __table_args__ = in_tenant(
        UniqueConstraint("token_hash"), belongs("invited_by_id", "membership", "user_id")
    )

    email: Mapped[str] = mapped_column(String(254))
    name: Mapped[str] = mapped_column(String(120))
    roles: Mapped[list[str]] = mapped_column(JSON)
    token_hash: Mapped[str] = mapped_column(String(64))
    invited_by_id: Mapped[UUID]
    made_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    accepted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class SupportAccess(TenantScoped, db.Model):
    """The platform operator inside an NGO: with a reason, for a limited time, seen in that NGO's trail."""

    __tablename__ = "support_access"
    __table_args__ = in_tenant()

    operator_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    reason: Mapped[str] = mapped_column(String(500))
    made_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    until: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    operator: Mapped[User] = relationship(lazy="joined")


class Delegation(TenantScoped, db.Model):
    """A supervisor's stand-in, from the first to the last day."""

    __tablename__ = "delegation"
    __table_args__ = in_tenant(
        belongs("supervisor_id", "membership", "user_id"), belongs("stand_in_id", "membership", "user_id")
    )

    supervisor_id: Mapped[UUID]
    stand_in_id: Mapped[UUID] = mapped_column(index=True)
    first_day: Mapped[date]
    last_day: Mapped[date]
