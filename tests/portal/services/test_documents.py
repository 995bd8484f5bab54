"""Files beyond what a screen shows: whose they are, what a name may be, what the disk holds when things go wrong."""

from __future__ import annotations

import dataclasses
import stat
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from portal import crypto, tenancy
from portal.crypto import SealBrokenError
from portal.errors import NotAllowedError, TooLargeError, UnavailableError
from portal.extensions import db
from portal.models import Document
from portal.policy import Actor
from portal.services import documents
from portal.services.documents import NAME, Upload
from tests.ground import Ngo
from tests.portal.worlds import World

PDF = b"%PDF-1.4\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"


def on_disk(app: Flask) -> set[Path]:
    return {path for path in (app.config["SETTINGS"].instance / "uploads").rglob("*") if path.is_file()}


@pytest.fixture
def paper(world: World) -> Document:
    found = documents.add(world.worker, Upload(PDF, "constancia.pdf"), world.provider())
    db.session.commit()
    return found


def test_a_file_belongs_to_a_provider_or_to_a_family(world: World, paper: Document) -> None:
    of_family = documents.add(world.worker, Upload(PDF), world.family())
    db.session.commit()
    assert (paper.family_id, of_family.provider_id) == (None, None)
    assert of_family.family_id is not None
    assert of_family.name == "documento.pdf"
    assert (paper.size, paper.media_type, len(paper.sha256)) == (len(PDF), "application/pdf", 64)


def test_the_place_on_disk_says_nothing_and_is_for_the_portal_alone(app: Flask, paper: Document) -> None:
    (path,) = on_disk(app)
    assert path == documents.path(paper)
    assert path.relative_to(app.config["SETTINGS"].instance / "uploads").parts == (str(paper.tenant_id), str(paper.id))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("spoil", [
    lambda data: data[:-1], lambda data: data + b"A", lambda data: b"", lambda data: b"\xff" + data[1:],
    lambda data: data[:40] + bytes([data[40] ^ 1]) + data[41:], lambda data: data.replace(b".", b"", 1),
])
def test_one_changed_byte_on_disk_is_a_broken_seal(paper: Document, spoil: Any) -> None:
    path = documents.path(paper)
    path.write_bytes(spoil(path.read_bytes()))
    with pytest.raises(SealBrokenError):
        documents.read(paper)


def test_a_file_opens_after_the_key_was_changed(world: World, paper: Document) -> None:
    crypto.keyring.add("data")
    db.session.commit()
    assert documents.read(paper) == PDF


def test_a_file_of_the_other_ngo_does_not_open_here(app: Flask, wasi: Ngo, semilla: Ngo) -> None:
    with app.app_context():
        with tenancy.acting_for(semilla.id):
            made = documents.add(semilla.actor("caseworker"), Upload(PDF), World(semilla).provider())
            db.session.commit()
            sealed, name = documents.path(made).read_bytes(), made.id
        with tenancy.acting_for(wasi.id):
            other = documents.add(wasi.actor("caseworker"), Upload(PDF), World(wasi).provider())
            db.session.commit()
            assert documents.path(other).parent != documents.path(made).parent
            documents.path(other).write_bytes(sealed)
            with pytest.raises(SealBrokenError):
                documents.read(other)
            assert db.session.get(Document, name) is None


def test_a_disk_that_takes_nothing_leaves_no_row(app: Flask, world: World) -> None:
    provider = world.provider()
    (app.config["SETTINGS"].instance / "uploads").write_text("no folder", encoding="utf-8")
    documents.add(world.worker, Upload(PDF), provider)
    with pytest.raises(UnavailableError):
        db.session.commit()
    db.session.rollback()
    assert db.session.query(Document).count() == 0


def test_of_two_files_neither_stays_when_the_second_cannot_be_written(app: Flask, world: World) -> None:
    provider = world.provider()
    first, second = (documents.add(world.worker, Upload(PDF), provider) for _ in range(2))
    documents.path(second).parent.mkdir(parents=True)
    documents.path(second).write_text("somebody else's", encoding="utf-8")
    with pytest.raises(UnavailableError):
        db.session.commit()
    db.session.rollback()
    assert not documents.path(first).exists()
    assert db.session.query(Document).count() == 0


def test_what_was_there_before_is_never_taken_away(app: Flask, world: World) -> None:
    """A file that could not be written is not ours to remove."""
    made = documents.add(world.worker, Upload(PDF), world.provider())
    path = documents.path(made)
    path.parent.mkdir(parents=True)
    path.write_text("somebody else's", encoding="utf-8")
    with pytest.raises(UnavailableError):
        db.session.commit()
    db.session.rollback()
    assert path.read_text(encoding="utf-8") == "somebody else's"


def test_a_later_rollback_takes_nothing_away(app: Flask, world: World, paper: Document) -> None:
    world.provider()
    db.session.rollback()
    assert documents.read(paper) == PDF


def test_the_limit_is_the_installations(app: Flask, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    store = documents._store["files"]
    monkeypatch.setitem(documents._store, "files", dataclasses.replace(store, most_bytes=len(PDF)))
    assert documents.kind_of(PDF) == "application/pdf"
    with pytest.raises(TooLargeError):
        documents.kind_of(PDF + b"\n")


def test_who_may_not_add_a_file_adds_none(app: Flask, world: World) -> None:
    stranger = Actor(world.worker.id, "x", frozenset({"operator"}), world.ngo.id)
    provider = world.provider()
    with pytest.raises(NotAllowedError):
        documents.add(stranger, Upload(PDF), provider)
    db.session.commit()
    assert on_disk(app) == set()


@pytest.mark.parametrize(("given_name", "kept"), [
    ("a.pdf", "a.pdf"), ("C:\\Mis documentos\\DNI.pdf", "DNI.pdf"), ("../../etc/passwd", "passwd"), ("/", ""),
    ("a\x00b\n.pdf", "ab.pdf"), ("  ñandú.png ", "ñandú.png"), ("x" * 200 + ".pdf", "x" * (NAME - 4) + ".pdf"),
])
def test_a_name_is_its_last_part_without_what_cannot_be_seen(given_name: str, kept: str) -> None:
    assert documents.tidy(given_name) == kept


@given(st.text(max_size=300))
def test_whatever_a_device_calls_a_file_its_name_can_be_shown(name: str) -> None:
    kept = documents.tidy(name)
    assert len(kept) <= NAME
    assert kept.isprintable()
    assert not {"/", "\\"} & set(kept)
    assert documents.tidy(kept) == kept.strip()


def test_a_file_is_handed_out_under_a_name_of_the_portal(paper: Document) -> None:
    assert documents.file_name(paper) == f"documento-{str(paper.id)[:8]}.pdf"
