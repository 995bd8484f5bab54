"""Short numbers: two people who register at the same moment both get one, and not the same."""

from __future__ import annotations

import threading

from flask import Flask
from sqlalchemy import select

from portal import tenancy
from portal.extensions import db
from portal.models import Family
from portal.services import intakes
from tests.ground import Ngo

ROSA = {"given_names": "Rosa", "paternal_surname": "Quispe", "relation": "mother"}


def register(app: Flask, ngo: Ngo, is_open: threading.Event, go_on: threading.Event) -> None:
    """Register a family; its transaction stays open between the two events."""
    with app.app_context(), tenancy.acting_for(ngo.id):
        try:
            intakes.create(ngo.actor("caseworker"), ROSA, "150132")
            is_open.set()
            go_on.wait(30)
            db.session.commit()
        finally:
            is_open.set()


def test_who_comes_second_waits_and_gets_the_next_number(app: Flask, semilla: Ngo) -> None:
    first_open, second_open, end = threading.Event(), threading.Event(), threading.Event()
    first = threading.Thread(target=register, args=(app, semilla, first_open, end))
    second = threading.Thread(target=register, args=(app, semilla, second_open, end))
    first.start()
    first_open.wait(30)
    second.start()
    second_open.wait(0.5)  # time enough to read the highest number too early
    end.set()
    first.join()
    second.join()
    with app.app_context(), tenancy.acting_for(semilla.id):
        assert sorted(db.session.scalars(select(Family.number))) == [1, 2]
