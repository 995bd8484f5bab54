"""What stands in the way of a restore is one line, exit status 1, and an empty place that is still empty."""

from __future__ import annotations

import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from pyrage import x25519
from sqlalchemy import create_engine, inspect
from sqlalchemy.pool import NullPool

from portal.backups import making
from portal.backups.archive import END, Account, Member, packed
from portal.backups.sealing import Lock, seal
from tests.ground import Ngo
from tests.portal.backups.conftest import KeyPair, Place
from tests.portal.commands.conftest import Manage

Restore = Callable[..., Result]


def refused(done: Result, place: Place, *words: str) -> None:
    """One line that says why, and nothing written."""
    assert done.exit_code == 1
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert all(word in done.stderr for word in words), done.stderr
    assert place.left() == []
    if place.is_postgresql:
        engine = create_engine(place.environment["DATABASE_OWNER_URL"], poolclass=NullPool)
        assert inspect(engine).get_table_names() == []


def flip(file: Path, where: float) -> Path:
    """The same file with one bit changed, so far into it (0..1)."""
    data = bytearray(file.read_bytes())
    data[int(where * (len(data) - 1))] ^= 1
    changed = file.with_name("changed")
    changed.write_bytes(data)
    return changed


@pytest.mark.parametrize("where", [0.0, 0.3, 0.7, 1.0])
def test_a_flipped_bit(backup: Path, restore: Restore, place: Place, where: float) -> None:
    refused(restore(flip(backup, where)), place, "changed")


@pytest.mark.parametrize("part", [0.0, 0.001, 0.5, 0.999])
def test_a_file_cut_off(backup: Path, restore: Restore, place: Place, part: float) -> None:
    data = backup.read_bytes()
    backup.write_bytes(data[: int(part * len(data))])
    refused(restore(backup), place, "backup")


def test_a_file_cut_where_a_block_of_age_ends(backup: Path, restore: Restore, place: Place) -> None:
    data = backup.read_bytes()
    start = data.index(b"\n--- ") + 5 + 43 + 1 + 16  # header, its MAC, the nonce; then blocks of 64 KiB and 16 bytes
    backup.write_bytes(data[: start + 4 * (65536 + 16)])
    refused(restore(backup), place, "cut off or was changed")


def test_another_key(backup: Path, manage: Manage, place: Place, tmp_path: Path) -> None:
    other = tmp_path / "other.key"
    other.write_text(str(x25519.Identity.generate()), encoding="utf-8")
    refused(manage("restore", str(backup), "--identity", str(other), **place.environment), place, "another key")


def test_no_key_and_what_is_none(backup: Path, manage: Manage, place: Place) -> None:
    refused(manage("restore", str(backup), **place.environment), place, "--identity")
    done = manage("restore", str(backup), "--identity", str(Path(__file__)), **place.environment)
    refused(done, place, "holds no private key")


@pytest.mark.parametrize("name", ["uploads/a/b", "models/promoted.json"])
def test_a_place_with_files_in_it(backup: Path, restore: Restore, place: Place, name: str) -> None:
    path = place.folder / name
    path.parent.mkdir(parents=True)
    path.write_text("mine", encoding="utf-8")
    done = restore(backup)
    assert (done.exit_code, "empty place only" in done.stderr) == (1, True)
    assert path.read_text(encoding="utf-8") == "mine"


def test_a_place_with_a_database_in_it(app: Flask, backup: Path, manage: Manage, keys: KeyPair) -> None:
    done = manage("restore", str(backup), "--identity", str(keys.file), INSTANCE_PATH=str(backup.parent / "new"))
    assert (done.exit_code, "empty place only" in done.stderr) == (1, True)
    assert manage("audit", "verify").exit_code == 0


def test_a_schema_without_rows_is_empty_where_the_database_is_made_before(
    backup: Path, manage: Manage, restore: Restore, place: Place
) -> None:
    assert manage("db", "upgrade", **place.environment).exit_code == 0
    assert restore(backup).exit_code == (0 if place.is_postgresql else 1)


def test_a_second_restore_finds_the_first(backup: Path, restore: Restore) -> None:
    assert restore(backup).exit_code == 0
    done = restore(backup)
    assert (done.exit_code, "empty place only" in done.stderr) == (1, True)


