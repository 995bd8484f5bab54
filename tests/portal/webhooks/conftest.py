"""A receiver, an NGO that tells it things, and the worker's hand that does the jobs which are due."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from portal import outbox, tenancy
from portal.events import Job
from portal.extensions import db
from portal.jobs import lease
from portal.jobs.runner import Runner
from portal.models import Webhook, WebhookDelivery
from portal.models.webhook import EVENTS
from portal.services import webhooks
from tests.ground import Ngo
from tests.portal.webhooks import receiver
from tests.portal.webhooks.receiver import Receiver

Work = Callable[[], int]


@pytest.fixture
def local(app: Flask) -> Flask:
    """Webhooks may go to this machine."""
    app.config["SETTINGS"] = dataclasses.replace(app.config["SETTINGS"], webhook_local=True)
    return app


@pytest.fixture
def there(local: Flask) -> Iterator[Receiver]:
    with receiver.listening() as found:
        yield found


@dataclasses.dataclass(frozen=True)
class Hook:
    """A webhook of an NGO, and its secret."""

    app: Flask
    ngo: Ngo
    id: UUID
    secret: str

    def row(self) -> Any:
        """As it is now."""
        with self.app.app_context(), tenancy.acting_for(self.ngo.id):
            return db.session.get(Webhook, self.id)

    def messages(self) -> list[Any]:
        """Every message to it, the oldest first."""
        with self.app.app_context(), tenancy.acting_for(self.ngo.id):
            found = select(WebhookDelivery).where(WebhookDelivery.webhook_id == self.id)
            return list(db.session.scalars(found.order_by(WebhookDelivery.made_at)))

    def change(self, do: Callable[[Any], Any]) -> Any:
        """Do something with it as its administrator would, and commit."""
        with self.app.app_context(), tenancy.acting_for(self.ngo.id):
            done = do(db.session.get_one(Webhook, self.id))
            db.session.commit()
            return done

    def test(self) -> UUID:
        """Leave a test; its id."""
        return UUID(str(self.change(lambda row: webhooks.test(self.ngo.actor("ngo_admin"), row).id)))

    def tell(self) -> UUID:
        """Leave a message about nothing in particular; its id."""
        return UUID(str(self.change(lambda row: outbox.leave(row.id, "family.submitted").id)))


Hooked = Callable[..., Hook]


@pytest.fixture
def hooked(local: Flask, semilla: Ngo) -> Hooked:
    """A webhook to an address: of every event, of Semilla, unless said otherwise."""

    def make(address: str, *events: str, ngo: Ngo = semilla) -> Hook:
        with local.app_context(), tenancy.acting_for(ngo.id):
            row, secret = webhooks.add(ngo.actor("ngo_admin"), "Becas", address, events or tuple(EVENTS))
            db.session.commit()
            return Hook(local, ngo, row.id, secret)

    return make


@pytest.fixture
def work(app: Flask, semilla: Ngo, wasi: Ngo) -> Work:
    """Do every job that is due now, until there is none. Returns how many."""

    def due(ngo: Ngo) -> list[UUID]:
        with app.app_context(), tenancy.acting_for(ngo.id):
            return list(db.session.scalars(select(Job.id).where(lease.is_free()).order_by(Job.made_at)))

    def take_all() -> int:
        done = 0
        while jobs := [(ngo.id, job) for ngo in (semilla, wasi) for job in due(ngo)]:
            for tenant, job in jobs:
                Runner(app)(tenant, job)
            done += len(jobs)
        return done

    return take_all
