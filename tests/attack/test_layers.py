"""Each layer with the others switched off: what one lets through, the next one still holds."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import create_engine, event, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from portal import tenancy
from portal.extensions import db
from portal.models import Family, Provider
from portal.tenancy import OtherTenantError
from tests.attack import rows
from tests.ground import Ngo
from tests.portal.worlds import Browser

GUARDS = (
    ("do_orm_execute", tenancy._narrow), ("before_flush", tenancy._guard_writes),
    ("before_attach", tenancy._guard_attach),
)


@pytest.fixture
def session_off(victim: dict[str, list[UUID]]) -> Iterator[None]:
    """The session asks nothing: the database stands alone."""
    for name, guard in GUARDS:
        event.remove(Session, name, guard)
    yield
    for name, guard in GUARDS:
        event.listen(Session, name, guard)


@pytest.fixture
def database_off(app: Flask, victim: dict[str, list[UUID]]) -> None:
    """The database refuses nothing: the session stands alone."""
    owner = create_engine(app.config["SETTINGS"].owner_database_url)
    with owner.begin() as connection:
        for table in rows.tables():
            if connection.dialect.name == "postgresql":
                connection.execute(text(f"ALTER TABLE {table.name} DISABLE ROW LEVEL SECURITY"))
                continue
            for moment in ("insert", "update", "delete"):
                connection.execute(text(f"DROP TRIGGER tenant_{moment}_{table.name}"))
    owner.dispose()


def test_the_database_alone_refuses_the_sessions_writes(
    app: Flask, wasi: Ngo, victim: dict[str, list[UUID]], session_off: None, at_work: Ngo
) -> None:
    """A careless change of a row of the other NGO, found by its id as SQLite would find it."""
    row = db.session.get(Provider, victim["provider"][0])
    if db.engine.dialect.name == "postgresql":
        assert row is None
    else:
        row.name = "x"
        with pytest.raises((DBAPIError, StaleDataError)):
            db.session.flush()
        db.session.rollback()
    assert not _updates(victim)


def _updates(victim: dict[str, list[UUID]]) -> bool:
    theirs = update(Provider).where(Provider.id == victim["provider"][0]).values(name="x")
    try:
        return db.session.execute(theirs).rowcount > 0
    except DBAPIError as error:
        rows.expect_refusal(error)
        return False
    finally:
        db.session.rollback()


def test_the_database_alone_lets_no_row_be_given_away(
    filled: None, session_off: None, at_work: Ngo, wasi: Ngo
) -> None:
    db.session.scalars(select(Family).where(Family.tenant_id == at_work.id)).first().tenant_id = wasi.id
    with pytest.raises(DBAPIError) as caught:
        db.session.flush()
    rows.expect_refusal(caught.value)
    db.session.rollback()


def test_the_session_alone_reads_and_writes_nothing_of_the_other_ngo(
    database_off: None, at_work: Ngo, wasi: Ngo, victim: dict[str, list[UUID]]
) -> None:
    raw = rows.fingerprint(wasi)
    assert db.session.get(Provider, victim["provider"][0]) is None
    assert db.session.scalars(select(Family)).all() == []
    assert db.session.execute(update(Provider).values(name="x")).rowcount == 0
    for row in (Provider(tenant_id=wasi.id, name="x", kind="home"),):
        with pytest.raises(OtherTenantError):
            db.session.add(row)
    assert rows.fingerprint(wasi) == raw


def test_the_session_alone_keeps_the_web_apart(
    app: Flask, database_off: None, victim: dict[str, list[UUID]]
) -> None:
    person = Browser(app, "supervisor@semilla.example")
    for page in ("/", "/families/", "/providers/", "/placements/", "/queue/", "/followups/", "/team/", "/search/"):
        assert person.get(page).status_code == 200
    hidden = person.hidden("/")
    for name, url in (("family", "/families/{}"), ("provider", "/providers/{}"), ("document", "/documents/{}")):
        assert person.get(url.format(victim[name][0])).status_code == 404
    for name, url in (("family", "/families"), ("provider", "/vetting"), ("proposal", "/proposals")):
        address = f"{url}/{victim[name][0]}/move"
        assert person.client.post(address, data={**hidden, "action": "approve"}).status_code == 404
