"""The webhooks of the NGO at work, and what was sent to each."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, select

from portal.extensions import db
from portal.models import Webhook, WebhookDelivery
from portal.models.webhook import DISABLED


def every() -> list[Webhook]:
    """All of them, by name."""
    return list(db.session.scalars(select(Webhook).order_by(Webhook.name, Webhook.id)))


def broken() -> int:
    """How many the portal stopped telling anything, for they failed for days."""
    return db.session.scalars(select(func.count(Webhook.id)).where(Webhook.status == DISABLED)).one()


def sent(webhook: UUID, first: int, count: int) -> tuple[list[WebhookDelivery], int]:
    """Some of the messages to a webhook, the newest first, and how many there are in all."""
    own = WebhookDelivery.webhook_id == webhook
    found = select(WebhookDelivery).where(own).order_by(WebhookDelivery.made_at.desc(), WebhookDelivery.id)
    total = db.session.scalars(select(func.count(WebhookDelivery.id)).where(own)).one()
    return list(db.session.scalars(found.offset(first).limit(count))), total
