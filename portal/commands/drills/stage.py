"""A throw-away installation: a folder, secrets, a free port, one NGO with a team, families that wait and providers."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import flask_migrate
from flask import Flask
from flask_security import hash_password
from sqlalchemy.pool import NullPool

from portal import clock, create_app, tenancy
from portal.commands.installation import new_secrets
from portal.config import MIGRATIONS, ROOT, Settings
from portal.extensions import db
from portal.models import Caregiver, Child, Consent, Family, Membership, Provider, SeatBand, Tenant, User

PASSWORD = "una clave larga de simulacro"  # noqa: S105 - of accounts that live as long as the drill
WRITERS = 4
PLACE = {"ubigeo": "150132", "latitude": -11.98, "longitude": -77.0}


@dataclass(frozen=True)
class Writer:
    """An account that writes, and the waiting family it changes again and again."""

    email: str
    family: UUID


@dataclass(frozen=True)
class Stage:
    """The installation, before any of its processes runs."""

    folder: Path
    port: int
    environment: dict[str, str]
    app: Flask
    tenant: UUID
    writers: tuple[Writer, ...]

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @contextmanager
    def inside(self) -> Iterator[None]:
        """Look at the NGO's rows from this process."""
        with self.app.app_context(), tenancy.acting_for(self.tenant):
            yield


def free_port() -> int:
    """A port for the portal alone, however often it is killed: the system gives it to nobody else meanwhile.

    A socket of this process stays bound to it and never listens; who asks as servers do (SO_REUSEADDR) has it.
    """
    holder = socket.socket()
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    holder.bind(("127.0.0.1", 0))
    port = int(holder.getsockname()[1])
    holder.detach()
    return port


def build(folder: Path, database: dict[str, str]) -> Stage:
    """Migrate an empty database and make the NGO in it. `database`: the environment that names a server's."""
    port = free_port()
    given = {
        **new_secrets(), "APP_ENV": "drill", "INSTANCE_PATH": str(folder), "INSECURE_COOKIES": "1",
        "PUBLIC_BASE_URL": f"http://127.0.0.1:{port}", **database,
    }
    settings = Settings.from_environment(given)
    looking = {"QUEUE": "off", "SQLALCHEMY_ENGINE_OPTIONS": {"poolclass": NullPool, "hide_parameters": True}}
    app = create_app(Settings(**{**vars(settings), "extra": looking}))
    with app.app_context():
        flask_migrate.upgrade(MIGRATIONS)
        tenant, people = _team()
        with tenancy.acting_for(tenant):
            writers = _cases(people)
    elsewhere = {"DATABASE_URL": "", "DATABASE_OWNER_URL": ""}  # whatever this process was told of
    return Stage(folder, port, {**os.environ, **elsewhere, **given, "PYTHONPATH": str(ROOT)}, app, tenant, writers)


def _team() -> tuple[UUID, dict[str, UUID]]:
    """One NGO with a caseworker for each writer: (tenant, mail → user)."""
    tenant, password = Tenant(slug="simulacro", name="Simulacro", ubigeo=PLACE["ubigeo"]), hash_password(PASSWORD)
    users = [User(email=f"c{n}@simulacro.example", name=f"C{n}", password=password) for n in range(WRITERS)]
    db.session.add_all([tenant, *users])
    db.session.commit()
    tenant_id, people = tenant.id, {user.email: user.id for user in users}
    with tenancy.acting_for(tenant_id):
        db.session.add_all([Membership(user_id=user, roles=["caseworker"]) for user in people.values()])
        db.session.commit()
    return tenant_id, people


def _cases(people: dict[str, UUID]) -> tuple[Writer, ...]:
    """A waiting family that agreed to be matched for each, and a provider for all of them."""
    provider = Provider(
        number=1, name="Hogar Amancay", kind="home", status="approved", schedule="mon-sat 06:00-19:00",
        monthly_fee_pen=120, valid_until=clock.today() + timedelta(days=200), **PLACE,
    )
    db.session.add(provider)
    db.session.flush()
    db.session.add(SeatBand(provider_id=provider.id, band="24_35m", capacity=4))
    writers = tuple(Writer(email, _family(number, user)) for number, (email, user) in enumerate(people.items(), 1))
    db.session.commit()
    return writers


def _family(number: int, caseworker: UUID) -> UUID:
    family = Family(
        number=number, caseworker_id=caseworker, status="waiting", waiting_since=clock.now(),
        max_monthly_fee_pen=200, max_distance_km=4.0, **PLACE,
    )
    family.caregivers = [Caregiver(family_id=family.id, given_names="Rosa", paternal_surname="Quispe")]
    family.children = [Child(
        family_id=family.id, given_names="Luz", surnames="Quispe", schedule="mon-fri 07:00-17:00",
        birth_date=clock.today() - timedelta(days=900),
    )]
    db.session.add(family)
    db.session.flush()
    db.session.add_all([
        Consent(family_id=family.id, purpose=purpose, given=True, text_version="1", given_on=clock.today(),
                recorded_by_id=caseworker)
        for purpose in ("services", "matching")
    ])
    return family.id
