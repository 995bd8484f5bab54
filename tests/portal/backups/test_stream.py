"""The stream inside a backup: whatever goes in comes out, and a fault on the way is the fault that is told."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyrage import x25519

from portal.backups.archive import END, Account, Member, members, packed
from portal.backups.faults import BackupError
from portal.backups.sealing import Key, Lock, opened, seal

KEY = x25519.Identity.generate()
SOME = st.dictionaries(st.from_regex(r"uploads/[a-z0-9]{1,9}(/[a-z0-9-]{1,150})?", fullmatch=True), st.binary())


@settings(max_examples=15, deadline=None)
@given(files=SOME)
def test_every_file_comes_out_as_it_went_in(files: dict[str, bytes]) -> None:
    put, taken = Account(), Account()
    tar = b"".join(part for name, data in files.items() for part in packed(Member.of(name, data), put)) + END
    assert {name: b"".join(chunks) for name, chunks in members(BytesIO(tar), taken)} == files
    assert put == taken
    assert put.bytes_in("uploads") == sum(map(len, files.values()))


@settings(max_examples=20, deadline=None)
@given(chunks=st.lists(st.binary(max_size=200_000), max_size=4))
def test_what_is_sealed_opens_again(chunks: list[bytes], tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("sealed")
    (folder / "key").write_text(str(KEY), encoding="utf-8")
    with (folder / "file").open("wb") as file:
        seal(chunks, file, Lock(str(KEY.to_public())))
    with opened(folder / "file", Key(folder / "key")) as stream:
        assert stream.read() == b"".join(chunks)


def test_a_file_that_shrinks_while_it_is_copied_is_told() -> None:
    with pytest.raises(BackupError, match="changed while it was copied"):
        list(packed(Member("uploads/a", 10, [b"short"]), Account()))


def test_what_breaks_inside_is_what_is_told(tmp_path: Path) -> None:
    def chunks() -> Iterator[bytes]:
        yield b"some"
        raise KeyError("the database went away")

    with (tmp_path / "file").open("wb") as file, pytest.raises(KeyError, match="went away"):
        seal(chunks(), file, Lock(str(KEY.to_public())))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the device that is always full is Linux's")
@pytest.mark.parametrize("size", [10, 5_000_000])
def test_a_full_disk_is_told_even_for_the_last_bytes(size: int) -> None:
    with open("/dev/full", "wb", buffering=0) as file, pytest.raises(OSError, match="No space left"):
        seal([bytes(size)], file, Lock(str(KEY.to_public())))
