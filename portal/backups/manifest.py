"""What a backup says of itself: at its beginning what it is of, at its end what is in it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from portal.backups.archive import Member
from portal.backups.faults import BackupError

FORMAT = 1  # another number, another way to read it
BEGIN, MANIFEST = "begin.json", "manifest.json"


@dataclass(frozen=True)
class Beginning:
    """Which database, which schema, when (ISO instant), and the columns of each table, in the order of restoring."""

    kind: str  # sqlite | postgresql
    revision: str
    at: str
    tables: dict[str, list[str]]
    format: int = FORMAT

    def member(self) -> Member:
        return _member(BEGIN, asdict(self))

    @classmethod
    def read(cls, data: bytes) -> Beginning:
        """Raises BackupError for a format this program does not know."""
        found = _mapping(data)
        if found.get("format") != FORMAT:
            raise BackupError(f"the backup has format {found.get('format')}, this program reads {FORMAT}")
        return cls(**found)


@dataclass(frozen=True)
class Manifest:
    """Everything that is in it, to be compared with what came out."""

    files: dict[str, tuple[int, str]]  # path → (bytes, sha256)
    rows: dict[str, int]  # table → rows
    heads: dict[str, tuple[int, str]]  # NGO → (number, hash) of the last entry of its trail
    masters: list[str] = field(default_factory=list)  # ids of the master keys it needs; the keys are not in it
    missing: list[str] = field(default_factory=list)  # uploads a row names that were gone when it was made

    def member(self) -> Member:
        return _member(MANIFEST, asdict(self))

    @classmethod
    def read(cls, data: bytes) -> Manifest:
        found = _mapping(data)
        pairs = {name: {key: tuple(two) for key, two in found.pop(name).items()} for name in ("files", "heads")}
        return cls(**pairs, **found)

    def refuse_difference(self, files: Mapping[str, tuple[int, str]]) -> None:
        """Raise BackupError naming the first file that is not what was put in."""
        for name in sorted({*self.files, *files}):
            if self.files.get(name) != files.get(name):
                raise BackupError(f"{name} in the backup is not what was put in")


def _member(name: str, found: Mapping[str, Any]) -> Member:
    return Member.of(name, json.dumps(found, separators=(",", ":")).encode())


def _mapping(data: bytes) -> dict[str, Any]:
    try:
        return dict(json.loads(data))
    except (ValueError, TypeError):
        raise BackupError("what the backup says of itself cannot be read") from None
