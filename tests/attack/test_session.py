"""I43, I47 and the holes of the session: rows that travel from one tenant to the other, and work without a tenant."""

from __future__ import annotations

import contextvars
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import tenancy
from portal.extensions import db
from portal.models import Caregiver, Family, Membership, Provider, SeatBand
from portal.tenancy import NoTenantError, OtherTenantError
from tests.attack import canary
from tests.ground import Ngo
from tests.portal.worlds import World


@pytest.fixture
def theirs(app: Flask, wasi: Ngo, victim: dict[str, list[UUID]]) -> Provider:
    """A row of the other NGO that somebody kept: loaded, and out of any session."""
    with app.app_context(), tenancy.acting_for(wasi.id):
        row = db.session.get(Provider, victim["provider"][0])
        assert row.seats
        db.session.expunge_all()
    return row


def test_get_finds_no_row_of_the_other_ngo(at_work: Ngo, victim: dict[str, list[UUID]]) -> None:
    assert db.session.get(Family, victim["family"][0]) is None
    assert db.session.get_one(Membership, _first_membership()).tenant_id == at_work.id


def _first_membership() -> UUID:
    return db.session.scalars(select(Membership.id).limit(1)).one()


def test_i43_the_identity_map_ends_with_the_tenant(app: Flask, semilla: Ngo, wasi: Ngo) -> None:
    with app.app_context():
        with tenancy.acting_for(wasi.id):
            family = World(wasi).family().id
            assert db.session.get(Family, family) is not None
        with tenancy.acting_for(semilla.id):
            assert db.session.get(Family, family) is None


def test_i43_a_session_serves_one_tenant(app: Flask, semilla: Ngo, wasi: Ngo) -> None:
    with app.app_context(), Session(db.engine) as kept:
        with tenancy.acting_for(wasi.id):
            assert kept.scalars(select(Membership)).unique().all()
        with tenancy.acting_for(semilla.id), pytest.raises(OtherTenantError, match="session"):
            kept.scalars(select(Membership))


def test_tenants_do_not_nest(app: Flask, semilla: Ngo, wasi: Ngo) -> None:
    with app.app_context(), tenancy.acting_for(semilla.id):
        with pytest.raises(OtherTenantError), tenancy.acting_for(wasi.id):
            pytest.fail("another tenant's work began inside")
        with pytest.raises(OtherTenantError), tenancy.platform_scope("attack"):
            pytest.fail("the platform's work began inside")
        assert tenancy.current() == semilla.id


def test_a_kept_row_comes_into_no_session_of_another(theirs: Provider, at_work: Ngo) -> None:
    for enter in (db.session.add, db.session.delete, lambda row: db.session.merge(row, load=False)):
        with pytest.raises(OtherTenantError):
            enter(theirs)
    assert theirs not in db.session


def test_a_kept_row_is_not_merged(theirs: Provider, at_work: Ngo) -> None:
    with pytest.raises(OtherTenantError):
        db.session.merge(theirs)


def test_a_row_is_not_linked_to_a_kept_one(theirs: Provider, at_work: Ngo) -> None:
    own = World(at_work).provider()
    with pytest.raises(OtherTenantError):
        own.seats.append(theirs.seats[0])


def test_a_new_row_does_not_name_the_other_ngo(at_work: Ngo, wasi: Ngo) -> None:
    row = SeatBand(tenant_id=wasi.id, provider_id=uuid4(), band="24_35m")
    with pytest.raises(OtherTenantError):
        db.session.add(row)


def test_a_loaded_row_is_not_given_away(at_work: Ngo, wasi: Ngo) -> None:
    own = World(at_work).provider()
    own.tenant_id = wasi.id
    with pytest.raises(OtherTenantError):
        db.session.commit()


def test_a_new_row_refers_to_no_row_of_the_other_ngo(at_work: Ngo, victim: dict[str, list[UUID]]) -> None:
    """The session knows no keys: this is the database's part."""
    db.session.add(Caregiver(family_id=victim["family"][0], given_names="Rosa"))
    with pytest.raises(Exception, match="(?i)foreign key"):
        db.session.flush()


@pytest.mark.parametrize("kind", [Family, Provider, Membership])
def test_i47_nothing_is_read_without_a_tenant(app: Flask, victim: dict[str, list[UUID]], kind: type) -> None:
    with app.app_context():
        with pytest.raises(NoTenantError):
            db.session.scalars(select(kind)).unique().all()
        with pytest.raises(NoTenantError):
            db.session.get(kind, victim[kind.__tablename__][0])


def test_i47_nothing_is_written_without_a_tenant(app: Flask, semilla: Ngo) -> None:
    with app.app_context():
        with pytest.raises(NoTenantError):
            Provider(name="x", kind="home")
        db.session.add(Provider(name="x", kind="home", number=1, tenant_id=semilla.id, languages=[], special_needs=[]))
        with pytest.raises(NoTenantError):
            db.session.flush()


def test_before_login_memberships_are_read_and_nothing_else(
    app: Flask, wasi: Ngo, victim: dict[str, list[UUID]]
) -> None:
    with app.app_context(), tenancy.platform_scope("attack"):
        assert wasi.id in db.session.scalars(select(Membership.tenant_id)).all()
        assert db.session.scalars(select(Provider)).all() == []
        db.session.scalars(select(Membership)).unique().first().active = False
        with pytest.raises(NoTenantError):
            db.session.flush()


def test_a_thread_begins_without_a_tenant(app: Flask, semilla: Ngo, wasi: Ngo) -> None:
    def count(ngo: Ngo | None) -> int:
        with app.app_context():
            if ngo is None:
                return 0 if tenancy.current_or_none() is None else 1
            with tenancy.acting_for(ngo.id):
                return len({row.tenant_id for row in db.session.scalars(select(Membership)).unique()} - {ngo.id})

    with app.app_context(), tenancy.acting_for(semilla.id), ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(count, [None, wasi, semilla, None, wasi] * 4)) == 0


def test_a_copied_context_keeps_its_own_tenant(app: Flask, semilla: Ngo, wasi: Ngo) -> None:
    with app.app_context(), tenancy.acting_for(semilla.id):
        kept = contextvars.copy_context()
    with app.app_context(), tenancy.acting_for(wasi.id):
        assert kept.run(tenancy.current) == semilla.id
        assert tenancy.current() == wasi.id
    assert tenancy.current_or_none() is None


def test_the_tenant_ends_with_an_error(app: Flask, semilla: Ngo) -> None:
    with pytest.raises(ZeroDivisionError), app.app_context(), tenancy.acting_for(semilla.id):
        raise ZeroDivisionError
    assert tenancy.current_or_none() is None


def test_the_word_is_there(app: Flask, wasi: Ngo, victim: dict[str, list[UUID]]) -> None:
    with app.app_context(), tenancy.acting_for(wasi.id):
        assert {row.name for row in db.session.scalars(select(Provider))} == {canary.CANARY}
        assert all(victim.values())
