"""An installation with something in it, the keys of its backups, and an empty place to restore them into."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from pyrage import x25519

from ml.learn import registry
from portal import tenancy
from portal.extensions import db
from portal.services import documents
from portal.services.documents import Upload
from tests.ground import Ground, Ngo
from tests.ml.learn import shelf
from tests.portal.commands.conftest import Manage, manage
from tests.portal.worlds import World

__all__ = ["manage"]
PDF = b"%PDF-1.4\n" + b"1 0 obj <<>> endobj\n" * 20_000 + b"trailer <<>>\n%%EOF\n"


@dataclasses.dataclass(frozen=True)
class KeyPair:
    """Who may open a backup."""

    public: str
    file: Path


@dataclasses.dataclass(frozen=True)
class Place:
    """An empty place, and the environment that makes it an installation."""

    folder: Path
    environment: dict[str, str]

    @property
    def is_postgresql(self) -> bool:
        return self.environment["DATABASE_URL"].startswith("postgresql")

    def left(self) -> list[str]:
        """What is in its folder."""
        return sorted(path.name for path in self.folder.iterdir())


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> KeyPair:
    made = x25519.Identity.generate()
    file = tmp_path_factory.mktemp("keys") / "backup.key"
    file.write_text(f"# a comment, as age-keygen writes\n{made}\n", encoding="utf-8")
    return KeyPair(str(made.to_public()), file)


@pytest.fixture
def filled(app: Flask, semilla: Ngo) -> Ngo:
    """An NGO with sealed fields, uploads and a promoted version of the score."""
    with app.app_context(), tenancy.acting_for(semilla.id):
        fill(World(semilla))
    models, made = app.config["SETTINGS"].instance / "models", shelf.scorer()
    shelf.put(models, made)
    registry.promote(models, made.version, "2026-11-24T08:00:00")
    return semilla


def fill(world: World) -> None:
    """Three families with a file each, and a child in care."""
    for _ in range(3):
        family = world.family(children=2)
        family.caregivers[0].dni, family.address = f"4{family.number:07d}", "Jr. Los Álamos 123"
        documents.add(world.worker, Upload(PDF, "constancia.pdf"), family)
    db.session.commit()
    world.active()


@pytest.fixture
def place(prepared: Ground, tmp_path: Path) -> Iterator[Place]:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    database = {"DATABASE_OWNER_URL": "", **prepared.database.empty(folder)}
    yield Place(folder, {"INSTANCE_PATH": str(folder), **database})
    prepared.database.drop(database)


@pytest.fixture
def backup(filled: Ngo, manage: Manage, keys: KeyPair, tmp_path: Path) -> Path:
    """A backup for the holder of `keys`."""
    done = manage("backup", str(tmp_path / "ayni.backup"), BACKUP_RECIPIENTS=keys.public)
    assert (done.exit_code, done.exception) == (0, None)
    return tmp_path / "ayni.backup"


@pytest.fixture
def restore(manage: Manage, keys: KeyPair, place: Place) -> Callable[..., Result]:
    """`restore(FILE)`: into the empty place; named values change its environment."""

    def run(file: Path, **changed: str) -> Result:
        given = {**place.environment, **changed}
        return manage("restore", str(file), "--identity", str(keys.file), **given)

    return run
