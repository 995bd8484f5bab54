"""A move of a case, a provider, a proposal, a placement or a follow-up: written by `portal.workflow` alone."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal import clock
from portal.columns import UTCDateTime
from portal.crypto import Encrypted
from portal.extensions import db
from portal.tenancy import TenantScoped, in_tenant


class Transition(TenantScoped, db.Model):
    """From, to, who, when, the coded reason and the note, which is sealed: it may say what happened to a child."""

    __tablename__ = "transition"
    __table_args__ = in_tenant(Index("ix_transition_subject", "tenant_id", "flow", "subject_id", "at"))

    flow: Mapped[str] = mapped_column(String(16))
    subject_id: Mapped[UUID]
    action: Mapped[str] = mapped_column(String(24))
    before: Mapped[str] = mapped_column(String(24))
    after: Mapped[str] = mapped_column(String(24))
    actor_id: Mapped[UUID | None]
    actor_name: Mapped[str] = mapped_column(String(120))
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    reason: Mapped[str] = mapped_column(String(40), default="")
    note_sealed: Mapped[str | None] = mapped_column(Text)
    note = Encrypted("note_sealed")
