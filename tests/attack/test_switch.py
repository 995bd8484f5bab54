"""I42: a form opened for one NGO and sent after its person went over to the other; and a form that names none."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from flask import Flask

from portal import tenancy
from portal.extensions import db
from portal.models import Membership
from portal.views.access import PUBLIC, permission_of, scope_of
from portal.views.guard import OF_NO_NGO
from tests.attack import canary
from tests.ground import Ngo
from tests.portal.worlds import Browser

NEW = "/families/new"


@pytest.fixture
def both(app: Flask, semilla: Ngo, wasi: Ngo) -> Browser:
    """Somebody who works for both NGOs, now for the first."""
    with app.app_context(), tenancy.acting_for(wasi.id):
        db.session.add(Membership(user_id=semilla.people["caseworker"], roles=["caseworker"]))
        db.session.commit()
    person = Browser(app, "caseworker@semilla.example")
    _work_for(person, semilla.id)
    return person


def _work_for(person: Browser, ngo: UUID) -> None:
    assert person.post("/account/ngo", "/account/", tenant=str(ngo)).status_code == 302


def test_i42_a_form_of_one_ngo_is_not_written_into_the_other(
    app: Flask, both: Browser, semilla: Ngo, wasi: Ngo
) -> None:
    form = both.hidden(NEW)
    assert form["_tenant"] == str(semilla.id)
    _work_for(both, wasi.id)
    before = canary.seen_by(app, semilla), canary.seen_by(app, wasi)
    for address in (NEW, "/team/invite", "/search/"):
        assert both.client.post(address, data={**form, "given_names": "Rosa", "q": "rosa"}).status_code == 409
    assert (canary.seen_by(app, semilla), canary.seen_by(app, wasi)) == before


def test_i42_a_form_that_names_no_ngo_is_refused_at_every_address(app: Flask, both: Browser) -> None:
    token = both.hidden("/")["csrf_token"]
    with app.test_request_context():
        posts = [
            (rule, rule.build(dict.fromkeys(rule.arguments, UUID(int=1)), append_unknown=False))
            for rule in app.url_map.iter_rules()
            if "POST" in (rule.methods or ()) and permission_of(app, rule.endpoint) not in OF_NO_NGO
            and scope_of(app, rule.endpoint) is None
        ]
    assert len(posts) > 30
    for rule, built in posts:
        answer = both.client.post(built[1], data={"csrf_token": token})
        assert answer.status_code == 409, rule


def test_i42_the_account_is_of_no_ngo(both: Browser, wasi: Ngo) -> None:
    """The old tab can still change the NGO, the language, and end the session."""
    stale = both.hidden("/account/")
    _work_for(both, wasi.id)
    assert both.client.post("/account/language", data={**stale, "language": "en"}).status_code == 302
    assert both.client.post("/account/ngo", data={**stale, "tenant": str(wasi.id)}).status_code == 302


@pytest.mark.parametrize("role", ["caseworker", "supervisor", "ngo_admin"])
def test_i42_every_form_of_every_page_names_its_ngo(app: Flask, semilla: Ngo, role: str) -> None:
    person = Browser(app, f"{role}@semilla.example")
    forms = 0
    with app.test_request_context():
        plain = [rule for rule in app.url_map.iter_rules() if not rule.arguments and "GET" in (rule.methods or ())]
    for rule in plain:
        if permission_of(app, rule.endpoint) in {None, PUBLIC} or scope_of(app, rule.endpoint) is not None:
            continue
        for action, inside in _forms(person.get(str(rule)).text, str(rule)):
            with app.test_request_context():
                endpoint = app.url_map.bind("localhost").match(action, method="POST")[0]
            if permission_of(app, endpoint) not in OF_NO_NGO:
                forms += 1
                assert f'name="_tenant" value="{semilla.id}"' in inside, (rule, action)
    assert forms > 3


def _forms(page: str, address: str) -> list[tuple[str, str]]:
    """Where each form of a page is sent, and what is in it."""
    found = re.findall(r'<form\b([^>]*method="post"[^>]*)>(.*?)</form>', page, re.DOTALL | re.IGNORECASE)
    actions = [re.search(r'action="([^"]+)"', attributes) for attributes, _ in found]
    return [
        ((action[1] if action else address).partition("?")[0], inside)
        for action, (_, inside) in zip(actions, found, strict=True)
    ]
