"""What is made once within an NGO: two people who are first at the same moment both get through."""

from __future__ import annotations

import threading
from collections.abc import Callable
from uuid import UUID

from flask import Flask
from sqlalchemy import select

from portal import audit, crypto, tenancy
from portal.audit import AuditHead
from portal.crypto import TenantKey
from portal.extensions import db
from portal.models import Family, Provider, Tenant
from portal.services import intakes
from portal.services.numbers import following
from tests.ground import Ngo

ROSA = {"given_names": "Rosa", "paternal_surname": "Quispe", "relation": "mother"}


def at_once(app: Flask, tenant: UUID, *both: Callable[[], object]) -> None:
    """Two transactions: the first stays open until the second had time to read what is not there yet."""
    end, is_open = threading.Event(), (threading.Event(), threading.Event())

    def work(do: Callable[[], object], said: threading.Event) -> None:
        with app.app_context(), tenancy.acting_for(tenant):
            do()
            said.set()
            end.wait(30)
            db.session.commit()

    threads = [threading.Thread(target=work, args=one) for one in zip(both, is_open, strict=True)]
    for thread, said in zip(threads, is_open, strict=True):
        thread.start()
        said.wait(0.5)
    end.set()
    for thread in threads:
        thread.join()


def test_two_cases_get_two_numbers(app: Flask, semilla: Ngo) -> None:
    at_once(app, semilla.id, *2 * (lambda: intakes.create(semilla.actor("caseworker"), ROSA, "150132"),))
    with app.app_context(), tenancy.acting_for(semilla.id):
        assert sorted(db.session.scalars(select(Family.number))) == [1, 2]
        assert following(Provider.number) == 1


def test_the_first_key_is_made_once(app: Flask, semilla: Ngo) -> None:
    at_once(app, semilla.id, *2 * (lambda: crypto.keyring.key("data"),))
    with app.app_context(), tenancy.acting_for(semilla.id):
        assert db.session.scalars(select(TenantKey.number)).all() == [1]


def test_the_trail_begins_once(app: Flask) -> None:
    with app.app_context():
        db.session.add(made := Tenant(slug="nueva", name="Nueva", ubigeo="150132"))
        db.session.commit()
        tenant = made.id
        db.session.remove()

    def write() -> None:
        audit.record("read", "family")
        audit._write(db.session())

    at_once(app, tenant, write, write)
    with app.app_context(), tenancy.acting_for(tenant):
        assert audit.verify() == (2, None)
        assert db.session.scalars(select(AuditHead.number)).all() == [2]
