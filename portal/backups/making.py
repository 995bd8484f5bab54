"""Making a backup while people write: the snapshot of the database first, then the files its rows name."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from ml import tables
from portal import clock
from portal.backups import contents, postgresql, sqlite
from portal.backups.archive import END, Account, packed
from portal.backups.faults import BackupError
from portal.backups.manifest import Beginning, Manifest
from portal.backups.sealing import Lock, seal
from portal.backups.snapshot import Snapshot
from portal.config import Settings

SNAPSHOTS = {sqlite.KIND: sqlite.snapshot, postgresql.KIND: postgresql.snapshot}
NOTE = "backup.json"  # in the instance folder: when the last backup was made, and how large it is


@dataclass(frozen=True)
class Made:
    """A finished backup."""

    path: Path
    bytes: int
    manifest: Manifest


def kind_of(settings: Settings) -> str:
    """sqlite or postgresql; BackupError for another database."""
    kind = settings.owner_database_url.partition(":")[0].partition("+")[0]
    if kind not in SNAPSHOTS:
        raise BackupError(f"a database of the kind {kind!r} cannot be backed up")
    return kind


def make(settings: Settings, path: Path) -> Made:
    """Write the backup to `path`, whole or not at all. Raises BackupError, OSError, SQLAlchemyError."""
    lock = Lock(settings.backup_recipients, settings.backup_passphrase)
    part = path.with_name(f"{path.name}.part")
    contents_of: list[Manifest] = []
    try:
        with SNAPSHOTS[kind_of(settings)](settings) as snapshot, part.open("wb") as file:
            part.chmod(0o600)
            with closing(_plain(settings, snapshot, contents_of)) as plain:
                seal(plain, file, lock)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    _settle(path.parent)
    made = Made(path, path.stat().st_size, contents_of[0])
    _note(settings, made)
    return made


def _plain(settings: Settings, snapshot: Snapshot, told: list[Manifest]) -> Iterator[bytes]:
    """The tar; what the manifest says is added to `told`."""
    account = Account()
    now = clock.now().isoformat(timespec="seconds")
    beginning = Beginning(snapshot.kind, snapshot.revision, now, snapshot.tables)
    yield from packed(beginning.member(), account)
    for members in (snapshot.members(), contents.models(settings.instance), contents.uploads(settings.instance)):
        for member in members:
            yield from packed(member, account)
    manifest = _manifest(snapshot, account)
    told.append(manifest)
    yield from packed(manifest.member(), Account())
    yield END


def _manifest(snapshot: Snapshot, account: Account) -> Manifest:
    found = snapshot.facts
    there = {name.removeprefix("uploads/") for name in account.files if name.startswith("uploads/")}
    return Manifest(
        dict(account.files), found.rows, found.heads, sorted(found.masters), sorted(found.documents - there)
    )


def _settle(folder: Path) -> None:
    """The new name is on the disk as well."""
    with suppress(OSError):  # not every file system knows it
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _note(settings: Settings, made: Made) -> None:
    with tables.whole(settings.instance / NOTE) as file:
        json.dump({"at": clock.now().isoformat(timespec="seconds"), "bytes": made.bytes}, file)
