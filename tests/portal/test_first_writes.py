"""Two at once who each find that an NGO has nothing yet: each on a connection of its own, and neither is refused."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import event, func, select

from portal import audit, crypto, tenancy
from portal.crypto import Place, TenantKey
from portal.extensions import db
from portal.models import Tenant
from portal.services import intakes
from tests.ground import Ngo

PATIENCE = 0.5  # seconds the first waits for the second, which by rights waits for the first
Work = Callable[[Callable[[], Any]], Any]


@pytest.fixture
def new_ngo(app: Flask) -> UUID:
    """An NGO in which nothing was ever written."""
    with app.app_context():
        row = Tenant(slug="nueva", name="Nueva", ubigeo="150132")
        db.session.add(row)
        db.session.commit()
        return row.id


def at_once(app: Flask, ngo: UUID, work: Work) -> list[Any]:
    """Do it twice; the second begins where the first calls its argument, before the first commits."""
    begun, ended = Event(), Event()

    def one(hold: Callable[[], Any]) -> Any:
        with app.app_context(), tenancy.acting_for(ngo):
            return work(hold)

    def first() -> Any:
        return one(lambda: (begun.set(), ended.wait(PATIENCE)))

    def second() -> Any:
        begun.wait()
        return one(ended.set)

    with ThreadPoolExecutor(2) as pool:
        return [each.result() for each in (pool.submit(first), pool.submit(second))]


def test_the_first_key_is_made_once_and_opens_what_both_sealed(app: Flask, new_ngo: UUID) -> None:
    place = Place(new_ngo, "caregiver", "dni_sealed", UUID(int=1))

    def work(hold: Callable[[], Any]) -> str:
        sealed = crypto.seal(b"x", place)
        hold()
        db.session.commit()
        return sealed

    sealed = at_once(app, new_ngo, work)
    crypto.keyring.load(app.config["SETTINGS"].master_keys)  # as after a new start
    with app.app_context(), tenancy.acting_for(new_ngo):
        assert [crypto.unseal(one, place) for one in sealed] == [b"x", b"x"]
        assert db.session.scalar(select(func.count()).select_from(TenantKey)) == 1
        assert audit.verify()[1] is None


def test_the_first_two_entries_of_a_trail_make_one_chain(app: Flask, new_ngo: UUID) -> None:
    def work(hold: Callable[[], Any]) -> None:
        audit.record("read", "family")
        event.listen(db.session(), "before_commit", lambda _: hold())  # after the trail's own, which runs first
        db.session.commit()

    at_once(app, new_ngo, work)
    with app.app_context(), tenancy.acting_for(new_ngo):
        assert audit.verify() == (2, None)


def test_two_families_registered_at_once_have_two_numbers(app: Flask, semilla: Ngo) -> None:
    def work(hold: Callable[[], Any]) -> int:
        caregiver = {"given_names": "Rosa", "paternal_surname": "Quispe"}
        number = intakes.create(semilla.actor("caseworker"), caregiver, "150132").number
        hold()
        db.session.commit()
        return number

    assert at_once(app, semilla.id, work) == [1, 2]
