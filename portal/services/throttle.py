"""Failed logins, counted by account name, known or not. The wait grows and ends: nobody can lock another out for good.

Kept in transactions of its own: a refused login rolls its request back, and the count must stay.
"""

from __future__ import annotations

import hmac
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import clock, database
from portal.extensions import db
from portal.models import LoginThrottle
from portal.watching import metrics

FREE = 5  # failures before the first wait
FIRST_WAIT, LONGEST_WAIT = 30, 900  # seconds; the wait doubles with each failure
FORGET = timedelta(hours=24)


class Throttle:
    """The counts of one installation; names are kept as keyed hashes."""

    def __init__(self) -> None:
        self._key = b""

    def use(self, key: str) -> None:
        """The key names are hashed under."""
        self._key = key.encode()

    def seconds_left(self, name: str) -> int:
        """How long this account name must wait now; 0 when it need not."""
        with database.reading(), Session(db.engine) as session:
            row = self._row(session, name)
            until = row.blocked_until if row is not None else None
        return max(int((until - clock.now()).total_seconds()), 0) if until else 0

    def failed(self, name: str) -> None:
        """One more failure; from the fifth on each doubles the wait."""
        metrics.LOGIN_FAILURES.inc()
        with Session(db.engine) as session:
            row = self._row(session, name)
            if row is None:
                row = LoginThrottle(name_hash=self._hash(name), failures=0, first_at=clock.now())
                session.add(row)
            if clock.now() - row.first_at > FORGET:
                row.failures, row.first_at = 0, clock.now()
            row.failures += 1
            over = row.failures - FREE
            if over >= 0:
                wait = min(FIRST_WAIT * 2**over, LONGEST_WAIT)
                row.blocked_until = clock.now() + timedelta(seconds=wait)
            session.commit()

    def succeeded(self, name: str) -> None:
        """Forget the failures."""
        with Session(db.engine) as session:
            row = self._row(session, name)
            if row is not None:
                session.delete(row)
                session.commit()

    def _row(self, session: Session, name: str) -> LoginThrottle | None:
        found = select(LoginThrottle).where(LoginThrottle.name_hash == self._hash(name))
        return session.scalars(found).one_or_none()

    def _hash(self, name: str) -> str:
        return hmac.digest(self._key, name.strip().casefold().encode(), "sha256").hex()


throttle = Throttle()