@pytest.mark.parametrize(("name", "value", "word"), [
    ("AUDIT_KEY", "x" * 40, "AUDIT_KEY"), ("MASTER_KEYS", "other:" + "A" * 43 + "=", "MASTER_KEYS"),
])
def test_keys_of_another_installation(
    backup: Path, restore: Restore, place: Place, name: str, value: str, word: str
) -> None:
    refused(restore(backup, **{name: value}), place, word)


def test_a_newer_schema(
    filled: Ngo, manage: Manage, keys: KeyPair, tmp_path: Path, restore: Restore, place: Place,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    beginning = making.Beginning
    monkeypatch.setattr(making, "Beginning", lambda kind, _, at, tables: beginning(kind, "9999", at, tables))
    assert manage("backup", str(tmp_path / "b"), BACKUP_RECIPIENTS=keys.public).exit_code == 0
    refused(restore(tmp_path / "b"), place, "newer than this program", "9999")


def test_an_older_schema_is_brought_up_to_date(
    filled: Ngo, manage: Manage, keys: KeyPair, tmp_path: Path, restore: Restore, place: Place
) -> None:
    assert manage("db", "downgrade").exit_code == 0
    assert manage("backup", str(tmp_path / "b"), BACKUP_RECIPIENTS=keys.public).exit_code == 0
    assert restore(tmp_path / "b").exit_code == 0
    assert manage("db", "check", **place.environment).exit_code == 0


def test_another_kind_of_database(backup: Path, manage: Manage, keys: KeyPair, place: Place) -> None:
    kind = "sqlite" if place.is_postgresql else "postgresql"
    with sealed_by_hand(keys, backup.with_name("b"), kind) as file:
        done = manage("restore", str(file), "--identity", str(keys.file), **place.environment)
    refused(done, place, f"of {kind}")


@contextmanager
def sealed_by_hand(keys: KeyPair, file: Path, kind: str, *members: Member) -> Iterator[Path]:
    """A backup anybody could make who knows the public key."""
    account = Account()
    every = [making.Beginning(kind, "0004", "2026-01-01", {}).member(), *members]
    with file.open("wb") as out:
        seal([part for one in every for part in packed(one, account)] + [END], out, Lock(keys.public))
    yield file


@pytest.mark.parametrize("name", ["uploads/../../escaped", "/etc/escaped", "escaped/x", "models/.hidden", "a\\b"])
def test_paths_that_lead_elsewhere(keys: KeyPair, restore: Restore, place: Place, tmp_path: Path, name: str) -> None:
    kind = "postgresql" if place.is_postgresql else "sqlite"
    with sealed_by_hand(keys, tmp_path / "b", kind, Member.of(name, b"x")) as file:
        done = restore(file)
    assert (done.exit_code, "which no backup does" in done.stderr or "tables" in done.stderr) == (1, True)
    assert place.left() == []
    assert not list(tmp_path.rglob("escaped"))


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """No file of this process may grow beyond `size` bytes, as on a disk that is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_disk_that_is_full_while_restoring(backup: Path, restore: Restore, place: Place) -> None:
    with room_for(200_000):
        done = restore(backup)
    refused(done, place, "File too large")


def test_a_disk_that_is_full_while_backing_up(manage: Manage, backup: Path, keys: KeyPair) -> None:
    before = backup.read_bytes()
    with room_for(len(before) - 1000):
        done = manage("backup", str(backup), BACKUP_RECIPIENTS=keys.public)
    assert (done.exit_code, len(done.stderr.splitlines())) == (1, 1)
    assert backup.read_bytes() == before, "the one before stays"
    assert not list(backup.parent.glob("*.part"))


def test_a_backup_for_nobody(manage: Manage, filled: Ngo, tmp_path: Path) -> None:
    done = manage("backup", str(tmp_path / "b"))
    assert (done.exit_code, "BACKUP_RECIPIENTS" in done.stderr) == (1, True)
    done = manage("backup", str(tmp_path / "b"), BACKUP_RECIPIENTS="age1nobody")
    assert (done.exit_code, "is no public key" in done.stderr) == (1, True)
    assert not list(tmp_path.glob("b*"))
