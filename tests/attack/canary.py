"""The other NGO, with a word in everything its people typed that must never come out anywhere else.

The client of these tests looks for the word in every answer, and after every write at every row of the other NGO.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import String, Text, select

from portal import database, tenancy
from portal.crypto import encrypted_attributes
from portal.extensions import db
from portal.models import User
from portal.services import documents
from tests.attack import rows
from tests.ground import Ngo
from tests.portal.worlds import World

CANARY = "ZZCANARY"
DNI = "76543298"
SECRETS = (CANARY.lower(), DNI, "wasi.example")
MACHINERY = {"audit_event", "audit_head", "transition", "tenant_key", "text_vector", "job"}  # no word of a person
CODED = {"schedule", "model_version"}  # wide, but read by the program
WIDE = 80  # a narrower column holds a code


class Watched(FlaskClient):
    """A client of which every answer is searched, and every write checked."""

    victim: Ngo
    each_write = True  # a test of very many writes compares once, at its end

    def open(self, *args: Any, **kwargs: Any) -> Any:
        writes = self.each_write and kwargs.get("method", "GET") not in {"GET", "HEAD", "OPTIONS"}
        before = seen_by(self.application, self.victim) if writes else None
        answer = super().open(*args, **kwargs)
        said = f"{answer.request.method} {answer.request.full_path} {answer.status_code}"
        whole = f"{answer.headers}".lower() + answer.get_data().decode("utf-8", "replace").lower()
        for secret in SECRETS:
            assert secret not in whole, f"{secret} in the answer to {said}"
        assert answer.status_code < 500, said
        if writes:
            assert seen_by(self.application, self.victim) == before, said
        return answer


def seen_by(app: Flask, ngo: Ngo) -> dict[str, str]:
    """The fingerprint of everything an NGO has."""
    with app.app_context(), database.reading(), tenancy.acting_for(ngo.id):
        return rows.fingerprint(ngo)


def plant(app: Flask, ngo: Ngo) -> dict[str, list[UUID]]:
    """Set the NGO to work and put the word everywhere. Returns the ids of all it has, by table."""
    with app.app_context(), tenancy.acting_for(ngo.id):
        _work(World(ngo))
        fill(ngo)
        for kind in tenancy.tenant_classes():
            if kind.__tablename__ not in MACHINERY:
                _mark(kind)
        for user in db.session.scalars(select(User).where(User.id.in_(ngo.people.values()))):
            user.name = CANARY
        db.session.commit()
        return rows.ids(ngo)


def picture() -> bytes:
    """A picture small enough to be sent."""
    made = BytesIO()
    Image.new("RGB", (8, 8)).save(made, "PNG")
    return made.getvalue()


def _work(world: World) -> None:
    provider = world.provider()
    world.active(provider=provider)
    world.proposal()
    documents.add(world.worker, documents.Upload(picture(), f"{CANARY}.png"), provider)
    db.session.commit()


def fill(ngo: Ngo) -> None:
    """A row in each table that the work left empty."""
    kinds = {kind.__tablename__: kind for kind in tenancy.tenant_classes()}
    for table in rows.tables():
        if not rows.ids(ngo)[table.name]:
            db.session.add(kinds[table.name](**rows.values(table, ngo)))
            db.session.commit()


def _mark(kind: type) -> None:
    wide = [
        column.key for column in kind.__table__.columns
        if isinstance(column.type, String) and (isinstance(column.type, Text) or (column.type.length or 0) >= WIDE)
        and column.key not in CODED and not column.key.endswith("_sealed")
    ]
    for number, row in enumerate(db.session.scalars(select(kind)).unique()):
        for name in wide:
            setattr(row, name, CANARY.lower() if name == "search_name" else CANARY)
        for sealed in encrypted_attributes(kind):
            if not sealed.index:
                setattr(row, sealed.name, CANARY)
            elif number == 0:
                setattr(row, sealed.name, DNI)
