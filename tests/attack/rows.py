"""A row in every table of an NGO, made from the tables themselves: a table that is added is filled too."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Column, ForeignKeyConstraint, String, Table, TypeDecorator, select
from sqlalchemy.exc import DBAPIError

from portal import tenancy
from portal.extensions import db
from tests.ground import Ngo

RAW = {"raw": "the attack tests look past the session"}
REFUSED = (
    "row of another tenant", "row-level security", "FOREIGN KEY", "foreign key", "permission denied", "only ever added",
)
PLAIN: dict[type, Any] = {
    int: 0, bool: False, float: 0.0, bytes: b"x", object: {}, date: date(2026, 1, 1),
    datetime: datetime(2026, 1, 1, tzinfo=UTC),
}


def tables() -> list[Table]:
    """Every table of a tenant, each after those it refers to."""
    own = {cls.__tablename__ for cls in tenancy.tenant_classes()}
    return [table for table in db.metadata.sorted_tables if table.name in own]


def links(table: Table) -> list[tuple[Table, ForeignKeyConstraint]]:
    """The references of a table to tables of the same NGO."""
    own = {one.name for one in tables()}
    return [(table, key) for key in table.foreign_key_constraints if key.referred_table.name in own]


def values(table: Table, ngo: Ngo) -> dict[str, Any]:
    """A new row that fits a table: each reference names a row of the NGO, which is at work."""
    filled = {one.name: _value(one, ngo) for one in table.columns if not one.nullable}
    for _, key in links(table):
        filled |= reference(key, ngo)
    return filled | {"id": uuid4(), "tenant_id": ngo.id}


def reference(key: ForeignKeyConstraint, ngo: Ngo) -> dict[str, Any]:
    """What a reference to the newest row of the NGO says."""
    wanted = [element.column for element in key.elements]
    row = db.session.execute(
        select(*wanted).where(key.referred_table.c.tenant_id == ngo.id).limit(1), execution_options=RAW
    ).one()
    return dict(zip((element.parent.name for element in key.elements), row, strict=True))


def fingerprint(ngo: Ngo) -> dict[str, str]:
    """What an NGO, which is at work, holds in each table, the trail included."""
    return {table.name: _hash(_all(table, ngo)) for table in tables()}


def ids(ngo: Ngo) -> dict[str, list[UUID]]:
    """The ids of every row of an NGO, which is at work, by table."""
    return {table.name: [row.id for row in _all(table, ngo)] for table in tables()}


def expect_refusal(error: DBAPIError) -> None:
    """Did the database refuse for the reason we are after? Any other error is a fault of the test."""
    if not any(reason in str(error.orig) for reason in REFUSED):
        raise error


def _all(table: Table, ngo: Ngo) -> list[Any]:
    found = select(table).where(table.c.tenant_id == ngo.id).order_by(table.c.id)
    return list(db.session.execute(found, execution_options=RAW))


def _hash(rows: list[Any]) -> str:
    return hashlib.sha256(repr(rows).encode()).hexdigest()


def _value(column: Column[Any], ngo: Ngo) -> Any:
    if any(key.column.table.name == "user_account" for key in column.foreign_keys):
        return ngo.people["caseworker"]
    if isinstance(column.type, String):
        return ngo.id.hex[: column.type.length]  # a token's hash is the only one on the platform
    plain = column.type.impl_instance if isinstance(column.type, TypeDecorator) else column.type
    kind = plain.python_type
    return uuid4() if kind is UUID else PLAIN[kind]
