"""Where a backup is restored: an empty place, filled beside it first, so that nothing is ever half there."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from portal.backups.faults import BackupError
from portal.config import Settings

STAGING = "restore.part"
FOLDERS = ("models", "uploads")


@dataclass(frozen=True)
class Place:
    """An installation to be, and the folder beside it in which it is put together."""

    settings: Settings
    staging: Path

    def staged(self, database: str = "") -> Settings:
        """The settings of the installation as it lies in the folder. `database`: the address of an embedded one."""
        urls = {"database_url": database, "owner_database_url": database} if database else {}
        quiet = {**self.settings.extra, "QUEUE": "off"}
        return replace(self.settings, instance=self.staging, extra=quiet, **urls)

    def put(self, name: str, chunks: Iterator[bytes]) -> None:
        """Write a file of `uploads/` or `models/`."""
        path = self.staging / name
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with path.open("xb") as file:
            path.chmod(0o600)
            for chunk in chunks:
                file.write(chunk)


def refuse_occupied(settings: Settings) -> None:
    """Raise BackupError where uploads or versions of the score are already."""
    for name in FOLDERS:
        folder = settings.instance / name
        if folder.is_dir() and any(folder.iterdir()):
            raise BackupError(f"{folder} is not empty: a backup is restored into an empty place only")


@contextmanager
def beside(settings: Settings) -> Iterator[Place]:
    """A folder to put everything together in. It is gone afterwards, whatever happened."""
    staging = settings.instance / STAGING
    shutil.rmtree(staging, ignore_errors=True)  # of a restore that was killed
    staging.mkdir(mode=0o700, parents=True)
    try:
        yield Place(settings, staging)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


@contextmanager
def moved_in(place: Place) -> Iterator[None]:
    """Uploads and versions are in their place; an error takes them away again."""
    moved: list[Path] = []
    try:
        for name in FOLDERS:
            source, target = place.staging / name, place.settings.instance / name
            if source.is_dir():
                with suppress(FileNotFoundError):
                    target.rmdir()  # empty, or this was refused before
                source.replace(target)
                moved.append(target)
        if hasattr(os, "sync"):  # not on Windows
            os.sync()
        yield
    except BaseException:
        for target in moved:
            shutil.rmtree(target, ignore_errors=True)
        raise
