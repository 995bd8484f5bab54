"""Webhooks: the addresses an NGO's own systems are told at, and every message that was or is to be delivered."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.columns import UTCDateTime
from portal.crypto import Encrypted
from portal.extensions import db
from portal.tenancy import TenantScoped, belongs, in_tenant

EVENTS: dict[str, tuple[str, ...]] = {  # what may be told → the rows a message names, what it is about first
    "family.submitted": ("family",), "family.returned": ("family",), "family.admitted": ("family",),
    "family.refused": ("family",), "family.paused": ("family",), "family.waiting": ("family",),
    "family.closed": ("family",), "family.reopened": ("family",),
    "suggestions.ready": ("family",),
    "proposal.made": ("proposal", "family", "provider"), "proposal.decided": ("proposal", "family", "provider"),
    "proposal.answered": ("proposal", "family", "provider"), "proposal.ended": ("proposal", "family", "provider"),
    "placement.planned": ("placement", "family", "provider"), "placement.started": ("placement", "family", "provider"),
    "placement.interrupted": ("placement", "family", "provider"),
    "placement.resumed": ("placement", "family", "provider"), "placement.ended": ("placement", "family", "provider"),
    "placement.cancelled": ("placement", "family", "provider"),
    "followup.due": ("follow_up", "placement", "family"), "followup.answered": ("follow_up", "placement", "family"),
    "provider.available": ("provider",), "provider.unavailable": ("provider",),
}
TEST = "webhook.test"  # sent by hand, about nothing
ACTIVE, OFF, DISABLED = "active", "off", "disabled"  # switched off by a person; by the portal, after days of failing
WAITING, DELIVERED, FAILED = "waiting", "delivered", "failed"


class Webhook(TenantScoped, db.Model):
    """An address and what is told there. `failing_since` is the first failure after which nothing was delivered."""

    __tablename__ = "webhook"
    __table_args__ = in_tenant()

    name: Mapped[str] = mapped_column(String(60))
    address_sealed: Mapped[str | None] = mapped_column(Text)  # it may hold a key of the receiver
    events: Mapped[list[str]] = mapped_column(JSON)
    status: Mapped[str] = mapped_column(String(12), default=ACTIVE)
    secret_sealed: Mapped[str | None] = mapped_column(Text)
    old_secret_sealed: Mapped[str | None] = mapped_column(Text)  # signs beside the new one until `old_until`
    old_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    failing_since: Mapped[datetime | None] = mapped_column(UTCDateTime)
    resting_until: Mapped[datetime | None] = mapped_column(UTCDateTime)  # it did not answer: nothing is sent before
    made_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    version: Mapped[int] = mapped_column(default=1)

    address = Encrypted("address_sealed")
    secret = Encrypted("secret_sealed")
    old_secret = Encrypted("old_secret_sealed")

    __mapper_args__ = {"version_id_col": version}

    def __init__(self, **values: Any) -> None:
        super().__init__(**{"status": ACTIVE, "made_at": clock.now(), **values})

    @property
    def secrets(self) -> list[str]:
        """What a message is signed with now, the newest first."""
        old = self.old_secret if self.old_until is not None and self.old_until > clock.now() else None
        return [one for one in (self.secret, old) if one]


class WebhookDelivery(TenantScoped, db.Model):
    """One message to one address: it is what it is about, and every attempt to deliver it. Its id is the message's."""

    __tablename__ = "webhook_delivery"
    __trail__ = False
    __table_args__ = in_tenant(
        belongs("webhook_id", "webhook"), Index("ix_webhook_delivery_made", "tenant_id", "webhook_id", "made_at"),
        Index("ix_webhook_delivery_due", "tenant_id", "status", "due_at"),
        Index("ix_webhook_delivery_subject", "tenant_id", "subject_id"),
    )

    webhook_id: Mapped[UUID]
    event: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[UUID | None]  # the first of `ids`
    ids: Mapped[dict[str, str]] = mapped_column(JSON)
    made_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    status: Mapped[str] = mapped_column(String(12), default=WAITING)
    attempts: Mapped[int] = mapped_column(default=0)  # since it was made, or was last sent again by hand
    due_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    tries: Mapped[list[dict[str, Any]]] = mapped_column(JSON)  # at, result (a status or a kind of failure), ms

    webhook: Mapped[Webhook] = relationship(
        primaryjoin="foreign(WebhookDelivery.webhook_id) == Webhook.id", viewonly=True
    )

    def __init__(self, **values: Any) -> None:
        now = clock.now()
        super().__init__(**{"status": WAITING, "attempts": 0, "made_at": now, "due_at": now, "tries": [], **values})
