"""The NGO at work and what it decided for itself."""

from __future__ import annotations

import pytest
from flask import Flask

from portal import tenancy
from portal.extensions import db
from portal.models import TenantSettings
from portal.models.tenant import DEFAULTS
from portal.queries import tenants
from tests.ground import Ngo
from tests.portal.worlds import World


def test_an_ngo_that_decided_nothing_has_the_defaults(world: World) -> None:
    assert tenants.settings() is None
    assert tenants.values() == DEFAULTS
    assert {name: tenants.setting(name) for name in DEFAULTS} == DEFAULTS


def test_what_an_ngo_decided_counts_and_the_rest_stays(world: World) -> None:
    db.session.add(TenantSettings(values={"hold_hours": 12}))
    db.session.commit()
    assert tenants.setting("hold_hours") == 12
    assert tenants.values() == {**DEFAULTS, "hold_hours": 12}
    assert tenants.setting("offer_hours") == DEFAULTS["offer_hours"]


@pytest.mark.parametrize("decided", [False, True])
def test_what_is_no_setting_is_an_error(world: World, decided: bool) -> None:
    if decided:
        db.session.add(TenantSettings(values={"hold_hours": 12}))
        db.session.commit()
    with pytest.raises(KeyError):
        tenants.setting("colour")


def test_each_ngo_decides_for_itself(app: Flask, semilla: Ngo, wasi: Ngo) -> None:
    with app.app_context():
        with tenancy.acting_for(semilla.id):
            db.session.add(TenantSettings(values={"hold_hours": 12}))
            db.session.commit()
            assert tenants.here().slug == "semilla"
        with tenancy.acting_for(wasi.id):
            assert tenants.setting("hold_hours") == DEFAULTS["hold_hours"]
            assert tenants.here().slug == "wasi"


def test_the_platform_knows_every_ngo_by_name(app: Flask, semilla: Ngo, wasi: Ngo) -> None:
    with app.app_context():
        assert [one.slug for one in tenants.every()] == ["semilla", "wasi"]
