"""`manage.py keys`: fresh secrets that are fit, and a rotation after which everything reads as before."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal import audit, crypto, tenancy
from portal.commands.installation import new_master_key
from portal.config import Settings
from portal.crypto import SealBrokenError, TenantKey
from portal.extensions import db
from portal.models import Caregiver, Family
from tests.ground import Ngo
from tests.portal.commands.conftest import Manage
from tests.portal.worlds import World

STORY = "Vende comida en el mercado de madrugada."


@pytest.fixture
def sealed(app: Flask, semilla: Ngo, wasi: Ngo) -> None:
    """Each NGO keeps something."""
    for ngo in (semilla, wasi):
        with app.app_context(), tenancy.acting_for(ngo.id):
            family = World(ngo).family(story=STORY)
            family.caregivers[0].dni = "41234567"
            db.session.commit()


def read(app: Flask, ngo: Ngo, master_keys: str) -> tuple[Any, ...]:
    """What the NGO reads with these master keys and a keyring that has opened nothing yet; and the key it was under."""
    with app.app_context(), tenancy.acting_for(ngo.id):
        crypto.keyring.load(master_keys)
        family = db.session.scalars(select(Family)).one()
        same = select(func.count()).select_from(Caregiver).where(
            Caregiver.dni_index == Caregiver.dni.lookup("41234567")
        )
        number = (family.story_sealed or "").partition(".")[0]
        return family.story, family.caregivers[0].dni, db.session.scalar(same), number


def test_new_secrets_are_fit_for_an_installation(manage: Manage) -> None:
    lines = dict(line.split("=", 1) for line in manage("keys", "new").stdout.splitlines())
    assert Settings.from_environment(lines).master_keys == lines["MASTER_KEYS"]
    assert len(base64.urlsafe_b64decode(lines["MASTER_KEYS"].partition(":")[2])) == crypto.KEY
    assert manage("keys", "new").stdout != manage("keys", "new").stdout


def test_a_new_master_key_is_one_line(manage: Manage) -> None:
    (line,) = manage("keys", "new", "--master").stdout.splitlines()
    crypto.Keyring().load(line)


def test_after_a_rotation_the_old_master_key_is_not_needed(
    app: Flask, sealed: None, semilla: Ngo, wasi: Ngo, manage: Manage
) -> None:
    old, new = app.config["SETTINGS"].master_keys, new_master_key()
    done = manage("keys", "rotate", MASTER_KEYS=f"{new},{old}")
    assert (done.exit_code, done.stdout.splitlines()) == (0, [
        f"{slug}: 2 keys wrapped anew, 0 rows sealed anew" for slug in ("semilla", "wasi")
    ])
    for ngo in (semilla, wasi):
        assert read(app, ngo, new) == (STORY, "41234567", 1, "1")
        with pytest.raises(SealBrokenError, match="not among MASTER_KEYS"):
            read(app, ngo, old)


def test_a_second_rotation_has_nothing_to_do(app: Flask, sealed: None, manage: Manage) -> None:
    keys = f"{new_master_key()},{app.config['SETTINGS'].master_keys}"
    manage("keys", "rotate", MASTER_KEYS=keys)
    assert "semilla: 0 keys wrapped anew" in manage("keys", "rotate", MASTER_KEYS=keys).stdout


def test_a_new_data_key_seals_every_field_anew_and_opens_what_was_sealed_before(
    app: Flask, sealed: None, semilla: Ngo, wasi: Ngo, manage: Manage
) -> None:
    with app.app_context(), tenancy.acting_for(semilla.id):
        family = db.session.scalars(select(Family)).one()
        place, before = Family.story.place(family), family.story_sealed
    done = manage("keys", "rotate", "--data")
    assert done.exit_code == 0, done.output
    assert "semilla: 0 keys wrapped anew, 3 rows sealed anew" in done.stdout
    keys = app.config["SETTINGS"].master_keys
    for ngo in (semilla, wasi):
        assert read(app, ngo, keys) == (STORY, "41234567", 1, "2")
    with app.app_context(), tenancy.acting_for(semilla.id):
        assert crypto.unseal(before or "", place).decode() == STORY  # a backup, a file
        assert crypto.seal(b"new", place).startswith("2.")


def test_a_rotation_is_in_the_trail_and_the_trail_holds(
    app: Flask, sealed: None, semilla: Ngo, manage: Manage
) -> None:
    manage("keys", "rotate", "--data")
    with app.app_context(), tenancy.acting_for(semilla.id):
        noted = db.session.scalars(select(audit.AuditEvent).where(audit.AuditEvent.subject_type == "tenant_key")).all()
        assert noted[-1].action == "create"
        assert audit.verify()[1] is None
        assert db.session.scalar(select(func.count()).select_from(TenantKey)) == 3


def test_a_rotation_without_the_old_master_key_changes_nothing(
    app: Flask, sealed: None, semilla: Ngo, manage: Manage
) -> None:
    done = manage("keys", "rotate", MASTER_KEYS=new_master_key())
    assert done.exit_code == 1
    assert read(app, semilla, app.config["SETTINGS"].master_keys)[0] == STORY
