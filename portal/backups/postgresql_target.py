"""Where a backup of PostgreSQL goes: a database without rows, migrated to the backup's schema, filled by COPY."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, suppress

import psycopg
from flask_migrate import downgrade, upgrade
from psycopg import sql
from sqlalchemy import Connection, func, inspect, select, table
from sqlalchemy.exc import SQLAlchemyError

from portal.backups import facts, postgresql
from portal.backups.facts import REVISION, Facts
from portal.backups.faults import BackupError
from portal.backups.manifest import Beginning, Manifest
from portal.backups.places import Place
from portal.config import MIGRATIONS, Settings

OCCUPIED = "the database of DATABASE_URL is not empty: a backup is restored into an empty place only"


def refuse_occupied(settings: Settings) -> None:
    """Raise BackupError where any table has a row. A schema without rows, as migrations leave it, is empty."""
    with postgresql.opened(settings) as connection:
        names = set(facts.tables(connection))
        if names and not facts.revision(connection):
            raise BackupError(OCCUPIED)
        for name in names - postgresql.narrowed_tables(connection):  # every other row hangs on a row of one of these
            if connection.scalar(select(func.count()).select_from(table(name))):
                raise BackupError(OCCUPIED)


class Target:
    """The database being filled: in one transaction, which is committed when everything was proven to be there."""

    def __init__(self, place: Place) -> None:
        self._settings = place.settings
        self._filling = ExitStack()
        self._copy = ExitStack()
        self._connection: Connection | None = None
        self._name = ""
        self._columns: dict[str, list[str]] = {}

    def begin(self, beginning: Beginning) -> None:
        """An empty schema of the backup's revision, open to its owner for as long as the transaction lasts."""
        self._clear()
        upgrade(MIGRATIONS, beginning.revision)
        self._connection = self._filling.enter_context(postgresql.opened(self._settings))
        self._columns = facts.tables(self._connection)
        if self._columns != beginning.tables:
            raise BackupError("the tables of the backup are not those its revision makes")
        self._narrow("NO FORCE")

    def put(self, name: str, chunks: Iterator[bytes]) -> None:
        """One more block of a table's rows."""
        table_name = name.split("/")[1]
        if table_name not in self._columns:
            raise BackupError(f"the backup holds {name}, which no backup of this kind does")
        if table_name != self._name:
            self._begin_table(table_name)
        for chunk in chunks:
            self._rows.write(chunk)

    def check(self, beginning: Beginning, manifest: Manifest) -> None:
        """Are the rows those that were counted? Then commit them and bring the schema up to date."""
        self._copy.close()
        found = Facts()
        found.add(self._connection, list(beginning.tables))
        found.refuse_difference(manifest.rows)
        self._narrow("FORCE")
        self._connection.commit()
        self._filling.close()
        upgrade(MIGRATIONS)

    def keep(self) -> None:
        """It is in its place already."""

    def undo(self) -> None:
        """No row and no table stays."""
        undone = BackupError("undone")
        for stack in (self._copy, self._filling):
            with suppress(psycopg.Error, SQLAlchemyError):  # the transaction is lost with its connection anyway
                stack.__exit__(BackupError, undone, None)
        self._empty()
        self._clear()

    def _begin_table(self, name: str) -> None:
        self._copy.close()
        statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
            sql.Identifier(name), sql.SQL(", ").join(map(sql.Identifier, self._columns[name]))
        )
        cursor = self._copy.enter_context(self._connection.connection.driver_connection.cursor())
        self._rows = self._copy.enter_context(cursor.copy(statement))
        self._name = name

    def _narrow(self, how: str) -> None:
        """Let row-level security hold for the owner, or not."""
        for name in sorted(postgresql.narrowed_tables(self._connection)):
            quoted = self._connection.dialect.identifier_preparer.quote(name)
            self._connection.exec_driver_sql(f"ALTER TABLE {quoted} {how} ROW LEVEL SECURITY")

    def _empty(self) -> None:
        """Take away rows that were committed: the way down would read them, under keys that may not be there."""
        with postgresql.opened(self._settings) as connection:
            names = ", ".join(map(connection.dialect.identifier_preparer.quote, facts.tables(connection)))
            if names:
                connection.exec_driver_sql(f"TRUNCATE {names}")
                connection.commit()

    def _clear(self) -> None:
        """Take away the schema, which holds no row."""
        with postgresql.opened(self._settings) as connection:
            is_there = inspect(connection).has_table(REVISION)
        if is_there:
            downgrade(MIGRATIONS, "base")
            with postgresql.opened(self._settings) as connection:
                connection.exec_driver_sql(f"DROP TABLE IF EXISTS {REVISION}")
                connection.commit()
