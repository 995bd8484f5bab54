"""Two NGOs on a migrated database: their people, their checklist, and browsers that are logged in."""

from __future__ import annotations

import dataclasses
import re
import shutil
from collections.abc import Callable, Iterator
from contextvars import Context
from pathlib import Path
from typing import Any
from uuid import UUID

import flask_migrate
import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_security import hash_password

from portal import clock, create_app, tenancy
from portal.commands.installation import new_secrets
from portal.config import Settings
from portal.extensions import db
from portal.models import ChecklistItem, Membership, Provider, Tenant, User, VettingItem
from portal.policy import Actor
from portal.services import documents, providers, vetting
from portal.services.documents import Upload
from portal.services.vetting import Proof
from portal.workflow import Said

PDF = b"%PDF-1.4\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"
PASSWORD = "una clave larga de prueba"
ROLES = ("caseworker", "supervisor", "ngo_admin")
LINES = (  # code, title, kind, mandatory, validity in days
    ("cul", "Certificado Único Laboral", "document", True, 90),
    ("registry", "Consulta de la Ley 30901", "document", True, 365),
    ("visit", "Visita al local", "visit", True, None),
    ("first_aid", "Primeros auxilios", "document", False, 365),
)
PROFILE: dict[str, Any] = {
    "name": "Wawa Wasi Los Molles", "kind": "home", "contact_name": "Rosa Ccori", "ubigeo": "150132",
    "dni": "41234567", "phone": "987654321", "languages": ["es", "quy"], "special_needs": ["asthma"],
    "schedule": "mon-fri 07:00-18:00", "seats_12_23m": 3, "profile": "Cuido niñas y niños del barrio desde hace años.",
}


@dataclasses.dataclass
class Ngo:
    """One NGO and the ids of its people."""

    id: UUID
    people: dict[str, UUID]

    def actor(self, role: str) -> Actor:
        return Actor(self.people[role], role.title(), frozenset({role}), self.id)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, str], Path]:
    """Secrets, and a database with two NGOs that every test copies."""
    folder = tmp_path_factory.mktemp("vetting")
    secrets = new_secrets()
    app = create_app(_settings(secrets, folder))
    with app.app_context():
        flask_migrate.upgrade("migrations")
        for slug in ("semilla", "wasi"):
            _make_ngo(slug)
        db.session.remove()
        db.engine.dispose()
    return secrets, folder


@pytest.fixture
def app(built: tuple[dict[str, str], Path], tmp_path: Path) -> Iterator[Flask]:
    secrets, folder = built
    for file in folder.glob("ayni.db*"):
        shutil.copy(file, tmp_path)
    app = create_app(_settings(secrets, tmp_path))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def semilla(app: Flask) -> Ngo:
    return _ngo("semilla")


@pytest.fixture
def wasi(app: Flask) -> Ngo:
    return _ngo("wasi")


@pytest.fixture
def work(semilla: Ngo) -> Iterator[Ngo]:
    """Inside `semilla`, without a browser."""
    with tenancy.acting_for(semilla.id):
        yield semilla


@pytest.fixture
def person(app: Flask) -> Callable[..., Person]:
    return lambda role, slug="semilla": Person(app, f"{role}@{slug}.example")


class Person:
    """Somebody logged in, whose forms carry their hidden fields. Each request runs outside the test's own tenant."""

    def __init__(self, app: Flask, email: str) -> None:
        self.client: FlaskClient = app.test_client()
        self.page = "/login"
        assert self.post("/login", email=email, password=PASSWORD).status_code == 302
        self.page = "/providers/"

    def get(self, url: str) -> Any:
        db.session.commit()  # the test's own transaction would hold the database's one write lock
        return Context().run(self.client.get, url)

    def post(self, url: str, **data: Any) -> Any:
        hidden = dict(re.findall(r'name="(csrf_token|_tenant)"[^>]*value="([^"]*)"', self.get(self.page).text))
        return Context().run(self.client.post, url, data={**hidden, **data})


@pytest.fixture
def provider(work: Ngo) -> Provider:
    """A provider of `semilla` that has applied."""
    found = providers.create(work.actor("caseworker"), PROFILE)
    db.session.commit()
    return found


@pytest.fixture
def in_vetting(work: Ngo, provider: Provider) -> Provider:
    """The caseworker has begun to vet it."""
    vetting.move(work.actor("caseworker"), provider, "start_vetting", Said())
    db.session.commit()
    return provider


@pytest.fixture
def complete(work: Ngo, in_vetting: Provider) -> Provider:
    """Everything mandatory was verified today."""
    for item in in_vetting.items:
        if item.checklist_item.mandatory:
            verified(work.actor("caseworker"), item)
    db.session.commit()
    return in_vetting


@pytest.fixture
def approved(work: Ngo, complete: Provider) -> Provider:
    """The supervisor approved it today."""
    vetting.move(work.actor("supervisor"), complete, "approve", Said())
    db.session.commit()
    return complete


def verified(actor: Actor, item: VettingItem) -> None:
    """Received, if it is a paper, and verified with today's date."""
    if item.checklist_item.kind == "document":
        document = documents.add(actor, Upload(PDF, "papel.pdf"), item.provider)
        vetting.receive(actor, item, document)
    vetting.verify(actor, item, Proof(clock.today(), "Conforme.", "passed"))


def _settings(secrets: dict[str, str], instance: Path) -> Settings:
    settings = Settings.from_environment({
        "APP_ENV": "test", "INSTANCE_PATH": str(instance), "INSECURE_COOKIES": "1", **secrets,
    })
    return dataclasses.replace(settings, extra={"QUEUE": "off"})


def _make_ngo(slug: str) -> None:
    tenant = Tenant(slug=slug, name=slug.title(), ubigeo="150132")
    users = {role: User(email=f"{role}@{slug}.example", name=role.title(), password=_hashed()) for role in ROLES}
    db.session.add_all([tenant, *users.values()])
    db.session.commit()
    tenant_id, ids = tenant.id, {role: user.id for role, user in users.items()}
    with tenancy.acting_for(tenant_id):
        for role, user_id in ids.items():
            db.session.add(Membership(user_id=user_id, roles=[role]))
        for place, (code, title, kind, mandatory, days) in enumerate(LINES):
            db.session.add(ChecklistItem(
                code=code, title=title, kind=kind, mandatory=mandatory, validity_days=days, position=place,
            ))
        db.session.commit()


def _hashed() -> str:
    if "hash" not in _once:
        _once["hash"] = hash_password(PASSWORD)
    return _once["hash"]


_once: dict[str, str] = {}


def _ngo(slug: str) -> Ngo:
    tenant = db.session.query(Tenant).filter_by(slug=slug).one()
    users = {role: db.session.query(User).filter_by(email=f"{role}@{slug}.example").one().id for role in ROLES}
    tenant_id = tenant.id
    db.session.remove()
    return Ngo(tenant_id, users)
