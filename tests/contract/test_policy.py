"""Every address, every role: what the policy table says is what a browser meets."""

from __future__ import annotations

from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal import tenancy
from portal.audit import AuditEvent
from portal.extensions import db
from portal.models import ApiToken, Family
from portal.policy import PERMISSIONS, Actor, Permission, Role, allowed
from portal.views.access import PUBLIC, permission_of
from tests.attack import canary, rows
from tests.contract.addresses import asked
from tests.ground import OPERATOR, ROLES, Ngo
from tests.portal.worlds import Browser

REFUSED_BY_THE_ROW = {
    ("ngo_admin", "documents.download"),  # here a family's file: it is for those who read the family
    ("caseworker", "tokens.revoke"),  # here the supervisor's
    ("caseworker", "jobs.cancel"),  # here nobody's
    ("caseworker", "jobs.again"),
}
ENDS = ("security.logout", "account.end_session")  # they end the session that asks


@pytest.fixture
def ids(app: Flask, semilla: Ngo) -> dict[str, UUID]:
    """A row of each table of the NGO; the family is the caseworker's own."""
    with app.app_context(), tenancy.acting_for(semilla.id):
        canary.fill(semilla)
        db.session.scalars(select(Family)).one().caseworker_id = semilla.people["caseworker"]
        db.session.scalars(select(ApiToken)).one().user_id = semilla.people["supervisor"]
        db.session.commit()
        return {table: found[0] for table, found in rows.ids(semilla).items() if found}


def actor(role: str, ngo: Ngo) -> Actor:
    if role == Role.OPERATOR:
        return Actor(UUID(int=1), "", frozenset({Role.OPERATOR}))
    return ngo.actor(role)


def may(app: Flask, role: str, ngo: Ngo, endpoint: str) -> bool:
    """What the table says."""
    if (role, endpoint) in REFUSED_BY_THE_ROW:
        return False
    permission = permission_of(app, endpoint)
    if permission == PUBLIC:
        return True
    return permission is not None and allowed(actor(role, ngo), Permission(permission))


@pytest.mark.parametrize("role", [*ROLES, "operator"])
def test_an_address_is_refused_to_whom_the_table_does_not_name(
    app: Flask, semilla: Ngo, ids: dict[str, UUID], role: str
) -> None:
    person = Browser(app, OPERATOR if role == "operator" else f"{role}@semilla.example")
    hidden, refusals = person.hidden("/"), 0
    for rule, method, address in asked(app, ids):
        if rule.endpoint in ENDS:
            continue
        answer = person.client.open(address, method=method, data=hidden if method == "POST" else None)
        expected = may(app, role, semilla, rule.endpoint)
        assert (answer.status_code != 403) is expected, f"{method} {address} {answer.status_code} for {role}"
        assert answer.status_code < 500, f"{method} {address} {answer.status_code}"
        refusals += answer.status_code == 403
    assert refusals > 0
    assert _noted(app, semilla) == (0 if role == "operator" else refusals)


def _noted(app: Flask, ngo: Ngo) -> int:
    """The refusals in the NGO's trail."""
    with app.app_context(), tenancy.acting_for(ngo.id):
        return db.session.scalar(select(func.count(AuditEvent.id)).where(AuditEvent.action == "refused")) or 0


def test_nobody_is_shown_anything_without_a_login(app: Flask, ids: dict[str, UUID]) -> None:
    for rule, method, address in asked(app, ids):
        if permission_of(app, rule.endpoint) == PUBLIC:
            continue
        answer = app.test_client().open(address, method=method)
        assert answer.status_code == 302, f"{method} {address} {answer.status_code}"
        assert answer.headers["Location"].startswith("/login")


@pytest.mark.parametrize("token", ["", "x", "ImFiYyI.Zx0.abc"])
def test_nothing_is_written_without_the_token_of_a_page(app: Flask, ids: dict[str, UUID], token: str) -> None:
    person, stranger = Browser(app, "supervisor@semilla.example"), app.test_client()
    hidden = person.hidden("/") | {"csrf_token": token}
    posts = [one for one in asked(app, ids) if one[1] == "POST"]
    assert len(posts) > 40
    for rule, _, address in posts:
        assert person.client.post(address, data=hidden).status_code == 400, address
        if permission_of(app, rule.endpoint) == PUBLIC:
            assert stranger.post(address, data=hidden).status_code == 400, address


def test_every_permission_is_in_the_table_and_asked_by_somebody() -> None:
    assert set(PERMISSIONS) == set(Permission)


@pytest.mark.parametrize("permission", list(Permission))
def test_whoever_is_not_logged_in_may_nothing(permission: Permission) -> None:
    assert not allowed(None, permission)
    assert not allowed(Actor(None, "", frozenset()), permission)
