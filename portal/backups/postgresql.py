"""PostgreSQL: every table by COPY, as the owner, in one REPEATABLE READ transaction.

pg_dump is not used: it refuses to read through row-level security, which holds for the owner too, and would have to be
of the server's version. A table of the tenants is therefore copied NGO by NGO, all of them in the same snapshot.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from psycopg import sql
from sqlalchemy import Connection, column, create_engine, func, select, table
from sqlalchemy.pool import NullPool

from portal.backups import facts
from portal.backups.archive import CHUNK, Member
from portal.backups.facts import Facts
from portal.backups.faults import BackupError
from portal.backups.snapshot import Snapshot
from portal.config import Settings

KIND = "postgresql"
NARROWED = "SELECT relname FROM pg_class WHERE relrowsecurity AND relnamespace = current_schema()::regnamespace"


@contextmanager
def opened(settings: Settings, isolation: str = "READ COMMITTED") -> Iterator[Connection]:
    """A connection of the owner, in one transaction that ends with it."""
    engine = create_engine(
        settings.owner_database_url, poolclass=NullPool, isolation_level=isolation, hide_parameters=True
    )
    with engine.connect() as connection:
        yield connection


@contextmanager
def snapshot(settings: Settings) -> Iterator[Snapshot]:
    """One moment, held open while it is copied. Nobody waits for it."""
    with opened(settings, "REPEATABLE READ") as connection:
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")
        columns, narrowed = facts.tables(connection), narrowed_tables(connection)
        refuse_nobodys(columns, narrowed)
        found = Facts(dict.fromkeys(columns, 0))  # without any NGO nobody is asked for the narrowed ones
        found.add(connection, [name for name in columns if name not in narrowed])
        for _ in each_tenant(connection):
            found.add(connection, [name for name in columns if name in narrowed])
        yield Snapshot(
            KIND, facts.revision(connection), columns, found, lambda: _members(connection, columns, narrowed)
        )


def narrowed_tables(connection: Connection) -> set[str]:
    """The tables under row-level security."""
    return set(connection.exec_driver_sql(NARROWED).scalars())


def refuse_nobodys(columns: dict[str, list[str]], narrowed: set[str]) -> None:
    """Raise BackupError for a table whose rows nobody could be asked for: narrowed, and of no tenant."""
    for name in sorted(narrowed & set(columns)):
        if "tenant_id" not in columns[name]:
            raise BackupError(f"the table {name} is narrowed by something else than its NGO: it cannot be copied")


def each_tenant(connection: Connection) -> Iterator[None]:
    """See the rows of each NGO in turn."""
    for tenant in connection.scalars(select(column("id")).select_from(table("tenant"))).all():
        connection.execute(select(func.set_config("app.tenant_id", str(tenant), True)))
        yield
    connection.execute(select(func.set_config("app.tenant_id", "", True)))


def _members(connection: Connection, columns: dict[str, list[str]], narrowed: set[str]) -> Iterator[Member]:
    """`database/<table>/<number>`: rows as COPY writes them, in blocks of about a megabyte."""
    for name, names in columns.items():
        number = 0
        for _ in each_tenant(connection) if name in narrowed else (None,):
            for block in _blocks(connection, name, names):
                yield Member.of(f"database/{name}/{number:08d}", block)
                number += 1


def _blocks(connection: Connection, name: str, columns: list[str]) -> Iterator[bytes]:
    statement = sql.SQL("COPY (SELECT {} FROM {}) TO STDOUT").format(
        sql.SQL(", ").join(map(sql.Identifier, columns)), sql.Identifier(name)
    )
    waiting = bytearray()
    with connection.connection.driver_connection.cursor() as cursor, cursor.copy(statement) as rows:
        for row in rows:
            waiting += row
            if len(waiting) >= CHUNK:
                yield bytes(waiting)
                waiting.clear()
    if waiting:
        yield bytes(waiting)
