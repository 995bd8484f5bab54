"""Reading a backup from its beginning to its end, and comparing what comes out with what it says of itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from portal.backups.archive import Account, members
from portal.backups.faults import BackupError
from portal.backups.manifest import BEGIN, MANIFEST, Beginning, Manifest
from portal.backups.sealing import Key, opened

Begin = Callable[[Beginning], None]
Put = Callable[[str, Iterator[bytes]], None]


@dataclass(frozen=True)
class Contents:
    """What a backup turned out to hold, once all of it was read and found whole."""

    beginning: Beginning
    manifest: Manifest


def read(path: Path, key: Key, begin: Begin = lambda beginning: None, put: Put = lambda name, chunks: None) -> Contents:
    """Give each file to `put`, after the beginning to `begin`. Raises BackupError unless everything is as it was."""
    account, told = Account(), {}
    with opened(path, key) as stream:
        for name, chunks in members(stream, account):
            if not told and name != BEGIN:
                raise BackupError("the backup does not begin as a backup does")
            if name in (BEGIN, MANIFEST):
                told[name] = b"".join(chunks)
                if name == BEGIN:
                    begin(Beginning.read(told[BEGIN]))
            else:
                put(name, chunks)
    return _compared(account, told)


def _compared(account: Account, told: dict[str, bytes]) -> Contents:
    if MANIFEST not in told:
        raise BackupError("the backup is cut off: it has no manifest")
    manifest = Manifest.read(told[MANIFEST])
    account.files.pop(MANIFEST)
    manifest.refuse_difference(account.files)
    return Contents(Beginning.read(told[BEGIN]), manifest)
