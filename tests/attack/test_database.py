"""I44, I45, I48, I49: what the database refuses by itself, with nothing of the program in between."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import Connection, ForeignKeyConstraint, Table, delete, insert, inspect, select, text, update
from sqlalchemy.exc import DBAPIError

from migrations import isolation
from portal import tenancy
from portal.config import MIGRATIONS
from portal.extensions import db
from tests.attack import canary, rows
from tests.ground import Ngo

POLICIES = text("SELECT tablename, policyname FROM pg_policies")
FORCED = text("SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity")
TRIGGERS = text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
MOMENTS = ("insert", "update", "delete")


def _raw() -> Connection:
    """The connection beneath the session: nothing of the session's listeners is asked."""
    return db.session.connection()


def _is_postgresql() -> bool:
    return db.engine.dialect.name == "postgresql"


def test_i49_each_table_is_protected_in_the_migrated_database(at_work: Ngo) -> None:
    names = {table.name for table in rows.tables()}
    assert {"family", "audit_event", "text_vector"} <= names
    if _is_postgresql():
        assert names == {name for name, policy in _raw().execute(POLICIES) if policy == "tenant"}
        assert names == set(_raw().execute(FORCED).scalars())
        assert {name for name, policy in _raw().execute(POLICIES) if policy != "tenant"} == {"membership"}
    else:
        assert {f"tenant_{moment}_{name}" for name in names for moment in MOMENTS} == {
            name for name in _raw().execute(TRIGGERS).scalars() if name.startswith("tenant_")
        }


def test_i49_the_migrations_name_each_table() -> None:
    named: set[str] = set()
    for step in ScriptDirectory(MIGRATIONS).walk_revisions():
        if getattr(step.module, "isolation", None) is isolation:
            named |= set(step.module.TABLES)
    assert named == {table.name for table in rows.tables()}


def test_i48_each_reference_between_tables_of_an_ngo_carries_the_ngo(at_work: Ngo) -> None:
    found = inspect(_raw())
    own = {table.name for table in rows.tables()}
    keys = [(name, key) for name in own for key in found.get_foreign_keys(name) if key["referred_table"] in own]
    assert len(keys) == sum(len(rows.links(table)) for table in rows.tables()) > 40
    for name, key in keys:
        assert "tenant_id" in key["constrained_columns"], (name, key)
        assert dict(zip(key["constrained_columns"], key["referred_columns"], strict=True))["tenant_id"] == "tenant_id"


def test_i48_no_row_refers_to_a_row_of_the_other_ngo(
    filled: None, at_work: Ngo, wasi: Ngo, victim: dict[str, list[UUID]]
) -> None:
    for table, key in (link for one in rows.tables() for link in rows.links(one)):
        ours = update(table).where(table.c.tenant_id == at_work.id)
        there = _foreign(victim, wasi, key)
        assert not _succeeds(ours.values(there)), (table.name, there)
        assert _succeeds(ours.values({name: rows.reference(key, at_work)[name] for name in there})), table.name


def _foreign(victim: dict[str, list[UUID]], wasi: Ngo, key: ForeignKeyConstraint) -> dict[str, UUID]:
    """The column of a reference, with what it would be in the other NGO."""
    columns = {element.parent.name: element.column for element in key.elements}
    return {
        name: wasi.people["caseworker"] if column.name == "user_id" else victim[column.table.name][0]
        for name, column in columns.items() if name != "tenant_id"
    }


def _succeeds(statement: Any) -> bool:
    """Is a statement let through? It is taken back in any case; any refusal but one about the tenant is an error."""
    point = _raw().begin_nested()
    try:
        _raw().execute(statement)
    except DBAPIError as error:
        rows.expect_refusal(error)
        return False
    finally:
        point.rollback()
    return True


@pytest.mark.parametrize("who", ["other", "nobody"])
def test_i45_raw_sql_writes_no_row_of_the_other_ngo(
    app: Flask, semilla: Ngo, wasi: Ngo, victim: dict[str, list[UUID]], who: str
) -> None:
    made = _rows_of(app, wasi)
    before = canary.seen_by(app, wasi)
    with app.app_context():
        if who == "nobody":
            _attack(made)
        else:
            with tenancy.acting_for(semilla.id):
                _attack(made)
    assert canary.seen_by(app, wasi) == before


def _rows_of(app: Flask, wasi: Ngo) -> list[tuple[Table, dict[str, Any]]]:
    with app.app_context(), tenancy.acting_for(wasi.id):
        return [(table, rows.values(table, wasi)) for table in rows.tables()]


def _attack(made: list[tuple[Table, dict[str, Any]]]) -> None:
    for table, row in made:
        assert not _succeeds(insert(table).values(row)), table.name
        theirs = table.c.tenant_id == row["tenant_id"]
        for statement in (update(table).where(theirs).values(id=row["id"]), delete(table).where(theirs)):
            assert not _touches(statement), (table.name, str(statement))


def _touches(statement: Any) -> bool:
    """Does a statement reach rows? PostgreSQL shows it none; SQLite refuses the first one."""
    point = _raw().begin_nested()
    try:
        return _raw().execute(statement).rowcount > 0
    except DBAPIError as error:
        rows.expect_refusal(error)
        return False
    finally:
        point.rollback()


def test_i45_no_row_is_given_away_or_taken(filled: None, at_work: Ngo, wasi: Ngo) -> None:
    for table in rows.tables():
        give = update(table).where(table.c.tenant_id == at_work.id).values(tenant_id=wasi.id)
        assert not _touches(give), table.name


def test_i44_raw_sql_reads_nothing_without_the_ngo(
    app: Flask, wasi: Ngo, victim: dict[str, list[UUID]]
) -> None:
    """SQLite has no policies for reading: there the session's refusal of raw SQL stands alone (test_statements)."""
    with app.app_context():
        for table in rows.tables():
            theirs = select(table.c.id).where(table.c.tenant_id == wasi.id)
            assert len(_raw().execute(theirs).all()) == (0 if _is_postgresql() else len(victim[table.name])), table.name


def test_i44_raw_sql_reads_nothing_of_the_other_ngo(at_work: Ngo, wasi: Ngo, victim: dict[str, list[UUID]]) -> None:
    for table in rows.tables():
        theirs = select(table.c.id).where(table.c.tenant_id == wasi.id)
        assert len(_raw().execute(theirs).all()) == (0 if _is_postgresql() else len(victim[table.name])), table.name
