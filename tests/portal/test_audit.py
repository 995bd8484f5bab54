"""The trail: what is noted, that nothing noted can be changed unseen, and where the first fault is."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import Connection, delete, event, select, update
from sqlalchemy.exc import DBAPIError

from portal import audit, tenancy
from portal.audit import FIRST, AuditEvent, AuditHead, Author, Fault
from portal.extensions import db
from portal.models import Family
from tests.ground import Ngo
from tests.portal.owner import past_the_triggers
from tests.portal.worlds import World

ENTRIES = 6
TABLE = AuditEvent.__table__
Tamper = Callable[[Callable[["Pen"], Any]], None]

CHANGES: list[tuple[str, Any, str]] = [  # column, its new value, what is said about it
    ("id", uuid4(), "changed"),
    ("number", 99, "missing"),
    ("at", datetime(2026, 1, 1, 12, 0, 0, 1, UTC), "changed"),
    ("author_id", uuid4(), "changed"),
    ("author_name", "Rosa Quispd", "changed"),
    ("request", "r-2", "changed"),
    ("action", "reae", "changed"),
    ("subject_type", "familz", "changed"),
    ("subject_id", uuid4(), "changed"),
    ("fields", ["dni", "phonf"], "changed"),
    ("reason", "Llamada de la familib", "changed"),
    ("previous", "1" * 64, "order"),
    ("hash", "1" * 64, "changed"),
]


def entries() -> list[AuditEvent]:
    return list(db.session.scalars(select(AuditEvent).order_by(AuditEvent.number)))


@pytest.fixture
def trail(world: World) -> list[AuditEvent]:
    """Six entries, each committed alone."""
    family = world.family()
    while len(entries()) < ENTRIES:
        with audit.acting_as(Author(world.worker.id, "Rosa Quispe", "r-1")):
            audit.record("read", family, "Llamada de la familia", ("dni", "phone"))
            db.session.commit()
    return entries()


@dataclasses.dataclass(frozen=True)
class Pen:
    """Writes in the table past everything that guards it."""

    database: Connection
    tenant: UUID

    def change(self, number: int, /, **values: Any) -> None:
        self.database.execute(update(TABLE).where(*self._entry(number)).values(values))

    def delete(self, number: int, /) -> None:
        self.database.execute(delete(TABLE).where(*self._entry(number)))

    def _entry(self, number: int) -> tuple[Any, Any]:
        return TABLE.c.tenant_id == self.tenant, TABLE.c.number == number


@pytest.fixture
def tamper(app: Flask, semilla: Ngo, trail: list[AuditEvent]) -> Tamper:
    """Do something to the table as its owner."""

    def act(write: Callable[[Pen], Any]) -> None:
        with past_the_triggers(app, semilla, TABLE) as connection:
            write(Pen(connection, semilla.id))

    return act


def test_an_untouched_trail_holds(trail: list[AuditEvent]) -> None:
    assert audit.verify() == (len(trail), None)
    assert [one.number for one in trail] == list(range(1, len(trail) + 1))
    assert trail[0].previous == FIRST
    assert [one.previous for one in trail[1:]] == [one.hash for one in trail[:-1]]


def test_every_column_is_tried() -> None:
    assert {column for column, _, _ in CHANGES} == {column.name for column in TABLE.columns} - {"tenant_id"}


@pytest.mark.parametrize(("column", "value", "why"), CHANGES)
def test_a_change_of_any_column_is_found_at_its_entry(tamper: Tamper, column: str, value: Any, why: str) -> None:
    tamper(lambda pen: pen.change(4, **{column: value}))
    assert audit.verify() == (3, Fault(4, why))


def test_an_entry_with_a_hash_of_its_own_key_is_found(tamper: Tamper) -> None:
    """Who can write the table does not know the key: a hash made without it does not pass."""
    row = entries()[2]
    right, audit._KEYS["audit"] = audit._KEYS["audit"], b"guessed"
    row.reason = "otra"
    forged = row.expected_hash()
    audit._KEYS["audit"] = right
    db.session.rollback()
    tamper(lambda pen: pen.change(3, reason="otra", hash=forged))
    assert audit.verify() == (2, Fault(3, "changed"))


@pytest.mark.parametrize("number", [1, 3, ENTRIES])
def test_a_deleted_entry_is_missed(tamper: Tamper, number: int) -> None:
    tamper(lambda pen: pen.delete(number))
    assert audit.verify() == (number - 1, Fault(number, "head" if number == ENTRIES else "missing"))


def test_a_deleted_entry_is_missed_though_the_rest_is_numbered_anew(tamper: Tamper) -> None:
    def close_the_gap(pen: Pen) -> None:
        pen.delete(3)
        for number in range(4, ENTRIES + 1):
            pen.change(number, number=number - 1)

    tamper(close_the_gap)
    assert audit.verify() == (2, Fault(3, "order"))


def test_two_entries_that_changed_places_are_found(tamper: Tamper) -> None:
    def swap(pen: Pen) -> None:
        for number, other in ((2, 1000), (5, 2), (1000, 5)):
            pen.change(number, number=other)

    tamper(swap)
    assert audit.verify() == (1, Fault(2, "order"))


@pytest.mark.parametrize("change", [{"number": ENTRIES - 1}, {"hash": "0" * 64}])
def test_a_head_that_is_not_the_last_entry_is_found(trail: list[AuditEvent], change: dict[str, Any]) -> None:
    db.session.execute(update(AuditHead).values(change))
    db.session.commit()
    assert audit.verify() == (ENTRIES, Fault(ENTRIES + 1, "head"))


def test_entries_without_a_head_are_a_fault(trail: list[AuditEvent]) -> None:
    db.session.execute(delete(AuditHead))
    db.session.commit()
    assert audit.verify() == (ENTRIES, Fault(ENTRIES + 1, "head"))


def cut(tamper: Tamper, trail: list[AuditEvent], **seal: str) -> None:
    """The last two entries are gone, and the head is set back to the one before them."""
    last = trail[-3]
    number, last_hash = last.number, last.hash
    tamper(lambda pen: [pen.delete(one) for one in (ENTRIES, ENTRIES - 1)])
    db.session.execute(update(AuditHead).values(number=number, hash=last_hash, **seal))
    db.session.commit()


@pytest.mark.parametrize("seal", [{}, {"seal": ""}, {"seal": "1" * 64}])
def test_a_trail_that_is_cut_with_its_head_is_found_and_stays_found(
    tamper: Tamper, trail: list[AuditEvent], seal: dict[str, str]
) -> None:
    cut(tamper, trail, **seal)
    assert audit.verify() == (ENTRIES - 2, Fault(ENTRIES - 1, "head"))
    audit.record("read", "family")
    db.session.commit()
    assert audit.verify() == (ENTRIES - 1, Fault(ENTRIES, "head"))


@pytest.mark.parametrize("statement", [update(AuditEvent).values(reason="x"), delete(AuditEvent)])
def test_the_database_itself_only_adds(trail: list[AuditEvent], statement: Any) -> None:
    with pytest.raises(DBAPIError, match=r"only ever added|permission denied"):
        db.session.execute(statement)
    db.session.rollback()
    assert audit.verify() == (ENTRIES, None)


def test_each_ngo_has_a_chain_of_its_own(app: Flask, wasi: Ngo, semilla: Ngo) -> None:
    for ngo in (semilla, wasi, semilla):
        with app.app_context(), tenancy.acting_for(ngo.id):
            before = audit.verify()[0]
            audit.record("read", "family")
            db.session.commit()
            assert audit.verify() == (before + 1, None)


def test_a_write_is_noted_with_the_names_of_its_fields_and_no_value(world: World) -> None:
    family = world.family(story="Vende en el mercado.")
    family.caregivers[0].dni = "41234567"
    db.session.commit()
    last = next(one for one in entries() if one.action == "update")
    assert (last.subject_type, last.subject_id) == ("caregiver", family.caregivers[0].id)
    assert last.fields == ["dni_index", "dni_sealed"]
    assert not any(word in str(one.content()) for one in entries() for word in ("41234567", "mercado"))


def test_a_deletion_is_noted(world: World) -> None:
    family = world.family(children=2)
    gone = family.children[0].id
    db.session.delete(family.children[0])
    db.session.commit()
    assert ("delete", "child", gone) in {(one.action, one.subject_type, one.subject_id) for one in entries()}


def test_setting_what_is_there_already_is_no_change(world: World) -> None:
    family = world.family(story="Vende en el mercado.")
    count = len(entries())
    family.story, family.max_distance_km = "Vende en el mercado.", family.max_distance_km
    db.session.commit()
    assert len(entries()) == count


def test_what_is_rolled_back_leaves_no_entry(world: World) -> None:
    count = len(entries())
    db.session.add(Family(number=900, caseworker_id=world.worker.id))
    db.session.flush()
    audit.record("read", "family")
    db.session.rollback()
    db.session.commit()
    assert (len(entries()), audit.waiting()) == (count, [])


def test_entry_and_write_are_one_transaction(world: World) -> None:
    """A commit that fails after the entry was written takes the entry along."""
    count = len(entries())

    def fail(session: Any) -> None:
        assert len(entries()) == count + 1
        raise RuntimeError

    db.session.add(Family(number=901, caseworker_id=world.worker.id))
    event.listen(db.session(), "before_commit", fail)
    with pytest.raises(RuntimeError):
        db.session.commit()
    event.remove(db.session(), "before_commit", fail)
    db.session.rollback()
    assert len(entries()) == count
    assert db.session.scalars(select(Family).where(Family.number == 901)).first() is None


def test_the_author_is_who_acted_when_it_was_noted(world: World) -> None:
    with audit.acting_as(Author(world.supervisor.id, "Elena", "r-7")):
        audit.record("reveal", "child", "Cita médica")
    db.session.commit()
    last = entries()[-1]
    assert (last.author_id, last.author_name, last.request) == (world.supervisor.id, "Elena", "r-7")
    audit.record("read", "child")
    db.session.commit()
    assert (entries()[-1].author_id, entries()[-1].author_name) == (None, "sistema")


def test_a_reason_is_cut_to_what_the_table_holds(world: World) -> None:
    audit.record("reveal", "child", "ñ" * 900)
    db.session.commit()
    assert entries()[-1].reason == "ñ" * 500
    assert audit.verify()[1] is None


def test_who_writes_at_once_makes_one_chain(app: Flask, semilla: Ngo, trail: list[AuditEvent]) -> None:
    db.session.rollback()

    def write(number: int) -> None:
        with app.app_context(), tenancy.acting_for(semilla.id):
            audit.record("read", "family", str(number))
            db.session.commit()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(24)))
    assert audit.verify() == (ENTRIES + 24, None)
    assert {one.reason for one in entries()[ENTRIES:]} == {str(number) for number in range(24)}
