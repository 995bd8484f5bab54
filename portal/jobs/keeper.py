"""While a job is worked on, a thread beside renews its lease, tells how far it is and hears of a cancel."""

from __future__ import annotations

import logging
import threading
from types import TracebackType
from typing import Self
from uuid import UUID

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from portal.extensions import db
from portal.jobs import lease
from portal.jobs.lease import Lease
from portal.tenancy import acting_for
from portal.watching.jobs import Stopped

OFTEN = 1.0  # seconds between two renewals: many may fail before the lease ends, and a cancel is heard soon
log = logging.getLogger(__name__)


class CancelledError(Stopped):
    """Somebody asked the job to stop."""

    outcome = "cancelled"


class Keeper:
    """A context in which a job stays this worker's."""

    def __init__(self, app: Flask, tenant: UUID, held: Lease) -> None:
        self.app, self.tenant, self.held = app, tenant, held
        self._told = ("", 0, 0)
        self._cancelled, self._ended = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._renew, name=f"lease of {held.job}", daemon=True)

    def tell(self, doing: str, done: int, total: int) -> None:
        """How far the work is. Raises CancelledError when somebody asked it to stop."""
        self._told = (doing, done, total)
        if self._cancelled.is_set():
            raise CancelledError

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._ended.set()
        self._thread.join()

    def _renew(self) -> None:
        with self.app.app_context(), acting_for(self.tenant):
            while not self._ended.wait(OFTEN):
                try:
                    if lease.renew(self.held, *self._told):
                        self._cancelled.set()
                except SQLAlchemyError as error:  # the database is away or locked: the next renewal may do it
                    db.session.rollback()
                    log.warning("The lease of job %s was not renewed (%s).", self.held.job, type(error).__name__)
