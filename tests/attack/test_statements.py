"""I43, I47 and the holes of the ORM: each way a statement could read or write past the tenant at work."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import (
    column,
    delete,
    exists,
    func,
    insert,
    literal_column,
    select,
    table,
    text,
    true,
    union_all,
    update,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Bundle, aliased, joinedload, selectinload
from sqlalchemy.orm.exc import StaleDataError

from portal.extensions import db
from portal.models import Family, Membership, Provider, Tenant
from portal.tenancy import OtherTenantError
from tests.attack.canary import CANARY
from tests.ground import Ngo

BARE = Provider.__table__
OTHER = aliased(Provider)
NAMES = select(Provider.name)

NARROWED: dict[str, Callable[[], Any]] = {
    "rows": lambda: select(Provider),
    "columns": lambda: NAMES,
    "bundle": lambda: select(Bundle("one", Provider.name)),
    "alias": lambda: select(OTHER.name),
    "alias of a subquery": lambda: select(aliased(Provider, select(Provider).subquery()).name),
    "subquery": lambda: select(NAMES.subquery()),
    "common table": lambda: select(NAMES.cte()),
    "scalar": lambda: select(NAMES.limit(1).scalar_subquery()).where(NAMES.exists()),
    "union": lambda: NAMES.union_all(select(Family.search_name)),
    "union below": lambda: select(union_all(NAMES, select(Family.search_name)).subquery()),
    "join from outside": lambda: select(Tenant.slug, Provider.name).join(Provider, Provider.tenant_id == Tenant.id),
    "count": lambda: select(func.count()).select_from(Provider).having(func.count() > 0),
    "a bare column beside its entity": lambda: select(BARE.c.name).select_from(Provider),
    "count with a bare column": lambda: (
        select(func.count()).select_from(Provider).where(BARE.c.name == CANARY).having(func.count() > 0)
    ),
    "maximum": lambda: select(func.max(Provider.name)).having(func.max(Provider.name).is_not(None)),
    "exists": lambda: select(Tenant.slug).where(exists().where(Provider.name == CANARY)),
    "any": lambda: select(Tenant.slug).where(select(Family.id).where(Family.caregivers.any()).exists()),
    "has": lambda: select(Tenant.slug).where(select(Family.id).where(Family.caseworker.has()).exists()),
    "joined": lambda: select(Family).options(joinedload(Family.caregivers), joinedload(Family.caseworker)),
    "selected": lambda: select(Provider).options(selectinload(Provider.seats)),
}
REFUSED: dict[str, Callable[[], Any]] = {
    "core": lambda: select(BARE.c.name),
    "text": lambda: text("SELECT name FROM provider"),
    "top exists": lambda: select(exists().select_from(BARE)),
    "rows of text": lambda: select(Provider).from_statement(text("SELECT * FROM provider")),
    "rows of core": lambda: select(Provider).from_statement(select(BARE)),
    "text as a column": lambda: select(Tenant.slug, text("(SELECT name FROM provider)")),
    "text as a condition": lambda: select(Tenant.slug).where(text("EXISTS (SELECT 1 FROM provider)")),
    "literal": lambda: select(Tenant.slug, literal_column("(SELECT name FROM provider)")),
    "bare beside": lambda: select(Tenant.slug, BARE.c.name),
    "bare whole": lambda: select(Tenant.slug, BARE),
    "bare alias": lambda: select(Tenant.slug, BARE.alias().c.name),
    "bare beside its entity": lambda: select(Provider.id, BARE.alias().c.name),
    "bare join": lambda: select(Tenant.slug).join(BARE, true()),
    "bare by name": lambda: select(Tenant.slug, table("provider", column("name")).c.name),
    "bare in a condition": lambda: select(Tenant.slug).where(select(BARE.c.id).exists()),
    "bare in a subquery": lambda: select(Tenant.slug, select(BARE.c.name).subquery().c.name),
    "bare below its entity": lambda: select(
        func.count(Provider.id), select(func.max(BARE.c.name)).correlate(None).scalar_subquery()
    ),
    "insert": lambda: insert(Provider).values(name="x", kind="home"),
    "insert from": lambda: insert(Provider).from_select(["name"], NAMES),
    "core update": lambda: update(BARE).values(name="x"),
    "core delete": lambda: delete(BARE),
    "update past the session": lambda: update(Provider).execution_options(dml_strategy="core_only").values(name="x"),
}


@pytest.mark.parametrize("name", NARROWED)
def test_a_statement_reaches_nothing_of_the_other_ngo(at_work: Ngo, name: str) -> None:
    assert db.session.execute(NARROWED[name]()).unique().all() == []


@pytest.mark.parametrize("name", REFUSED)
def test_a_statement_that_is_not_narrowed_is_refused(at_work: Ngo, name: str) -> None:
    with pytest.raises(OtherTenantError):
        db.session.execute(REFUSED[name]())


def test_what_was_found_clean_once_opens_the_door_to_nothing_else(at_work: Ngo) -> None:
    """Shapes of clean statements are remembered: every refused one is refused after all of them, again and again."""
    for make in NARROWED.values():
        db.session.execute(make()).unique().all()
        assert db.session.execute(make()).unique().all() == []
    for make in (*REFUSED.values(), *REFUSED.values()):
        with pytest.raises(OtherTenantError):
            db.session.execute(make())


def test_updates_and_deletes_reach_no_row_of_the_other_ngo(at_work: Ngo, victim: dict[str, list[UUID]]) -> None:
    theirs = Provider.id == victim["provider"][0]
    assert db.session.execute(update(Provider).values(name="x")).rowcount == 0
    assert db.session.execute(update(Provider).where(theirs).values(name="x")).rowcount == 0
    assert db.session.execute(delete(Provider).where(theirs)).rowcount == 0


def test_updates_by_key_are_refused(at_work: Ngo, victim: dict[str, list[UUID]]) -> None:
    with pytest.raises(OtherTenantError, match="by key"):
        db.session.execute(update(Provider), [{"id": victim["provider"][0], "name": "x"}])


def test_no_update_names_the_tenant(at_work: Ngo, wasi: Ngo) -> None:
    with pytest.raises(OtherTenantError, match="does not name"):
        db.session.execute(update(Membership).values(tenant_id=wasi.id))
    with pytest.raises(OtherTenantError, match="does not name"):
        db.session.execute(update(Membership), {"tenant_id": wasi.id})


@pytest.mark.parametrize("method", ["bulk_insert_mappings", "bulk_update_mappings", "bulk_save_objects"])
def test_the_old_bulk_methods_meet_the_database(
    at_work: Ngo, wasi: Ngo, victim: dict[str, list[UUID]], method: str
) -> None:
    row = {"id": victim["provider"][0], "tenant_id": wasi.id, "name": "x", "version": 2}
    given = [[Provider(**row, kind="home")]] if method == "bulk_save_objects" else [Provider, [row]]
    with pytest.raises((DBAPIError, StaleDataError)):
        getattr(db.session, method)(*given)
