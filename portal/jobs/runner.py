"""Does jobs for one application: takes each, hands it to its handler, and commits what it did with that it is done."""

from __future__ import annotations

import logging
from uuid import UUID

from flask import Flask

from portal import events
from portal.events import Job
from portal.extensions import db
from portal.jobs import lease
from portal.jobs.giving_up import GiveUpError, Result
from portal.jobs.handlers import HANDLERS, LONG, about
from portal.jobs.keeper import CancelledError, Keeper
from portal.jobs.lease import Lease, LostError
from portal.tenancy import acting_for, current
from portal.watching import jobs as watched

log = logging.getLogger(__name__)


class Runner:
    """What the worker does with a job."""

    def __init__(self, app: Flask) -> None:
        self.app = app

    def __call__(self, tenant: UUID, job: UUID) -> float | None:
        """Do a job, once. Returns the seconds after which it should be sent again, None where that is needless."""
        with self.app.app_context(), acting_for(tenant):
            held = lease.take(job)
            if held is None:
                return lease.seconds_until_free(job)
            try:
                return self._attempt(tenant, held)
            except LostError as lost:
                db.session.rollback()
                log.warning("%s", lost)
                return None

    def _attempt(self, tenant: UUID, held: Lease) -> float | None:
        try:
            with Keeper(self.app, tenant, held) as keeper:
                self._work(held, keeper)
        except LostError:
            raise
        except CancelledError:
            db.session.rollback()
            self._over(held, "cancelled")
        except GiveUpError as error:
            db.session.rollback()
            self._over(held, "failed", error.result)
        except Exception:
            db.session.rollback()
            log.warning("Job %s failed; the line before says why.", held.job)
            again = lease.fail(held)
            db.session.commit()
            return again
        return None

    def _work(self, held: Lease, keeper: Keeper) -> None:
        job = db.session.get_one(Job, held.job)
        if job.cancel_asked or job.attempts >= lease.MOST_ATTEMPTS:
            self._over(held, "cancelled" if job.cancel_asked else "failed")
            return
        event, ids, made_at, request = job.event, about(job), job.made_at, job.ids.get(events.REQUEST, "")
        db.session.commit()  # the handler begins its own: SQLite has one writer, and a long one waits before it writes
        with watched.job(event, current(), request):
            result = LONG[event](ids, keeper.tell) if event in LONG else HANDLERS[event](ids)
            self._over(held, "done", result)
        watched.ready(event, made_at)

    def _over(self, held: Lease, status: str, result: Result | None = None) -> None:
        lease.end(held, status, result)
        db.session.commit()
