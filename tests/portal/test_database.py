"""The embedded database: durable, with its keys on, and one writer at a time who is never refused for having read."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from portal import database
from portal.database import reading, take_stock, writing


@pytest.fixture
def engine(app: Flask, tmp_path: Path) -> Iterator[Engine]:
    """A database of its own, opened as the portal opens its own."""
    found = create_engine(f"sqlite:///{tmp_path / 'own.db'}", poolclass=NullPool)
    with found.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE parent (id INTEGER PRIMARY KEY)")
        connection.exec_driver_sql("CREATE TABLE child (parent INTEGER REFERENCES parent (id))")
        connection.exec_driver_sql("CREATE TABLE counter (n INTEGER)")
        connection.exec_driver_sql("INSERT INTO counter VALUES (0)")
    return found


@pytest.mark.parametrize(("pragma", "value"), [
    ("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("busy_timeout", 15000), ("secure_delete", 1),
])
def test_it_is_opened_durable_and_strict(engine: Engine, pragma: str, value: object) -> None:
    assert any(one.startswith(f"{pragma}=") for one in database.PRAGMAS)
    with engine.connect() as connection:
        assert connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() == value


def test_a_reference_to_nothing_is_refused(engine: Engine) -> None:
    with engine.connect() as connection, pytest.raises(Exception, match="FOREIGN KEY"):
        connection.exec_driver_sql("INSERT INTO child VALUES (7)")


def test_who_reads_first_and_writes_later_is_not_refused(engine: Engine) -> None:
    """Each reads the counter and writes one more: none is lost, and none meets a locked database."""
    start = threading.Barrier(6)

    def count(_: int) -> None:
        start.wait()
        with engine.begin() as connection:
            seen = connection.exec_driver_sql("SELECT n FROM counter").scalar() or 0
            connection.exec_driver_sql("UPDATE counter SET n = ?", (seen + 1,))

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(count, range(6)))
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT n FROM counter").scalar() == 6


def test_readers_do_not_wait_for_the_writer(engine: Engine) -> None:
    with engine.begin() as writer:
        writer.exec_driver_sql("UPDATE counter SET n = 9")
        with reading(), engine.connect() as reader:
            assert reader.exec_driver_sql("SELECT n FROM counter").scalar() == 0


def test_inside_reading_one_may_write_again(engine: Engine) -> None:
    begun: list[bool] = []
    with reading():
        begun.append(database._writing.get())
        with writing():
            begun.append(database._writing.get())
            with engine.begin() as connection:
                connection.exec_driver_sql("UPDATE counter SET n = 1")
        begun.append(database._writing.get())
    assert [*begun, database._writing.get()] == [False, True, False, True]


def test_stock_is_taken_of_what_is_there(engine: Engine) -> None:
    with reading():
        take_stock(engine)
    with engine.connect() as connection:
        found = connection.exec_driver_sql("SELECT tbl, stat FROM sqlite_stat1").all()
    assert ("counter", "1") in [tuple(row) for row in found]


def test_a_file_that_is_only_read_is_away_for_a_write(engine: Engine) -> None:
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA query_only=ON")
        with pytest.raises(DBAPIError) as caught:
            connection.exec_driver_sql("INSERT INTO counter VALUES (1)")
    assert database.is_read_only(caught.value)
    assert database.is_away(caught.value)


def test_a_statement_that_the_file_does_not_understand_is_no_absence(engine: Engine) -> None:
    with engine.connect() as connection, pytest.raises(DBAPIError) as caught:
        connection.exec_driver_sql("SELECT nothing FROM counter")
    assert not database.is_away(caught.value)
