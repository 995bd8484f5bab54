"""A person of one NGO, with every identifier of the other, at every address there is.

The addresses come from the application's own map, so that a new screen is attacked without a line here.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule

from portal import tenancy
from portal.extensions import db
from portal.views.access import PUBLIC, permission_of
from tests.ground import OPERATOR, ROLES, Ngo
from tests.portal.casework.worlds import Browser, World

CANARY = "ZZCANARY"
KEPT_APART = ("security.", "static")  # the library's own pages, which know no row


@pytest.fixture
def victim(app: Flask, wasi: Ngo) -> dict[str, list[str]]:
    """The other NGO at work: the ids of every row it has, by table."""
    with app.app_context(), tenancy.acting_for(wasi.id):
        world = World(wasi)
        provider = world.provider(name=f"{CANARY} Hogar", profile=f"{CANARY} cuido con cariño")
        world.active(provider=provider, story=f"{CANARY} historia", search_name="zzcanary quispe")
        world.proposal(story=f"{CANARY} otra historia", search_name="zzcanary ccori")
        db.session.commit()
        return {name: [row["id"].hex for row in rows] for name, rows in _rows().items() if rows}


def _rows() -> dict[str, list[dict[str, Any]]]:
    """Every row of the tenant at work, without the trail, which grows by being watched."""
    found = {}
    for kind in tenancy.tenant_classes():
        if kind.__tablename__.startswith("audit_"):
            continue
        rows = db.session.scalars(select(kind).order_by(kind.id)).unique().all()
        columns = [column.key for column in kind.__mapper__.column_attrs]
        found[kind.__tablename__] = [{name: getattr(row, name) for name in columns} for row in rows]
    return found


def _as_it_is(app: Flask, ngo: Ngo) -> dict[str, list[dict[str, Any]]]:
    with app.app_context(), tenancy.acting_for(ngo.id):
        return _rows()


def _rules(app: Flask) -> Iterator[Rule]:
    for rule in app.url_map.iter_rules():
        if not rule.endpoint.startswith(KEPT_APART) and not rule.endpoint.endswith(".static"):
            yield rule


def _addresses(app: Flask, ids: list[str]) -> Iterator[tuple[Rule, str]]:
    """Every address, its places filled with ids of the other NGO; lists and forms with the id as a parameter too."""
    with app.test_request_context():
        for rule in _rules(app):
            names = sorted(rule.arguments)
            for values in product(ids, repeat=1) if names else [()]:
                built = rule.build(dict.fromkeys(names, values[0] if values else ""), append_unknown=False)
                if built is not None:
                    yield rule, f"{built[1]}?id={ids[0]}&q={CANARY[:5].lower()}&search={CANARY[:5].lower()}"


@pytest.mark.parametrize("role", [*ROLES, "operator"])
def test_no_address_shows_or_changes_anything_of_the_other_ngo(
    app: Flask, wasi: Ngo, victim: dict[str, list[str]], role: str
) -> None:
    before = _as_it_is(app, wasi)
    person = Browser(app, OPERATOR if role == "operator" else f"{role}@semilla.example")
    ids = [rows[0] for rows in victim.values()]
    hidden = person.hidden("/")
    for rule, address in _addresses(app, ids):
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            data = {**hidden, "id": ids[0], "rowid": ids, "tenant_id": str(wasi.id)} if method == "POST" else None
            if method == "POST" and rule.endpoint in {"account.end", "tenants.enter"}:
                continue  # one ends one's own sessions; the other is the operator's declared way in
            answer = person.client.open(address, method=method, data=data)
            said = f"{method} {address} {answer.status_code}"
            assert CANARY not in answer.text, said
            assert answer.status_code < 500, said
            if method == "GET" and rule.arguments and permission_of(app, rule.endpoint) != PUBLIC:
                assert answer.status_code in {302, 400, 403, 404, 405}, said
    assert _as_it_is(app, wasi) == before


def test_every_endpoint_names_its_permission(app: Flask) -> None:
    nameless = [rule.endpoint for rule in _rules(app) if permission_of(app, rule.endpoint) is None]
    open_to_all = {rule.endpoint for rule in _rules(app) if permission_of(app, rule.endpoint) == PUBLIC}
    assert {name.partition(".")[2] for name in nameless} <= STOCK
    assert open_to_all <= {"health.health", "account.invitation", "account.language"}


# Addresses of Flask-Admin's model views that no screen opens: the guard refuses them to everybody.
STOCK = {
    "create_view", "edit_view", "delete_view", "details_view", "action_view", "export", "ajax_update", "ajax_lookup",
}


def test_its_own_people_see_what_the_others_must_not(app: Flask, victim: dict[str, list[str]]) -> None:
    person = Browser(app, "caseworker@wasi.example")
    assert CANARY in person.get("/providers/").text
    assert person.get(f"/families/{victim['family'][0]}").status_code == 200
    assert {"family", "child", "provider", "proposal", "placement", "follow_up", "seat_hold"} <= set(victim)
