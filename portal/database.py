"""How the embedded database is opened: durable, many readers, one writer at a time, foreign keys on."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

READ_ONLY = "25006"  # SQLSTATE read_only_sql_transaction
TOLD = ("in_hot_standby", "default_transaction_read_only")  # what PostgreSQL reports by itself, and when it changes
_writing: ContextVar[bool] = ContextVar("writing", default=True)

PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=15000", "secure_delete=ON")


@contextmanager
def reading() -> Iterator[None]:
    """Transactions begun inside take no write lock.

    Outside, SQLite begins with the lock: a transaction that reads first and writes later would otherwise be refused
    when another writer came between ("database is locked").
    """
    token = _writing.set(False)
    try:
        yield
    finally:
        _writing.reset(token)


@contextmanager
def writing() -> Iterator[None]:
    """Back to transactions that take the write lock, inside `reading`."""
    token = _writing.set(True)
    try:
        yield
    finally:
        _writing.reset(token)


def is_away(error: BaseException | None) -> bool:
    """Did the database not answer: stopped, starting, out of connections, locked for too long? Or does it only read?"""
    if isinstance(error, PoolTimeoutError) or is_read_only(error):
        return True
    if not isinstance(error, DBAPIError) or is_wrong(error):
        return False
    return isinstance(error, OperationalError | InterfaceError) or error.connection_invalidated


def is_read_only(error: BaseException | None) -> bool:
    """Did the database refuse to write anything at all, as a replica that nobody promoted does?"""
    orig = error.orig if isinstance(error, DBAPIError) else None
    code = getattr(orig, "sqlite_errorcode", None) or 0
    return getattr(orig, "sqlstate", None) == READ_ONLY or code & 0xFF == sqlite3.SQLITE_READONLY


def only_reads(connection: Connection) -> bool:
    """Would a write on this connection be refused? PostgreSQL says so with any answer: nothing is asked for it.

    Of a file nobody knows before it is written.
    """
    told = getattr(connection.connection.driver_connection, "info", None)
    return told is not None and any(told.parameter_status(name) == "on" for name in TOLD)


def is_wrong(error: DBAPIError) -> bool:
    """Did SQLite not understand the statement, say for a table that is not there? It names that as it names a lock."""
    return getattr(error.orig, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR


def take_stock(engine: Engine) -> None:
    """Let SQLite count what is in its tables: it chooses its indexes by that. PostgreSQL does so by itself.

    All is counted, half a second for 400 MB: from a sample (`analysis_limit`) it chose worse, measured on My day.
    """
    if engine.dialect.name != "sqlite":
        return
    with writing(), engine.begin() as connection:
        connection.exec_driver_sql("ANALYZE")


def _open(connection: Any, _: Any) -> None:
    if not hasattr(connection, "create_function"):  # not SQLite
        return
    connection.isolation_level = None  # the driver begins no transaction by itself: `_begin` does
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Any) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE" if _writing.get() else "BEGIN")


def init_app(_: Any) -> None:
    """Listen on every engine. Listening twice is harmless."""
    if not event.contains(Engine, "connect", _open):
        event.listen(Engine, "connect", _open)
        event.listen(Engine, "begin", _begin)
