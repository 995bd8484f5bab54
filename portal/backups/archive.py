"""The tar inside a backup, written and read as a stream, with an account of what went through."""

from __future__ import annotations

import hashlib
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import IO, BinaryIO

from portal.backups.faults import BackupError

CHUNK = 1 << 20  # bytes at a time
BLOCK = 512  # bytes: a tar is made of these
END = bytes(2 * BLOCK)
FOLDERS = ("database", "models", "uploads")


@dataclass(frozen=True)
class Member:
    """A file to be written: its path in the archive, its size in bytes, and its bytes."""

    name: str
    size: int
    chunks: Iterable[bytes]

    @classmethod
    def of(cls, name: str, data: bytes) -> Member:
        return cls(name, len(data), (data,))


@dataclass
class Account:
    """What went through: path → (size in bytes, sha256)."""

    files: dict[str, tuple[int, str]] = field(default_factory=dict)

    def counted(self, name: str, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """The same chunks; the file is in the account once all have passed."""
        digest, size = hashlib.sha256(), 0
        for chunk in chunks:
            digest.update(chunk)
            size += len(chunk)
            yield chunk
        self.files[name] = (size, digest.hexdigest())

    def bytes_in(self, folder: str) -> int:
        """Bytes of all files below a folder."""
        return sum(size for name, (size, _) in self.files.items() if name.startswith(f"{folder}/"))


def packed(member: Member, account: Account) -> Iterator[bytes]:
    """The member as it stands in a tar. Raises BackupError when it has not the size it had."""
    info = tarfile.TarInfo(member.name)
    info.size, info.mode = member.size, 0o600
    yield info.tobuf(tarfile.PAX_FORMAT)
    yield from account.counted(member.name, member.chunks)
    if account.files[member.name][0] != member.size:
        raise BackupError(f"{member.name} changed while it was copied: make the backup again")
    yield bytes(-member.size % BLOCK)


def members(stream: BinaryIO, account: Account) -> Iterator[tuple[str, Iterator[bytes]]]:
    """(path, chunks) of each file of a tar, in order; what is not taken of one is passed over.

    Raises BackupError for what is no tar, ends too soon or holds anything but plain files in their folders.
    """
    try:
        with tarfile.open(fileobj=stream, mode="r|") as tar:
            for info in tar:
                file = tar.extractfile(info) if _is_expected(info) else None
                if file is None:
                    raise BackupError(f"the backup holds {info.name!r}, which no backup does")
                chunks = account.counted(info.name, _read(file, info))
                yield info.name, chunks
                _drain(chunks)
        while stream.read(CHUNK):  # what is not read to its end is not known to be whole
            pass
    except tarfile.TarError as error:
        raise BackupError(f"the backup cannot be read: {error}") from None


def _is_expected(info: tarfile.TarInfo) -> bool:
    """A plain file, at the top or below one of the folders, with nothing in its path that leads elsewhere."""
    parts = info.name.split("/")
    honest = all(part and not part.startswith(".") and part.isprintable() and "\\" not in part for part in parts)
    return info.isreg() and honest and (len(parts) == 1 or parts[0] in FOLDERS)


def _read(file: IO[bytes], info: tarfile.TarInfo) -> Iterator[bytes]:
    left = info.size
    while left:
        chunk = file.read(min(CHUNK, left))
        if not chunk:
            raise BackupError("the backup is cut off")
        left -= len(chunk)
        yield chunk


def _drain(chunks: Iterator[bytes]) -> None:
    for _ in chunks:
        pass
