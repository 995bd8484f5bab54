"""Restoring into an empty place: everything is put together and proven beside it, and only then put there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from alembic.script import ScriptDirectory
from alembic.util import CommandError

from portal import create_app
from portal.backups import places, postgresql, postgresql_target, sqlite
from portal.backups.faults import BackupError
from portal.backups.making import kind_of
from portal.backups.manifest import Beginning, Manifest
from portal.backups.places import Place
from portal.backups.proof import prove
from portal.backups.reading import Contents, read
from portal.backups.sealing import Key
from portal.config import MIGRATIONS, Settings
from portal.extensions import db


class Target(Protocol):
    """The database of the new place."""

    def begin(self, beginning: Beginning) -> None:
        """Make ready for what comes."""

    def put(self, name: str, chunks: Iterator[bytes]) -> None:
        """Take in one file of the backup's `database/`."""

    def check(self, beginning: Beginning, manifest: Manifest) -> None:
        """Compare with what was counted; bring the schema up to date."""

    def keep(self) -> None:
        """The last step: the database is in its place."""

    def undo(self) -> None:
        """Nothing of it stays."""


TARGETS = {sqlite.KIND: sqlite.Target, postgresql.KIND: postgresql_target.Target}
OCCUPIED = {sqlite.KIND: sqlite.refuse_occupied, postgresql.KIND: postgresql_target.refuse_occupied}


def restore(settings: Settings, path: Path, key: Key) -> Contents:
    """Make this empty place what was backed up. Raises BackupError, and leaves the place empty, when anything is not
    as it was."""
    kind = kind_of(settings)
    settings.instance.mkdir(parents=True, exist_ok=True)
    places.refuse_occupied(settings)
    OCCUPIED[kind](settings)
    with places.beside(settings) as place, _application(place, kind), _target(place, kind) as target:
        contents = read(path, key, lambda found: _begin(target, found, kind), lambda *file: _put(target, place, *file))
        target.check(contents.beginning, contents.manifest)
        prove(contents.manifest)
        db.session.remove()
        db.engine.dispose()
        with places.moved_in(place):
            target.keep()
    return contents


@contextmanager
def _application(place: Place, kind: str) -> Iterator[None]:
    """The portal at work on what is being put together."""
    database = f"sqlite:///{place.staging / sqlite.FILE}" if kind == sqlite.KIND else ""
    with create_app(place.staged(database)).app_context():
        try:
            yield
        finally:
            db.session.remove()
            db.engine.dispose()


@contextmanager
def _target(place: Place, kind: str) -> Iterator[Target]:
    target = TARGETS[kind](place)
    try:
        yield target
    except BaseException:
        db.session.remove()
        db.engine.dispose()
        target.undo()
        raise


def _begin(target: Target, beginning: Beginning, kind: str) -> None:
    """Refuse what this place cannot take, before anything is written."""
    if beginning.kind != kind:
        raise BackupError(f"the backup is of {beginning.kind}, and DATABASE_URL names {kind}")
    script = ScriptDirectory(MIGRATIONS)
    try:
        script.get_revision(beginning.revision)
    except CommandError:
        newest = script.get_current_head()
        why = f"its schema is {beginning.revision or 'unknown'}, the newest here is {newest}"
        raise BackupError(f"the backup is newer than this program ({why}): restore it with the newer one") from None
    target.begin(beginning)


def _put(target: Target, place: Place, name: str, chunks: Iterator[bytes]) -> None:
    if name.startswith("database/"):
        target.put(name, chunks)
    else:
        place.put(name, chunks)
