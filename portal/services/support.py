"""The platform's operator inside an NGO: with a reason, for a limited time, in that NGO's trail."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from portal import audit, clock
from portal.errors import InvalidInputError
from portal.extensions import db
from portal.models import SupportAccess
from portal.policy import Actor, Permission, require
from portal.queries import people
from portal.tenancy import acting_for

MINUTES = (15, 60, 240)
SHORTEST_REASON = 10  # letters


def enter(actor: Actor, tenant: UUID, reason: str, minutes: int) -> None:
    """Open an access to an NGO and write it into its trail, in a transaction of its own."""
    require(actor, Permission.TENANT_ENTER)
    wrong = {}
    if len(reason.strip()) < SHORTEST_REASON:
        wrong["reason"] = ["note_missing"]
    if minutes not in MINUTES:
        wrong["minutes"] = ["choice_missing"]
    if wrong:
        raise InvalidInputError("choice_missing", wrong)
    with acting_for(tenant):
        row = SupportAccess(
            operator_id=actor.id, reason=reason.strip()[:500], until=clock.now() + timedelta(minutes=minutes)
        )
        db.session.add(row)
        audit.record("enter", row, reason=reason)
        db.session.commit()


def leave(actor: Actor) -> None:
    """End the access to the tenant at work."""
    row = people.support_access(actor.id)
    if row is not None:
        row.ended_at = clock.now()
        audit.record("leave", row)
