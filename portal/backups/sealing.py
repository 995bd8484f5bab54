"""How a backup is sealed: with age, for the holders of private keys the server does not have, or by a passphrase.

A backup for recipients is a plain age file: `age --decrypt -i KEY FILE | tar t` lists it. One under a passphrase begins
with a one-time private key, sealed by the passphrase and armored; the age file for that key follows. Either is read and
written as a stream.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import pyrage
from pyrage import passphrase, ssh, x25519

from portal.backups.faults import BackupError

ARMOR, ARMOR_END = b"-----BEGIN AGE ENCRYPTED FILE-----", b"-----END AGE ENCRYPTED FILE-----\n"
LONGEST_PRELUDE = 4096  # bytes; the sealed one-time key takes about 500
SSH_KEY = b"-----BEGIN"
OTHER_KEY = "No matching keys"  # how age says that none of the keys opens the file


@dataclass(frozen=True)
class Lock:
    """What a backup is sealed with: public keys, comma-separated, or a passphrase where there are none."""

    recipients: str = ""
    passphrase: str = ""


@dataclass(frozen=True)
class Key:
    """What opens a backup: a file of private keys, or the passphrase."""

    identity: Path | None = None
    passphrase: str = ""


class _Source:
    """The plain bytes as a file to read from, which remembers why it could not go on."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self.fault: BaseException | None = None
        self._chunks, self._rest = iter(chunks), memoryview(b"")

    def read(self, size: int = 1 << 20) -> bytes:
        try:
            while not self._rest:
                self._rest = memoryview(next(self._chunks))
        except StopIteration:
            return b""
        except BaseException as error:
            self.fault = error
            raise
        found, self._rest = self._rest[:size], self._rest[size:]
        return bytes(found)


class _Sink:
    """The file written to, which remembers its fault: the last block is written where nobody is told of one."""

    def __init__(self, file: BinaryIO) -> None:
        self.fault: BaseException | None = None
        self._file = file

    def write(self, data: bytes) -> int:
        try:
            return self._file.write(data)
        except BaseException as error:
            self.fault = error
            raise

    def flush(self) -> None:
        """The file is flushed by whoever opened it."""


def seal(chunks: Iterable[bytes], file: BinaryIO, lock: Lock) -> None:
    """Write the chunks, sealed. Raises BackupError for a key that is none, and whatever reading or writing raises."""
    prelude, recipients = _recipients(lock)
    file.write(prelude)
    source, sink = _Source(chunks), _Sink(file)
    try:
        pyrage.encrypt_io(source, sink, recipients)
    except (pyrage.EncryptError, OSError) as error:
        raise source.fault or sink.fault or BackupError(f"age could not seal the backup: {error}") from error
    if sink.fault is not None:
        raise sink.fault


def _recipients(lock: Lock) -> tuple[bytes, list[Any]]:
    """What stands before the age file, and for whom that is."""
    names = [name.strip() for name in lock.recipients.split(",") if name.strip()]
    if names:
        return b"", [_recipient(name) for name in names]
    if not lock.passphrase:
        raise BackupError("a backup needs BACKUP_RECIPIENTS (public keys, made with age-keygen) or BACKUP_PASSPHRASE")
    once = x25519.Identity.generate()
    return passphrase.encrypt(str(once).encode(), lock.passphrase, armored=True), [once.to_public()]


def _recipient(name: str) -> Any:
    try:
        return x25519.Recipient.from_str(name) if name.startswith("age1") else ssh.Recipient.from_str(name)
    except pyrage.RecipientError as error:
        raise BackupError(f"BACKUP_RECIPIENTS: {name[:16]}… is no public key ({error})") from None


class _Opening(threading.Thread):
    """age pushes what it opened into a pipe, from which `stream` is read."""

    def __init__(self, file: BinaryIO, identities: list[Any]) -> None:
        super().__init__(daemon=True)
        read, write = os.pipe()
        self.stream, self._pipe = os.fdopen(read, "rb"), os.fdopen(write, "wb", buffering=0)
        self._file, self._identities = file, identities
        self.fault: Exception | None = None

    def run(self) -> None:
        with self._pipe:
            try:
                pyrage.decrypt_io(self._file, self._pipe, self._identities)
            except Exception as error:  # told by `opened`, whatever it is
                self.fault = error


@contextmanager
def opened(path: Path, key: Key) -> Iterator[BinaryIO]:
    """The plain bytes as a stream. Raises BackupError for another key, a file cut off, and one that was changed.

    Only what was read to its end is known to be whole.
    """
    with path.open("rb") as file:
        opening = _Opening(file, _identities(file, key))
        opening.start()
        try:
            with opening.stream as stream:
                yield stream
        except Exception as error:
            opening.join()
            raise _told(opening.fault) or error from error
        finally:
            opening.join()
    fault = _told(opening.fault)
    if fault is not None:
        raise fault


def _told(fault: Exception | None) -> BackupError | None:
    """What age's fault means; None where there is none, or where it only was not listened to any more."""
    if fault is None or isinstance(fault, BrokenPipeError):
        return None
    if not isinstance(fault, pyrage.DecryptError):
        return BackupError("the backup is cut off or was changed")
    if OTHER_KEY in str(fault):
        return BackupError("the backup is sealed for another key")
    return BackupError(f"this is no backup, or its beginning was changed ({fault})")


def _identities(file: BinaryIO, key: Key) -> list[Any]:
    """The private keys to try; the file is left where its age part begins."""
    start = file.read(LONGEST_PRELUDE)
    if not start.startswith(ARMOR):
        file.seek(0)
        return _of_file(key.identity)
    block, end, _ = start.partition(ARMOR_END)
    file.seek(len(block) + len(end))
    if not key.passphrase:
        raise BackupError("the backup is sealed by a passphrase: give BACKUP_PASSPHRASE or BACKUP_PASSPHRASE_FILE")
    try:
        return [x25519.Identity.from_str(passphrase.decrypt(block + end, key.passphrase).decode())]
    except (pyrage.DecryptError, pyrage.IdentityError, ValueError):
        raise BackupError("the passphrase is another one, or the beginning of the backup was changed") from None


def _of_file(path: Path | None) -> list[Any]:
    if path is None:
        raise BackupError("the backup is sealed for private keys: name the file that holds one with --identity")
    data = path.read_bytes()
    try:
        if data.startswith(SSH_KEY):
            return [ssh.Identity.from_buffer(data)]
        lines = [line.strip() for line in data.decode().splitlines()]
        found = [x25519.Identity.from_str(line) for line in lines if line and not line.startswith("#")]
    except (pyrage.IdentityError, ValueError):
        found = []
    if not found:
        raise BackupError(f"{path} holds no private key")
    return found
