"""Files: known by content, sealed on disk, handed out to who may see them, and gone when their request fails."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import event

from portal.audit import AuditEvent
from portal.crypto import SealBrokenError
from portal.errors import InvalidInputError, NotFoundError, TooLargeError
from portal.extensions import db
from portal.models import Document, Provider
from portal.services import documents
from portal.services.documents import Upload
from portal.tenancy import acting_for

PDF = b"%PDF-1.4\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"


def picture(kind: str) -> bytes:
    file = BytesIO()
    Image.new("RGB", (40, 30), (200, 120, 40)).save(file, kind)
    return file.getvalue()


def bomb() -> bytes:
    """A PNG of a few hundred bytes that says it is 60000 × 60000."""
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    pixels = chunk(b"IDAT", zlib.compress(b"\0" * 99))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + pixels + chunk(b"IEND", b"")


def uploads(app: Any) -> list[Path]:
    return [path for path in (app.config["SETTINGS"].instance / "uploads").rglob("*") if path.is_file()]


@pytest.mark.parametrize(("data", "media_type"), [
    (PDF, "application/pdf"), (picture("JPEG"), "image/jpeg"), (picture("PNG"), "image/png"),
])
def test_papers_and_pictures_are_taken(app: Any, data: bytes, media_type: str) -> None:
    assert documents.kind_of(data) == media_type


@pytest.mark.parametrize("data", [
    b"<html><script>alert(1)</script></html>",  # a page named .png
    b"MZ\x90\x00" + b"\0" * 200,  # a program named .pdf
    b"GIF89a" + b"\0" * 40,
    b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>",
    picture("PNG")[:60],  # cut off
    picture("PNG") + b"<script>fetch('/')</script>",  # a picture and a page
    picture("JPEG") + PDF,  # a picture and a paper
    picture("JPEG") + b"PK\x05\x06" + b"\0" * 18,  # a picture and an archive
    PDF + b"PK\x05\x06" + b"\0" * 18,  # a paper and an archive
    b"<html>" + PDF,
    b"%PDF-1.4 and nothing more",
    bomb(),
])
def test_what_is_something_else_is_refused(app: Any, data: bytes) -> None:
    with pytest.raises(InvalidInputError) as refused:
        documents.kind_of(data)
    assert refused.value.fields == {"file": ["file_type"]}


def test_an_empty_and_a_large_file_are_refused(app: Any) -> None:
    with pytest.raises(InvalidInputError) as refused:
        documents.kind_of(b"")
    assert refused.value.fields == {"file": ["file_empty"]}
    with pytest.raises(TooLargeError):
        documents.kind_of(PDF + b"\0" * app.config["SETTINGS"].upload_bytes)


def test_a_file_is_sealed_on_disk_under_a_made_name(app: Any, work: Any, provider: Provider) -> None:
    document = documents.add(work.actor("caseworker"), Upload(PDF, "../../DNI de Rosa.pdf"), provider)
    assert uploads(app) == []  # not before the commit
    db.session.commit()
    assert [path.name for path in uploads(app)] == [str(document.id)]
    assert b"%PDF" not in uploads(app)[0].read_bytes()
    assert document.name == "DNI de Rosa.pdf"
    assert "Rosa" not in (document.name_sealed or "")
    assert documents.read(document) == PDF


def test_a_file_whose_request_is_rolled_back_is_not_on_disk(app: Any, work: Any, provider: Provider) -> None:
    documents.add(work.actor("caseworker"), Upload(PDF), provider)
    db.session.rollback()
    db.session.commit()
    assert uploads(app) == []


def test_a_file_whose_commit_fails_is_not_on_disk(app: Any, work: Any, provider: Provider) -> None:
    def fail(session: Any) -> None:
        assert len(uploads(app)) == 1
        raise RuntimeError

    documents.add(work.actor("caseworker"), Upload(PDF), provider)
    event.listen(db.session(), "before_commit", fail)
    with pytest.raises(RuntimeError):
        db.session.commit()
    event.remove(db.session(), "before_commit", fail)
    db.session.rollback()
    assert uploads(app) == []


def test_a_changed_or_moved_file_does_not_open(app: Any, work: Any, provider: Provider) -> None:
    worker = work.actor("caseworker")
    one, other = (documents.add(worker, Upload(PDF + sign), provider) for sign in (b"\n%a\n%%EOF", b"\n%b\n%%EOF"))
    db.session.commit()
    documents.path(one).write_bytes(documents.path(other).read_bytes())
    with pytest.raises(SealBrokenError):
        documents.read(one)
    documents.path(other).unlink()
    with pytest.raises(NotFoundError):
        documents.read(other)


def test_a_download_can_do_nothing(work: Any, provider: Provider, person: Callable[..., Any]) -> None:
    document_id = documents.add(work.actor("caseworker"), Upload(PDF, "DNI de Rosa.pdf"), provider).id
    db.session.commit()
    answer = person("caseworker").get(f"/documents/{document_id}")
    assert (answer.status_code, answer.data) == (200, PDF)
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=documento-")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "Rosa" not in str(answer.headers)
    assert db.session.query(AuditEvent).filter_by(action="download", subject_id=document_id).count() == 1


def test_another_ngos_file_is_not_found(wasi: Any, person: Callable[..., Any], app: Any) -> None:
    with acting_for(wasi.id):
        document = Document(media_type="image/png", size=1, sha256="", added_by_id=wasi.people["caseworker"])
        db.session.add(document)
        db.session.commit()
        foreign = document.id
    for one in (foreign, "nothing", "00000000-0000-0000-0000-000000000000"):
        assert person("ngo_admin").get(f"/documents/{one}").status_code == 404
