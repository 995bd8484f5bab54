"""What is on the disk beside the database: uploads as they lie there, sealed, and the versions of the score."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from ml.learn.registry import POINTER
from portal.backups.archive import CHUNK, Member


def models(instance: Path) -> Iterator[Member]:
    """The pointer to the promoted version first: the version it names is whole by then."""
    folder = instance / "models"
    paths = [folder / POINTER, *(path for path in _files(folder) if path != folder / POINTER)]
    return _members(instance, [path for path in paths if path.is_file()])


def uploads(instance: Path) -> Iterator[Member]:
    """To be read after the database: a file is on the disk before its row is committed."""
    return _members(instance, _files(instance / "uploads"))


def _files(folder: Path) -> Iterator[Path]:
    """Every file below a folder, but for what is still being written (`.…part`)."""
    for where, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(where) / name for name in sorted(names) if not name.startswith("."))


def _members(instance: Path, paths: Iterator[Path] | list[Path]) -> Iterator[Member]:
    for path in paths:
        with suppress(FileNotFoundError), path.open("rb") as file:  # taken away since: its request failed
            size = os.fstat(file.fileno()).st_size
            yield Member(path.relative_to(instance).as_posix(), size, _chunks(file, size))


def _chunks(file: BinaryIO, size: int) -> Iterator[bytes]:
    """As many bytes as there were when it was opened: what is still being written may grow."""
    while size and (chunk := file.read(min(CHUNK, size))):
        size -= len(chunk)
        yield chunk
