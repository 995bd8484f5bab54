"""Files given to the NGO: known by content, never by name, sealed on disk, and gone when their request fails.

A file waits in memory until just before the commit, is then written, and is taken away again when the commit fails: the
disk holds no file without a row.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import filetype
from PIL import Image
from sqlalchemy import event
from sqlalchemy.orm import Session

from portal import crypto
from portal.crypto import Place
from portal.errors import InvalidInputError, NotFoundError, TooLargeError, UnavailableError
from portal.extensions import db
from portal.models import Document, Family, Provider
from portal.policy import Actor, Permission, require

ENDINGS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}
PICTURES = {"image/jpeg": "JPEG", "image/png": "PNG"}
MOST_PIXELS = 60_000_000  # a picture that unpacks to more is refused unopened
FOREIGN = (b"<script", b"<html", b"<?php", b"<svg", b"%pdf-")  # another kind of file inside a picture
ARCHIVE = b"PK\x05\x06"
TAIL = 66_000  # bytes at the end where an archive has its directory
NAME = 120  # characters of a name that are kept


@dataclass
class Store:
    """Where the sealed files are, and how large one may be (bytes)."""

    folder: Path
    most_bytes: int


_store: dict[str, Store] = {}


@dataclass(frozen=True)
class Upload:
    """What a person sends: the bytes, and the name their device gave the file."""

    data: bytes
    name: str = ""


def add(actor: Actor, upload: Upload, owner: Provider | Family) -> Document:
    """Keep a file of a provider or a family. It is on disk once the transaction is committed.

    Raises TooLargeError above the limit, InvalidInputError (`file_empty`, `file_type`) for what is no PDF, JPEG or PNG.
    """
    require(actor, Permission.DOCUMENT_ADD, owner)
    media_type = kind_of(upload.data)
    column = "provider_id" if isinstance(owner, Provider) else "family_id"
    document = Document(
        **{column: owner.id}, media_type=media_type, size=len(upload.data), added_by_id=actor.id,
        sha256=hashlib.sha256(upload.data).hexdigest(),
    )
    document.name = tidy(upload.name) or f"documento.{ENDINGS[media_type]}"
    db.session.add(document)
    db.session.flush()
    sealed = crypto.seal(upload.data, _place(document))
    db.session.info.setdefault("files", []).append((path(document), sealed))
    return document


def read(document: Document) -> bytes:
    """The bytes as they were given. Raises NotFoundError when the file is gone, SealBrokenError when it was changed."""
    try:
        sealed = path(document).read_text(encoding="ascii", errors="replace")
    except FileNotFoundError:
        raise NotFoundError from None
    return crypto.unseal(sealed, _place(document))


def path(document: Document) -> Path:
    """`uploads/<tenant>/<document>`: nothing of a name a person gave."""
    return _store["files"].folder / str(document.tenant_id) / str(document.id)


def file_name(document: Document) -> str:
    """The name a file is handed out under: made by the portal."""
    return f"documento-{str(document.id)[:8]}.{ENDINGS[document.media_type]}"


def kind_of(data: bytes) -> str:
    """The media type by content; raises InvalidInputError for anything but an honest PDF, JPEG or PNG."""
    if not data:
        raise _refused("file_empty")
    if len(data) > _store["files"].most_bytes:
        raise TooLargeError("file_too_large")
    found = filetype.guess_mime(data) or ""
    if found not in ENDINGS or ARCHIVE in data[-TAIL:]:
        raise _refused("file_type")
    honest = _is_picture(data, PICTURES[found]) if found in PICTURES else _is_pdf(data)
    if not honest:
        raise _refused("file_type")
    return found


def tidy(name: str) -> str:
    """The last part of a path, without signs that are not printed."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(sign for sign in last if sign.isprintable()).strip()[-NAME:]


def _is_pdf(data: bytes) -> bool:
    return data.startswith(b"%PDF-") and b"%%EOF" in data[-2048:]


def _is_picture(data: bytes, kind: str) -> bool:
    lower = data.lower()
    if any(sign in lower for sign in FOREIGN):
        return False
    try:
        with Image.open(BytesIO(data), formats=(kind,)) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                return False
            picture.verify()
        with Image.open(BytesIO(data), formats=(kind,)) as picture:
            picture.draft("RGB", (640, 640))  # a JPEG is unpacked at a fraction of its size
            picture.load()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        return False
    return True


def _refused(code: str) -> InvalidInputError:
    return InvalidInputError(code, {"file": [code]})


def _place(document: Document) -> Place:
    return Place(document.tenant_id, "document", "file", document.id)


def _write(session: Session) -> None:
    """Just before the commit."""
    waiting = session.info.pop("files", [])
    for where, sealed in waiting:
        try:
            _put(where, sealed)
        except OSError:
            raise UnavailableError("uploads") from None
        session.info.setdefault("written", []).append(where)


def _put(where: Path, sealed: str) -> None:
    """On the disk itself before the row is committed: a power cut leaves no row without its file."""
    where.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with where.open("x", encoding="ascii") as file:
        try:
            where.chmod(0o600)
            file.write(sealed)
            file.flush()
            os.fsync(file.fileno())
        except BaseException:
            where.unlink(missing_ok=True)
            raise


def _keep(session: Session) -> None:
    session.info.pop("written", None)


def _take_away(session: Session) -> None:
    session.info.pop("files", None)
    for where in session.info.pop("written", []):
        where.unlink(missing_ok=True)


def init_app(app: Any) -> None:
    """Take the folder and the limit from the settings, and listen on every session. Listening twice is harmless."""
    settings = app.config["SETTINGS"]
    _store["files"] = Store(settings.instance / "uploads", settings.upload_bytes)
    for name, listener in (("before_commit", _write), ("after_commit", _keep), ("after_rollback", _take_away)):
        if not event.contains(Session, name, listener):
            event.listen(Session, name, listener)
