"""The worker's part: try to deliver a message, note what came of it, try again later, give up on who never answers.

An attempt has three parts: read and end the transaction, send, write. Nothing is locked while the other side makes up
its mind. A worker that dies in between leaves its job, and the message goes out once more with the same id.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import SystemRandom
from typing import Any, TypeVar
from uuid import UUID

from flask import current_app
from sqlalchemy import ColumnElement, delete, exists, or_, select, update
from sqlalchemy.orm import joinedload

from portal import clock, database, events, outbox
from portal.errors import InvalidInputError
from portal.extensions import db
from portal.models import FollowUp, Placement, Webhook, WebhookDelivery
from portal.models.webhook import ACTIVE, DELIVERED, DISABLED, FAILED, TEST, WAITING
from portal.policy import Role
from portal.queries import people
from portal.services import webhooks
from portal.services.webhooks import addresses, sending, signing
from portal.services.webhooks.addresses import Address
from portal.services.webhooks.sending import Answer
from portal.watching import metrics

PAUSES = (5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600)  # seconds after the first failure, the second, …
JITTER = 0.2  # at most this share is added, so that what failed together does not come back together
# Who does not answer at all is left alone for a quarter of the time it has been away: the worker has others to serve.
REST, LONGEST_REST = timedelta(minutes=1), timedelta(hours=1)
PATIENCE = timedelta(days=3)  # of failing, after which nothing more is sent
KEPT = timedelta(days=30)  # how long it is known what was sent
LEFT = timedelta(hours=1)  # past its time, a message whose job was lost is given another
SHOWN_TRIES = 20
GONE = "410"  # the receiver says: never again
TOLD_LATE = timedelta(days=7)  # a follow-up that is overdue for longer is no news
DICE = SystemRandom()
Row = TypeVar("Row", Webhook, WebhookDelivery)


@dataclass(frozen=True)
class Attempt:
    """A message ready to be sent."""

    address: Address
    content: bytes
    headers: dict[str, str]


def deliver(message_id: UUID) -> None:
    """Try once to deliver a message that waits and is due; the caller commits what came of it."""
    with database.reading():
        found = _prepared(message_id)
        db.session.rollback()
    if found is None:
        return
    if isinstance(found, Attempt):
        answer = sending.post(found.address, found.content, found.headers, webhooks.is_local())
        _note(message_id, answer)
    else:
        _put_off(message_id, found)


def _prepared(message_id: UUID) -> Attempt | datetime | str | None:
    """An attempt, when to come back, why there will be none, or None where nothing is to be done."""
    now = clock.now()
    wanted = select(WebhookDelivery).where(
        WebhookDelivery.id == message_id, WebhookDelivery.status == WAITING, WebhookDelivery.due_at <= now
    )
    message = db.session.scalars(wanted.options(joinedload(WebhookDelivery.webhook))).one_or_none()
    if message is None:
        return None
    webhook = message.webhook
    if message.event != TEST and webhook.status != ACTIVE:
        return webhook.status
    if message.event != TEST and webhook.resting_until is not None and webhook.resting_until > now:
        return webhook.resting_until
    return _attempt(message, webhook, now)


def _attempt(message: WebhookDelivery, webhook: Webhook, now: datetime) -> Attempt | str:
    try:
        address = addresses.read(webhook.address or "", webhooks.is_local())
    except InvalidInputError:  # what may be reached was changed meanwhile
        return "address"
    content = signing.body(message, current_app.config["SETTINGS"].public_base_url)
    return Attempt(address, content, signing.headers(str(message.id), now, content, webhook.secrets))


def _put_off(message_id: UUID, why: datetime | str) -> None:
    message = _locked(WebhookDelivery, message_id)
    if message is None:
        return
    if isinstance(why, datetime):
        _later(message, why)
    else:
        _tried(message, Answer(why))
        message.status = FAILED


def _locked(kind: type[Row], row_id: UUID) -> Row | None:
    return db.session.get(kind, row_id, with_for_update={"key_share": True}, populate_existing=True)


def _note(message_id: UUID, answer: Answer) -> None:
    """Write down what came of an attempt, and what follows from it."""
    message = _locked(WebhookDelivery, message_id)
    if message is None:  # deleted meanwhile
        return
    _tried(message, answer)
    message.attempts += 1
    if answer.is_delivered:
        message.status = DELIVERED
        _healthy(message.webhook_id)
    elif message.event == TEST or answer.result == GONE or message.attempts > len(PAUSES):
        message.status = FAILED
    else:
        seconds = PAUSES[message.attempts - 1] * (1 + DICE.random() * JITTER)
        _later(message, clock.now() + timedelta(seconds=seconds))
    metrics.WEBHOOKS.labels({WAITING: "retried"}.get(message.status, message.status)).inc()
    if not answer.is_delivered and message.event != TEST:
        _unwell(message, answer)


def _tried(message: WebhookDelivery, answer: Answer) -> None:
    told: dict[str, Any] = {"at": clock.now().isoformat(), "result": answer.result, "ms": answer.milliseconds}
    message.tries = [*message.tries, told][-SHOWN_TRIES:]


def _later(message: WebhookDelivery, due_at: datetime) -> None:
    message.due_at = due_at
    events.announce_for(due_at, events.DELIVER, delivery=message.id)


def _healthy(webhook: UUID) -> None:
    failed = or_(Webhook.failing_since.is_not(None), Webhook.resting_until.is_not(None))
    _set(Webhook.id == webhook, failed, failing_since=None, resting_until=None)


def _unwell(message: WebhookDelivery, answer: Answer) -> None:
    """Since when it fails; who answers nothing rests; who failed for days, or says it is gone, is told nothing more."""
    now = clock.now()
    webhook = _locked(Webhook, message.webhook_id)
    if webhook is None:
        return
    since = webhook.failing_since or now
    rest = now + min(max((now - since) / 4, REST), LONGEST_REST) if answer.is_silent else webhook.resting_until
    _set(Webhook.id == webhook.id, failing_since=since, resting_until=rest)
    failed = answer.result == GONE or now - since >= PATIENCE
    if failed and message.status == FAILED and webhook.status == ACTIVE:
        _disable(webhook)


def _disable(webhook: Webhook) -> None:
    webhook.status = DISABLED
    for member in people.team():
        if member.active and Role.NGO_ADMIN in member.roles:
            events.announce(events.WEBHOOK_DISABLED, webhook=webhook.id, person=member.user_id)


def _set(*where: ColumnElement[bool], **values: Any) -> None:
    """How a webhook fares is no change anybody made: it is not in the trail, and moves no version."""
    db.session.execute(
        update(Webhook).where(*where).values(**values), execution_options={"synchronize_session": False}
    )


# What time brings -----------------------------------------------------------------------------------------------------


def tell_due() -> int:
    """Tell each webhook that asked for it of the follow-ups that are due, once. Returns how many messages that are."""
    wanted = db.session.scalars(select(Webhook).where(Webhook.status == ACTIVE)).all()
    return sum(_tell_due(one) for one in wanted if "followup.due" in one.events)


def _tell_due(webhook: Webhook) -> int:
    first = max(clock.today() - TOLD_LATE, webhook.made_at.astimezone(clock.LIMA).date())
    told = exists().where(
        WebhookDelivery.subject_id == FollowUp.id, WebhookDelivery.webhook_id == webhook.id,
        WebhookDelivery.event == "followup.due",
    )
    due = db.session.scalars(
        select(FollowUp).where(
            FollowUp.status == "scheduled", FollowUp.due_on >= first, FollowUp.due_on <= clock.today(), ~told
        ).options(joinedload(FollowUp.placement).joinedload(Placement.family))
    ).all()
    for one in due:
        outbox.leave(webhook.id, "followup.due", one)
    return len(due)


def pick_up() -> int:
    """Messages whose time is long past and whose job was given up get another. Returns how many."""
    now = clock.now()
    lost = db.session.scalars(
        select(WebhookDelivery).where(WebhookDelivery.status == WAITING, WebhookDelivery.due_at < now - LEFT)
    ).all()
    for one in lost:
        one.due_at = now
        events.announce(events.DELIVER, delivery=one.id)
    return len(lost)


def forget() -> int:
    """Delete what was sent too long ago, and secrets that sign nothing any more. Returns how many messages."""
    now = clock.now()
    _set(Webhook.old_until < now, old_secret_sealed=None, old_until=None)
    old = delete(WebhookDelivery).where(WebhookDelivery.made_at < now - KEPT)
    return int(db.session.execute(old, execution_options={"synchronize_session": False}).rowcount)
