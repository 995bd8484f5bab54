"""Two NGOs on a migrated database, and browsers that are logged in."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import flask_migrate
import pytest
from flask import Flask
from flask_security import hash_password
from sqlalchemy import select

from portal import create_app, tenancy
from portal.commands.installation import new_secrets
from portal.config import Settings
from portal.extensions import db
from portal.models import Membership, Tenant, User
from tests.portal.casework.worlds import PASSWORD, Browser, Ngo, World

ROLES = ("caseworker", "supervisor", "ngo_admin")


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, str], Path]:
    """Secrets, and a database with two NGOs that every test copies."""
    folder = tmp_path_factory.mktemp("casework")
    secrets = new_secrets()
    app = create_app(_settings(secrets, folder))
    with app.app_context():
        flask_migrate.upgrade("migrations")
        password = hash_password(PASSWORD)
        for slug in ("semilla", "wasi"):
            _make_ngo(slug, password)
        db.session.remove()
        db.engine.dispose()
    return secrets, folder


@pytest.fixture
def app(built: tuple[dict[str, str], Path], tmp_path: Path) -> Iterator[Flask]:
    secrets, folder = built
    for file in folder.glob("ayni.db*"):
        shutil.copy(file, tmp_path)
    app = create_app(_settings(secrets, tmp_path))
    yield app  # outside an application context: each request of a browser has its own
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def semilla(app: Flask) -> Ngo:
    return _ngo(app, "semilla")


@pytest.fixture
def wasi(app: Flask) -> Ngo:
    return _ngo(app, "wasi")


@pytest.fixture
def world(app: Flask, semilla: Ngo) -> Iterator[World]:
    """Inside `semilla`, without a browser."""
    with app.app_context(), tenancy.acting_for(semilla.id):
        yield World(semilla)


@pytest.fixture
def made(app: Flask, semilla: Ngo) -> Callable[[Callable[[World], Any]], str]:
    """Make a row inside `semilla` and leave it again: the row's id, for a browser."""

    def make(build: Callable[[World], Any]) -> str:
        with app.app_context(), tenancy.acting_for(semilla.id):
            return str(build(World(semilla)).id)

    return make


@pytest.fixture
def kept(app: Flask, semilla: Ngo) -> Callable[[type, str], Any]:
    """A row of `semilla` as it is in the database now."""

    def read(kind: type, row_id: str) -> Any:
        with app.app_context(), tenancy.acting_for(semilla.id):
            return db.session.get_one(kind, UUID(row_id))

    return read


@pytest.fixture
def log_in(app: Flask) -> Callable[..., Browser]:
    return lambda role, slug="semilla": Browser(app, f"{role}@{slug}.example")


def _settings(secrets: dict[str, str], instance: Path) -> Settings:
    settings = Settings.from_environment({
        "APP_ENV": "test", "INSTANCE_PATH": str(instance), "INSECURE_COOKIES": "1", **secrets,
    })
    return dataclasses.replace(settings, extra={"QUEUE": "off"})


def _make_ngo(slug: str, password: str) -> None:
    tenant = Tenant(slug=slug, name=slug.title(), ubigeo="150132")
    users = {role: User(email=f"{role}@{slug}.example", name=role.title(), password=password) for role in ROLES}
    db.session.add_all([tenant, *users.values()])
    db.session.commit()
    tenant_id, ids = tenant.id, {role: user.id for role, user in users.items()}
    with tenancy.acting_for(tenant_id):
        db.session.add_all([Membership(user_id=user_id, roles=[role]) for role, user_id in ids.items()])
        db.session.commit()


def _ngo(app: Flask, slug: str) -> Ngo:
    with app.app_context():
        tenant_id = db.session.scalars(select(Tenant.id).where(Tenant.slug == slug)).one()
        mails = {f"{role}@{slug}.example": role for role in ROLES}
        users = db.session.scalars(select(User).where(User.email.in_(mails))).all()
        return Ngo(tenant_id, {mails[user.email]: user.id for user in users})
