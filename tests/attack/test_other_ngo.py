"""A person of one NGO, with every identifier of the other, at every address there is.

The addresses come from the application's own map, so that a new screen is attacked without a line here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
from flask import Flask
from werkzeug.routing import Rule

from portal.views.access import PUBLIC, permission_of
from tests.attack import canary
from tests.attack.canary import CANARY
from tests.ground import ROLES, Ngo
from tests.portal.worlds import Browser

PART = CANARY[:5].lower()
KEPT_APART = ("security.", "static")  # the library's own pages, which know no row


def _rules(app: Flask) -> Iterator[Rule]:
    for rule in app.url_map.iter_rules():
        if not rule.endpoint.startswith(KEPT_APART) and not rule.endpoint.endswith(".static"):
            yield rule


def _addresses(app: Flask, ids: list[UUID]) -> Iterator[tuple[Rule, str]]:
    """Every address, its places filled with ids of the other NGO; lists and forms with the id as a parameter too."""
    with app.test_request_context():
        for rule in _rules(app):
            for one in ids if rule.arguments else [None]:
                built = rule.build(dict.fromkeys(rule.arguments, one), append_unknown=False)
                if built is not None:
                    yield rule, f"{built[1]}?id={ids[0]}&q={PART}&search={PART}"


@pytest.mark.parametrize("role", [*ROLES, "operator"])
def test_no_address_shows_or_changes_anything_of_the_other_ngo(
    app: Flask, wasi: Ngo, victim: dict[str, list[UUID]], person: Callable[[str], Browser], role: str
) -> None:
    """The client itself looks for the canaries."""
    before, watched = canary.seen_by(app, wasi), person(role)
    watched.client.each_write = False
    ids = [rows[0] for rows in victim.values()]
    hidden = watched.hidden("/")
    for rule, address in _addresses(app, ids):
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            data = {**hidden, "id": ids[0], "rowid": ids, "tenant_id": str(wasi.id)} if method == "POST" else None
            if method == "POST" and rule.endpoint in {"account.end", "tenants.enter"}:
                continue  # one ends one's own sessions; the other is the operator's declared way in
            answer = watched.client.open(address, method=method, data=data)
            if method == "GET" and rule.arguments and permission_of(app, rule.endpoint) != PUBLIC:
                assert answer.status_code in {302, 400, 403, 404, 405}, f"{address} {answer.status_code}"
    assert canary.seen_by(app, wasi) == before


def test_every_endpoint_names_its_permission(app: Flask) -> None:
    nameless = [rule.endpoint for rule in _rules(app) if permission_of(app, rule.endpoint) is None]
    open_to_all = {rule.endpoint for rule in _rules(app) if permission_of(app, rule.endpoint) == PUBLIC}
    assert {name.partition(".")[2] for name in nameless} <= STOCK
    assert open_to_all <= {
        "health.health", "health.alive", "health.ready", "figures.figures", "account.invitation", "account.language",
    }


# Addresses of Flask-Admin's model views that no screen opens: the guard refuses them to everybody.
STOCK = {
    "create_view", "edit_view", "delete_view", "details_view", "action_view", "export", "ajax_update", "ajax_lookup",
}


def test_its_own_people_see_what_the_others_must_not(app: Flask, victim: dict[str, list[UUID]]) -> None:
    app.test_client_class = None
    person = Browser(app, "caseworker@wasi.example")
    assert CANARY in person.get("/providers/").text
    assert person.get(f"/families/{victim['family'][0]}").status_code == 200
    assert {"family", "child", "provider", "proposal", "placement", "follow_up", "seat_hold"} <= set(victim)
