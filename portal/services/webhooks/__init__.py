"""Webhooks: what who administers an NGO does with them. The worker's part is in `deliveries`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from flask import current_app
from sqlalchemy import delete, func, select

from portal import audit, clock, events, outbox, policy
from portal.errors import ConflictError, InvalidInputError
from portal.extensions import db
from portal.models import Webhook, WebhookDelivery
from portal.models.webhook import ACTIVE, EVENTS, OFF, TEST, WAITING
from portal.policy import Actor, Permission
from portal.services.webhooks import addresses, signing

LONGEST_NAME = 60
MOST = 10  # webhooks of an NGO
OLD_SECRET = timedelta(days=1)  # how long the one before signs beside the new one


def is_local() -> bool:
    """May messages go to this machine, and unencrypted? In a demo and in tests, by a setting."""
    return bool(current_app.config["SETTINGS"].webhook_local)


def add(actor: Actor, name: str, address: str, chosen: Sequence[str]) -> tuple[Webhook, str]:
    """A new webhook, and its secret, which is shown once. Raises InvalidInputError by field, ConflictError for one
    too many."""
    policy.require(actor, Permission.WEBHOOKS_MANAGE)
    _check(name, address, chosen)
    if db.session.scalars(select(func.count(Webhook.id))).one() >= MOST:
        raise ConflictError("webhooks_too_many")
    secret = signing.new_secret()
    webhook = Webhook(name=name.strip(), address=address.strip(), events=_ordered(chosen), secret=secret)
    db.session.add(webhook)
    return webhook, secret


def change(actor: Actor, webhook: Webhook, name: str, address: str, chosen: Sequence[str]) -> None:
    """What it is for, where it goes and what it is told. Raises InvalidInputError by field."""
    policy.require(actor, Permission.WEBHOOKS_MANAGE, webhook)
    _check(name, address, chosen)
    webhook.name, webhook.address, webhook.events = name.strip(), address.strip(), _ordered(chosen)


def remove(actor: Actor, webhook: Webhook) -> None:
    """The webhook and what was sent to it are gone; what waits is not sent."""
    policy.require(actor, Permission.WEBHOOKS_MANAGE, webhook)
    db.session.execute(delete(WebhookDelivery).where(WebhookDelivery.webhook_id == webhook.id))
    db.session.delete(webhook)


def rotate(actor: Actor, webhook: Webhook) -> str:
    """A new secret, shown once; for a day messages are signed with the one before too."""
    policy.require(actor, Permission.WEBHOOKS_MANAGE, webhook)
    secret = signing.new_secret()
    webhook.old_secret, webhook.old_until = webhook.secret, clock.now() + OLD_SECRET
    webhook.secret = secret
    audit.record("rotate", webhook)
    return secret


def switch_off(actor: Actor, webhook: Webhook) -> None:
    """Nothing is told there from now on."""
    policy.require(actor, Permission.WEBHOOKS_MANAGE, webhook)
    webhook.status = OFF


def switch_on(actor: Actor, webhook: Webhook) -> None:
    """What happens from now on is told again; what it failed at before is forgotten."""
    policy.require(actor, Permission.WEBHOOKS_MANAGE, webhook)
    webhook.status, webhook.failing_since, webhook.resting_until = ACTIVE, None, None


def test(actor: Actor, webhook: Webhook) -> WebhookDelivery:
    """A message about nothing, tried once, even where the webhook is off."""
    policy.require(actor, Permission.WEBHOOKS_MANAGE, webhook)
    return outbox.leave(webhook.id, TEST)


def send_again(actor: Actor, message: WebhookDelivery) -> None:
    """The same message, with the same id, from its first attempt on. ConflictError for one that still waits."""
    policy.require(actor, Permission.WEBHOOKS_MANAGE, message)
    if message.status == WAITING and message.attempts == 0:
        raise ConflictError("moved_on")
    message.status, message.attempts, message.due_at = WAITING, 0, clock.now()
    events.announce(events.DELIVER, delivery=message.id)


def _check(name: str, address: str, chosen: Sequence[str]) -> None:
    wrong: dict[str, list[str]] = {}
    if not 0 < len(name.strip()) <= LONGEST_NAME:
        wrong["name"] = ["text_missing"]
    if not chosen or set(chosen) - set(EVENTS):
        wrong["events"] = ["choice_missing"]
    try:
        addresses.read(address.strip(), is_local())
    except InvalidInputError as error:
        wrong |= error.fields
    if wrong:
        raise InvalidInputError("refused", wrong)


def _ordered(chosen: Sequence[str]) -> list[str]:
    return [one for one in EVENTS if one in chosen]
