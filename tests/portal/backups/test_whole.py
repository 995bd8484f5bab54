"""The drill: an installation is backed up while people write, and comes back elsewhere as it was."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select

from ml.learn import registry
from portal import create_app, tenancy
from portal.backups.reading import read
from portal.backups.sealing import Key
from portal.extensions import db
from portal.models import Document, Family
from portal.services import documents
from portal.services.documents import Upload
from tests.ground import Ground, Ngo
from tests.portal.backups.conftest import PDF, KeyPair, Place
from tests.portal.commands.conftest import Manage
from tests.portal.worlds import Browser, World


@contextmanager
def somebody_writes(app: Flask, ngo: Ngo) -> Iterator[list[str]]:
    """A thread that adds families with a file each for as long as the context lasts: the ids that were committed."""
    end, begun, committed = threading.Event(), threading.Event(), []

    def write() -> None:
        with app.app_context():
            with tenancy.acting_for(ngo.id):
                world = World(ngo)
                while not end.is_set():
                    document = documents.add(world.worker, Upload(PDF), world.family())
                    db.session.commit()
                    committed.append(str(document.id))
                    begun.set()
            db.engine.dispose()

    thread = threading.Thread(target=write)
    thread.start()
    begun.wait(60)
    try:
        yield committed
    finally:
        end.set()
        thread.join()


@pytest.fixture
def restored(
    app: Flask, filled: Ngo, manage: Manage, keys: KeyPair, place: Place, prepared: Ground, tmp_path: Path,
    restore: Callable[..., Result],
) -> Iterator[Flask]:
    """The portal of the restored place; the backup was made while somebody wrote."""
    file = tmp_path / "ayni.backup"
    with somebody_writes(app, filled) as committed:
        before = len(committed)
        done = manage("backup", str(file), BACKUP_RECIPIENTS=keys.public)
        assert (done.exit_code, done.exception) == (0, None)
        during = len(committed)
    assert 1 <= before <= during
    done = restore(file)
    assert (done.exit_code, done.stderr) == (0, "")
    found = create_app(prepared.settings(place.folder, place.environment))
    found.config["COMMITTED"] = (committed[:before], read(file, Key(keys.file)).manifest)
    yield found
    with found.app_context():
        db.session.remove()
        db.engine.dispose()


def test_everything_is_as_it_was(restored: Flask, filled: Ngo, place: Place, manage: Manage) -> None:
    committed, manifest = restored.config["COMMITTED"]
    with restored.app_context(), tenancy.acting_for(filled.id):
        assert db.session.scalar(select(func.count(Family.id))) == manifest.rows["family"]
        rows = db.session.scalars(select(Document)).all()
        assert {str(row.id) for row in rows} >= set(committed), "what was committed before is in it"
        assert all(documents.read(row) == PDF for row in rows), "no row names a file that is not in it"
        sealed = [one.address for one in db.session.scalars(select(Family)) if one.address_sealed]
    assert sealed == ["Jr. Los Álamos 123"] * 3
    assert manage("audit", "verify", **place.environment).exit_code == 0
    assert manage("db", "check", **place.environment).exit_code == 0


def test_people_log_in_and_go_on(restored: Flask, place: Place) -> None:
    browser = Browser(restored, "caseworker@semilla.example")
    assert "Rosa Quispe" in browser.get("/families/").text
    made = browser.post("/families/new", "/families/new", given_names="Nueva", paternal_surname="Huamán",
                        relation="mother", phone_owner="own", ubigeo="150132", no_document_reason="in_process")
    assert made.status_code == 302
    assert registry.promoted(place.folder / "models") != registry.PRIOR
    registry.current(place.folder / "models")


def test_an_installation_without_any_ngo_yet_comes_back(
    manage: Manage, keys: KeyPair, restore: Callable[..., Result], prepared: Ground, tmp_path: Path
) -> None:
    folder = tmp_path / "first"
    folder.mkdir()
    database = {"DATABASE_OWNER_URL": "", **prepared.database.empty(folder)}
    here = {"INSTANCE_PATH": str(folder), **database}
    assert manage("db", "upgrade", **here).exit_code == 0
    assert manage("backup", str(tmp_path / "b"), **here, BACKUP_RECIPIENTS=keys.public).exit_code == 0
    prepared.database.drop(database)
    done = restore(tmp_path / "b")
    assert (done.exit_code, done.stderr) == (0, "")
    rows = read(tmp_path / "b", Key(keys.file)).manifest.rows
    assert (rows["tenant"], rows["api_token"]) == (0, 0)


def test_the_last_backup_is_noted(app: Flask, backup: Path) -> None:
    note = json.loads((app.config["SETTINGS"].instance / "backup.json").read_text(encoding="utf-8"))
    assert note["bytes"] == backup.stat().st_size
    assert set(note) == {"at", "bytes"}


def test_what_is_not_in_it_is_said(manage: Manage, filled: Ngo, keys: KeyPair, tmp_path: Path) -> None:
    done = manage("backup", str(tmp_path / "b"), BACKUP_RECIPIENTS=keys.public)
    assert "SECRET_KEY, PASSWORD_SALT, AUDIT_KEY, MASTER_KEYS (m" in done.stderr
    assert b"Quispe" not in (tmp_path / "b").read_bytes()
    assert not list(tmp_path.glob("*.part"))


def test_it_is_read_without_the_installation(manage: Manage, backup: Path, keys: KeyPair) -> None:
    done = manage("backup", "verify", str(backup), "--identity", str(keys.file), MASTER_KEYS="", AUDIT_KEY="")
    assert (done.exit_code, done.stderr) == (0, "")
    assert "3 uploads, 4 files of versions" in done.stdout


def test_a_passphrase_will_do(manage: Manage, filled: Ngo, place: Place, tmp_path: Path) -> None:
    file, words = str(tmp_path / "b"), "cuatro palabras muy largas"
    assert manage("backup", file, BACKUP_PASSPHRASE=words).exit_code == 0
    wrong = manage("restore", file, BACKUP_PASSPHRASE="otra", **place.environment)
    assert (wrong.exit_code, place.left()) == (1, [])
    assert "passphrase" in wrong.stderr
    assert manage("restore", file, BACKUP_PASSPHRASE=words, **place.environment).exit_code == 0


def test_an_upload_that_was_gone_already_is_told_and_nothing_else_lost(
    app: Flask, manage: Manage, filled: Ngo, keys: KeyPair, tmp_path: Path, restore: Callable[..., Result]
) -> None:
    gone = next(path for path in (app.config["SETTINGS"].instance / "uploads").rglob("*") if path.is_file())
    gone.unlink()
    done = manage("backup", str(tmp_path / "b"), BACKUP_RECIPIENTS=keys.public)
    assert (done.exit_code, gone.name in done.stderr) == (0, True)
    assert gone.name in restore(tmp_path / "b").stderr
