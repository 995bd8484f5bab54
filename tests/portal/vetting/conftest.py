"""Two NGOs on a migrated database: their people, their checklist, and browsers that are logged in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextvars import Context
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal import clock, tenancy
from portal.extensions import db
from portal.models import ChecklistItem, Provider, VettingItem
from portal.policy import Actor
from portal.services import documents, providers, vetting
from portal.services.documents import Upload
from portal.services.vetting import Proof
from portal.workflow import Said
from tests import ground
from tests.ground import PASSWORD, SLUGS, Ground, Ngo

PDF = b"%PDF-1.4\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"
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


@pytest.fixture
def app(prepared: Ground, tmp_path: Path) -> Iterator[Flask]:
    """Within an application context, with a checklist in each NGO."""
    with prepared.app(tmp_path) as app, app.app_context():
        for slug in SLUGS:
            with tenancy.acting_for(ground.ngo(app, slug).id):
                db.session.add_all(_checklist())
                db.session.commit()
        yield app


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

    def seek(self, url: str, **data: Any) -> Any:
        return self.get(self.post(url, **data).headers["Location"])


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


def _checklist() -> list[ChecklistItem]:
    return [
        ChecklistItem(code=code, title=title, kind=kind, mandatory=mandatory, validity_days=days, position=place)
        for place, (code, title, kind, mandatory, days) in enumerate(LINES)
    ]
