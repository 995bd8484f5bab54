"""The embedded database: copied whole by SQLite's own online backup, in one step, while others read and write."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from flask_migrate import upgrade
from sqlalchemy import Connection, create_engine, make_url
from sqlalchemy.pool import NullPool

from portal import database
from portal.backups import facts
from portal.backups.archive import CHUNK, Member
from portal.backups.facts import Facts
from portal.backups.faults import BackupError
from portal.backups.manifest import Beginning, Manifest
from portal.backups.places import Place
from portal.backups.snapshot import Snapshot
from portal.config import MIGRATIONS, Settings

KIND, FILE = "sqlite", "ayni.db"
MEMBER = f"database/{FILE}"


def file_of(settings: Settings) -> Path:
    """Where the embedded database is."""
    return Path(make_url(settings.database_url).database or "")


@contextmanager
def snapshot(settings: Settings) -> Iterator[Snapshot]:
    """A copy beside the database, gone again afterwards. Writers are not held up: SQLite keeps their pages apart."""
    original = file_of(settings)
    if not original.is_file():
        raise BackupError(f"{original} does not exist")
    with tempfile.TemporaryDirectory(prefix="backup-", dir=settings.instance) as folder:
        copy = Path(folder) / FILE
        with closing(sqlite3.connect(original)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)
        with opened(copy) as connection:
            found = Facts()
            columns = facts.tables(connection)
            found.add(connection, list(columns))
            about = Snapshot(KIND, facts.revision(connection), columns, found, lambda: _member(copy))
        yield about


@contextmanager
def opened(path: Path) -> Iterator[Connection]:
    """A connection that only reads."""
    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool)
    with database.reading(), engine.connect() as connection:
        yield connection


def _member(path: Path) -> Iterator[Member]:
    with path.open("rb") as file:
        yield Member(MEMBER, path.stat().st_size, iter(lambda: file.read(CHUNK), b""))


class Target:
    """The file a backup's database is written to, beside the place, until all is proven."""

    def __init__(self, place: Place) -> None:
        self._place, self._file = place, place.staging / FILE

    def begin(self, beginning: Beginning) -> None:
        """The file needs no preparation."""

    def put(self, name: str, chunks: Iterator[bytes]) -> None:
        """Write the database's file."""
        if name != MEMBER:
            raise BackupError(f"the backup holds {name}, which no backup of this kind does")
        with self._file.open("wb") as file:
            for chunk in chunks:
                file.write(chunk)

    def check(self, beginning: Beginning, manifest: Manifest) -> None:
        """Is it whole, and does it hold what was counted? Then bring its schema up to date."""
        if not self._file.is_file():
            raise BackupError("the backup holds no database")
        with opened(self._file) as connection:
            for pragma in ("integrity_check", "foreign_key_check"):
                wrong = [row[0] for row in connection.exec_driver_sql(f"PRAGMA {pragma}") if row[0] != "ok"]
                if wrong:
                    raise BackupError(f"the restored database is not whole ({pragma}: {wrong[0]})")
            found = Facts()
            found.add(connection, list(beginning.tables))
            if facts.revision(connection) != beginning.revision:
                raise BackupError("the restored database has another schema than the backup says")
        found.refuse_difference(manifest.rows)
        upgrade(MIGRATIONS)

    def keep(self) -> None:
        """Put it in its place: the last step of a restore."""
        with closing(sqlite3.connect(self._file)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        with self._file.open("rb") as file:
            os.fsync(file.fileno())
        self._file.chmod(0o600)
        self._file.replace(file_of(self._place.settings))

    def undo(self) -> None:
        """The folder it is in goes by itself."""


def refuse_occupied(settings: Settings) -> None:
    """Raise BackupError where a database is already."""
    if file_of(settings).exists():
        raise BackupError(f"{file_of(settings)} is there already: a backup is restored into an empty place only")
