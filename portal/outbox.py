"""What an NGO's own systems are told: a message for each webhook that asked for an event, in its transaction.

The message and the job that delivers it are committed with what they are about, or not at all. Nothing but ids goes
into them.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select

from portal import events
from portal.extensions import db
from portal.models import Webhook, WebhookDelivery
from portal.models.webhook import ACTIVE, EVENTS

# (flow, action) → the event it is to others. Moves that are not here are steps of these, or nobody else's business.
OF_MOVE: dict[tuple[str, str], str] = {
    ("family", "submit"): "family.submitted", ("family", "ask"): "family.returned",
    ("family", "accept"): "family.admitted", ("family", "refuse"): "family.refused",
    ("family", "pause"): "family.paused", ("family", "resume"): "family.waiting",
    ("family", "wait_again"): "family.waiting", ("family", "close"): "family.closed",
    ("family", "close_duplicate"): "family.closed",
    ("family", "reopen"): "family.reopened",
    ("proposal", "propose_again"): "proposal.made", ("proposal", "approve"): "proposal.decided",
    ("proposal", "return"): "proposal.decided", ("proposal", "reject"): "proposal.decided",
    ("proposal", "agree"): "proposal.answered", ("proposal", "confirm_decline"): "proposal.answered",
    ("proposal", "expire"): "proposal.ended", ("proposal", "withdraw"): "proposal.ended",
    ("placement", "start"): "placement.started", ("placement", "interrupt"): "placement.interrupted",
    ("placement", "resume"): "placement.resumed", ("placement", "correct"): "placement.resumed",
    ("placement", "end"): "placement.ended", ("placement", "confirm_end"): "placement.ended",
    ("placement", "end_due"): "placement.ended", ("placement", "cancel"): "placement.cancelled",
    ("follow_up", "complete"): "followup.answered", ("follow_up", "not_reached"): "followup.answered",
    **{("provider", action): "provider.available" for action in (
        "approve", "approve_with_conditions", "renew", "reinstate", "come_back",
    )},
    **{("provider", action): "provider.unavailable" for action in ("suspend", "lapse", "leave", "close")},
}


def moved(row: Any, action: str) -> None:
    """A row moved: tell whoever asked for what that is."""
    event = OF_MOVE.get((row.__tablename__, action))
    if event is not None:
        happened(event, row)


def happened(event: str, row: Any) -> None:
    """Leave a message about a row for each webhook that asked for the event."""
    known = select(Webhook.id, Webhook.events).where(Webhook.status == ACTIVE)
    wanted = db.session.execute(known.with_for_update(read=True, key_share=True)).all()  # not deleted until the commit
    for webhook in (one.id for one in wanted if event in one.events):
        leave(webhook, event, row)


def leave(webhook: UUID, event: str, row: Any = None) -> WebhookDelivery:
    """A message for one webhook, and the job that delivers it after the commit."""
    ids = about(event, row) if row is not None else {}
    subject = next(iter(ids.values()), None)
    message = WebhookDelivery(
        webhook_id=webhook, event=event, ids={name: str(one) for name, one in ids.items()}, subject_id=subject
    )
    db.session.add(message)
    events.announce(events.DELIVER, delivery=message.id)
    return message


def about(event: str, row: Any) -> dict[str, UUID]:
    """The ids of the rows an event names, by kind."""
    found: dict[str, UUID] = {}
    for kind in EVENTS[event]:
        if row.__tablename__ == kind:
            found[kind] = row.id
        else:
            found[kind] = getattr(row, f"{kind}_id", None) or getattr(row, kind).id
    return found
