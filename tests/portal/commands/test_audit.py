"""`manage.py audit verify`: says of each NGO whether its trail holds, and where the first fault is."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import update

from portal import tenancy
from portal.audit import AuditEvent
from tests.ground import Ngo
from tests.portal.commands.conftest import Manage
from tests.portal.owner import past_the_triggers

TABLE = AuditEvent.__table__


def tamper(app: Flask, ngo: Ngo, number: int) -> None:
    """Change one byte of the reason of an entry."""
    with app.app_context(), tenancy.acting_for(ngo.id), past_the_triggers(app, ngo, TABLE) as database:
        entry = (TABLE.c.tenant_id == ngo.id) & (TABLE.c.number == number)
        database.execute(update(TABLE).where(entry).values(reason=" "))


def test_a_trail_that_holds(manage: Manage) -> None:
    done = manage("audit", "verify")
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.splitlines() == ["semilla: 3 entries hold", "wasi: 3 entries hold"]


def test_one_changed_byte_is_told_with_its_ngo_and_its_entry(app: Flask, wasi: Ngo, manage: Manage) -> None:
    tamper(app, wasi, 2)
    done = manage("audit", "verify")
    assert done.exit_code == 1
    assert done.stdout.splitlines() == ["semilla: 3 entries hold"]
    assert done.stderr.splitlines() == ["wasi: entry 2 does not hold (changed); 1 before it do"]


def test_one_ngo_can_be_asked_alone(app: Flask, wasi: Ngo, manage: Manage) -> None:
    tamper(app, wasi, 1)
    assert manage("audit", "verify", "--tenant", "semilla").exit_code == 0
    assert manage("audit", "verify", "--tenant", "wasi").exit_code == 1


def test_an_unknown_ngo_is_wrong_usage_and_those_there_are_are_named(manage: Manage) -> None:
    done = manage("audit", "verify", "--tenant", "nobody")
    assert done.exit_code == 2
    assert "semilla, wasi" in done.stderr


def test_with_another_key_nothing_verifies(manage: Manage) -> None:
    done = manage("audit", "verify", AUDIT_KEY="x" * 40)
    assert done.exit_code == 1
    assert done.stderr.count("entry 1 does not hold (changed)") == 2
