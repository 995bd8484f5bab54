"""What the trail can be narrowed by."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from portal import audit, clock
from portal.audit import AuditEvent, Author
from portal.clock import LIMA
from portal.extensions import db
from portal.queries import trail
from portal.queries.trail import SYSTEM, Wanted
from tests.portal.worlds import World

DAY = datetime(2026, 5, 4, 12, 0, tzinfo=LIMA)


def note(world: World, action: str, at: datetime, person: str = "caseworker") -> None:
    with clock.at(at), audit.acting_as(Author(world.ngo.people[person], person)):
        audit.record(action, "family")
        db.session.commit()


def numbers(wanted: Wanted) -> list[int]:
    return [row.number for row in trail.narrowed(db.session.query(AuditEvent), wanted)]



@pytest.fixture
def first(world: World) -> int:
    """The number of the first of four entries."""
    before = audit.verify()[0]
    note(world, "read", DAY.replace(hour=0, minute=0))
    note(world, "reveal", DAY.replace(hour=23, minute=59), "supervisor")
    note(world, "read", DAY + timedelta(days=1, hours=-12))  # midnight
    with clock.at(DAY + timedelta(days=2)):
        audit.record("read", "family")
        db.session.commit()
    return before + 1


def test_an_action_narrows(world: World, first: int) -> None:
    assert numbers(Wanted(action="reveal")) == [first + 1]
    assert numbers(Wanted(action="nothing")) == []


def test_a_person_narrows_and_so_does_the_portal_itself(world: World, first: int) -> None:
    assert numbers(Wanted(person=str(world.supervisor.id))) == [first + 1]
    assert first + 3 in numbers(Wanted(person=SYSTEM))
    assert first + 1 not in numbers(Wanted(person=SYSTEM))


@pytest.mark.parametrize("person", ["nonsense", str(UUID(int=7)), "' OR 1=1"])
def test_nobody_did_nothing(world: World, first: int, person: str) -> None:
    assert numbers(Wanted(person=person)) == []


def test_a_day_is_a_day_in_peru(world: World, first: int) -> None:
    day = DAY.date()
    assert numbers(Wanted(first=day, last=day)) == [first, first + 1]
    assert numbers(Wanted(first=day + timedelta(days=1), last=day + timedelta(days=1))) == [first + 2]


def test_the_count_of_all_is_the_number_of_the_last(world: World, first: int) -> None:
    query = db.session.query(AuditEvent)
    assert trail.counted(query, Wanted()).scalar() == first + 3 == query.count()


def test_entries_know_the_codes_of_what_they_are_about(world: World) -> None:
    family, provider = world.family(), world.provider()
    for row in (family, provider, "tenant_settings"):
        audit.record("read", row)
    db.session.commit()
    rows = db.session.query(AuditEvent).order_by(AuditEvent.number.desc()).limit(3).all()
    assert trail.codes(rows) == {family.id: family.code, provider.id: provider.code}
    assert trail.codes([]) == {}
