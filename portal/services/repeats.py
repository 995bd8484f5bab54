"""Requests that are sent twice and done once: the first answer is kept for a day and given again.

The key is claimed in the request's own transaction. When two arrive at once, the unique key lets one through; the
other waits for it and then finds its answer, or does the work itself when the first one failed.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from portal import clock
from portal.errors import InvalidInputError
from portal.extensions import db
from portal.models import KeptAnswer

KEPT = timedelta(hours=24)


def claim(token: UUID, key: str, asked: str) -> KeptAnswer:
    """The answer kept under a key, or a new row without one (`status` None) to be filled by the caller.

    `asked` stands for everything that makes the request what it is. Raises InvalidInputError when the key was used for
    another one.
    """
    name = hashlib.sha256(key.encode()).hexdigest()
    row = _kept(token, name) or _new(token, name, asked) or _kept(token, name)
    if row is None or row.asked != asked:
        raise InvalidInputError("key_used", {"Idempotency-Key": ["key_used"]})
    return row


def _kept(token: UUID, name: str) -> KeptAnswer | None:
    found = select(KeptAnswer).where(
        KeptAnswer.token_id == token, KeptAnswer.key == name, KeptAnswer.made_at > clock.now() - KEPT
    )
    return db.session.scalars(found).one_or_none()


def _new(token: UUID, name: str, asked: str) -> KeptAnswer | None:
    """A row for this key, or None when another request made it just now."""
    forget_old()
    row = KeptAnswer(token_id=token, key=name, asked=asked)
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:
        return None
    return row


def forget_old() -> int:
    """Take away the answers of the tenant at work that are too old. Returns how many."""
    return db.session.execute(delete(KeptAnswer).where(KeptAnswer.made_at <= clock.now() - KEPT)).rowcount
