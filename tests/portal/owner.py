"""Whoever owns the database: its triggers and policies do not hold for them. The program never acts so."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from sqlalchemy import Connection, Table, create_engine, func, select
from sqlalchemy.pool import NullPool

from portal.extensions import db
from tests.ground import Ngo


@contextmanager
def past_the_triggers(app: Flask, ngo: Ngo, table: Table) -> Iterator[Connection]:
    """A connection that may change and delete rows of `table` though they are only ever added. Commits at its end."""
    db.session.commit()
    engine = create_engine(app.config["SETTINGS"].owner_database_url, poolclass=NullPool)
    with engine.begin() as connection:
        _disarm(connection, table)
        if engine.dialect.name == "postgresql":
            connection.execute(select(func.set_config("app.tenant_id", str(ngo.id), True)))
        yield connection
    db.session.expire_all()


def _disarm(connection: Connection, table: Table) -> None:
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"ALTER TABLE {table.name} DISABLE TRIGGER append_only")
        return
    for moment in ("update", "delete"):
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS append_only_{moment}_{table.name}")
