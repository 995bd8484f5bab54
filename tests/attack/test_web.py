"""I01-I33, I36, I50: what a person of one NGO asks the web for, and what the answers must not tell."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask

from portal import tenancy
from portal.extensions import db
from portal.models import ChecklistItem, Family, Provider
from tests.attack import canary
from tests.attack.canary import CANARY, DNI
from tests.ground import Ngo
from tests.portal.worlds import Browser, World

PART = CANARY[:-1]  # what is typed comes back: the whole word would look like a leak
Person = Callable[[str], Browser]
Victim = dict[str, list[UUID]]
LISTS = (
    "/", "/families/", "/providers/", "/queue/", "/placements/", "/followups/", "/team/", "/districts/", "/search/",
    "/jobs/", "/jobs/list", "/webhooks/", "/plan/", "/plan/state",
)
GRIDS = ("/checklist/", "/trail/")
QUERIES = (
    "page=0", "page=9999", "page=-1", "page_size=100000", "sort=0", "sort=99", "sort=title&desc=1", "sort=-name",
    f"search={PART}", f"q={PART}", "search=%25", "search=_", "q=%25", "search=%5E%3D", f"flt0_0={PART}",
    f"flt0_title_equals={PART}", f"ubigeo={PART}", "status=%27%20OR%201=1", "due=ready", "mine=0",
)
DETAILS = {
    "family": "/families/{}", "provider": "/providers/{}", "document": "/documents/{}", "proposal": "/proposals/{}",
    "placement": "/placements/{}", "follow_up": "/followups/{}", "webhook": "/webhooks/{}",
    "membership": "/handover/{}",
}
WRITES = {
    "family": ("/families/{}/move", "/families/{}/reveal", "/families/{}/assign", "/intake/{}/home"),
    "provider": ("/providers/{}/edit", "/providers/{}/seats", "/providers/{}/reveal", "/vetting/{}/move",
                 "/vetting/{}/leave", "/vetting/{}/documents"),
    "proposal": ("/proposals/{}/move", "/proposals/{}/answer"),
    "placement": ("/placements/{}/move", "/placements/{}/move_start", "/attendance/{}"),
    "follow_up": ("/followups/{}", "/followups/{}/not-reached"), "job": ("/jobs/{}/cancel", "/jobs/{}/again"),
    "webhook": tuple(f"/webhooks/{{}}/{action}" for action in ("edit", "rotate", "delete", "on", "off", "test")),
    "webhook_delivery": ("/webhooks/deliveries/{}/again",), "plan_line": ("/plan/lines/{}/open",),
    "membership": ("/handover/{}",),
}


@pytest.mark.parametrize("role", ["caseworker", "supervisor", "ngo_admin", "operator"])
def test_i01_i12_i27_to_i30_no_list_filter_sort_or_search_tells_of_the_other_ngo(person: Person, role: str) -> None:
    somebody = person(role)
    for page in (*LISTS, *GRIDS):
        plain = somebody.get(page)
        for query in QUERIES:
            assert somebody.get(f"{page}?{query}").status_code in {200, 302, 400, 403, 404, 422}, (page, query)
        assert plain.status_code in {200, 302, 403, 404}, page


@pytest.mark.parametrize("said", [CANARY, CANARY[:4], DNI, "%", "_", "F-0001", "P-0001", "zz canary"])
def test_i27_a_search_finds_nothing_of_the_other_ngo(app: Flask, victim: Victim, said: str) -> None:
    app.test_client_class = None  # what is typed comes back
    browser = Browser(app, "caseworker@semilla.example")
    sought = (("/search/", "q"), ("/families/", "name"), ("/providers/", "q"), ("/placements/", "q"))
    for answer in (browser.seek(url, **{field: said}) for url, field in sought):
        assert answer.status_code == 200
        assert not re.search(r'href="/(families|providers|placements)/[0-9a-f-]{32,36}"', answer.text)


@pytest.mark.parametrize("role", ["caseworker", "supervisor", "ngo_admin", "operator"])
def test_i02_i04_i33_i35_a_foreign_row_reads_like_a_missing_one(person: Person, victim: Victim, role: str) -> None:
    somebody = person(role)
    for table, address in DETAILS.items():
        foreign, missing = (_read(somebody, address.format(one)) for one in (victim[table][0], uuid4()))
        assert foreign == missing, (table, role)


def _read(person: Browser, address: str) -> tuple[int, str, list[tuple[str, str]]]:
    """An answer without what is new in each: the nonce, the reference, the tokens, the address that was asked for."""
    answer = person.get(address)
    body = answer.text.replace(address, "")
    for changing in (r'nonce="[^"]*"', r'name="csrf_token" value="[^"]*"', r"\b[0-9a-f]{12}\b"):
        body = re.sub(changing, "", body)
    kept = [(name, value) for name, value in answer.headers if name not in {
        "Content-Security-Policy", "Content-Length", "Set-Cookie", "Date", "X-Request-ID",
    }]
    return answer.status_code, body, kept


@pytest.mark.parametrize("role", ["caseworker", "supervisor", "ngo_admin"])
def test_i05_i06_i13_i14_a_foreign_row_is_written_like_a_missing_one(person: Person, victim: Victim, role: str) -> None:
    """That nothing changed is seen by the client itself."""
    somebody = person(role)
    hidden = somebody.hidden("/")
    for table, addresses in WRITES.items():
        for address in addresses:
            data = {**hidden, "action": "approve", "name": "x", "field": "dni", "version": "1"}
            foreign, missing = (
                somebody.client.post(address.format(one), data=data).status_code for one in (victim[table][0], uuid4())
            )
            assert foreign == missing, (address, role)
            assert foreign in {403, 404}, (address, role)


STOCK = ("details", "delete", "action", "export/csv", "ajax/update", "ajax/lookup")


@pytest.mark.parametrize("grid", ["checklist", "trail"])
@pytest.mark.parametrize("what", STOCK)
def test_i03_i07_to_i11_i13_to_i15_the_stock_addresses_are_closed(
    person: Person, victim: Victim, grid: str, what: str
) -> None:
    admin = person("ngo_admin")
    theirs = victim["checklist_item"][0]
    hidden = admin.hidden("/")
    asked = f"/{grid}/{what}/?id={theirs}&modal=True&name=__class__&query=&limit=-1&offset=-1"
    assert admin.get(asked).status_code in {403, 404, 405}
    given = {**hidden, "id": theirs, "rowid": [theirs], "action": "delete", "list_form_pk": theirs, "title": "x"}
    assert admin.client.post(f"/{grid}/{what}/", data=given).status_code in {403, 404, 405}


@pytest.fixture
def line(app: Flask, semilla: Ngo, victim: Victim) -> ChecklistItem:
    """A line of the first NGO's own checklist."""
    with app.app_context(), tenancy.acting_for(semilla.id):
        row = ChecklistItem(code="own", title="Propio", kind="document", position=1)
        db.session.add(row)
        db.session.commit()
        db.session.refresh(row)
        db.session.expunge(row)
        return row


def test_i16_i17_i18_i21_to_i25_what_is_posted_beside_the_form_is_ignored(
    app: Flask, person: Person, semilla: Ngo, wasi: Ngo, victim: Victim, line: ChecklistItem
) -> None:
    admin = person("ngo_admin")
    beside: dict[str, Any] = {
        "tenant_id": str(wasi.id), "tenant": str(wasi.id), "id": str(victim["checklist_item"][0]), "code": "stolen",
        "items": [str(victim["vetting_item"][0])], "items-0-id": str(victim["vetting_item"][0]), "del-items-0": "on",
    }
    form = {"title": "Cambiado", "kind": "document", "mandatory": "y", "active": "y", "position": "1"}
    edit = f"/checklist/edit/?id={line.id}"
    assert admin.post(edit, "/checklist/new/", **form, **beside).status_code == 302
    theirs = f"/checklist/edit/?id={victim['checklist_item'][0]}"
    assert admin.post(theirs, "/checklist/new/", **form, **beside).status_code == 404
    assert admin.post("/checklist/new/", "/checklist/new/", **{**form, "title": "Nuevo"}, **beside).status_code == 302
    with app.app_context(), tenancy.acting_for(semilla.id):
        own = db.session.query(ChecklistItem).order_by(ChecklistItem.title).all()
        assert [(row.title, row.tenant_id) for row in own] == [("Cambiado", semilla.id), ("Nuevo", semilla.id)]
        assert (own[0].id, own[0].code) == (line.id, "own")
        assert own[1].id != victim["checklist_item"][0]


def test_i19_i20_a_choice_of_the_other_ngo_is_refused_like_a_missing_one(
    app: Flask, person: Person, semilla: Ngo, wasi: Ngo, victim: Victim
) -> None:
    """A provider in a list of choices, a person in a field of its own: told beside it, and nothing is changed."""
    with app.app_context(), tenancy.acting_for(semilla.id):
        family = World(semilla).family().id
    worker, supervisor = person("caseworker"), person("supervisor")
    protection, assign, case = f"/intake/{family}/protection", f"/families/{family}/assign", f"/families/{family}"
    for provider, colleague in ((victim["provider"][0], wasi.people["caseworker"]), (uuid4(), uuid4())):
        excluded = worker.post(protection, protection, excluded_provider=str(provider))
        assert (excluded.status_code, 'id="excluded_provider-error"' in excluded.text) == (422, True)
        given = supervisor.post(assign, case, worker=str(colleague))
        assert (given.status_code, 'class="problems"' in given.text) == (422, True)
    with app.app_context(), tenancy.acting_for(semilla.id):
        kept = db.session.query(Family).one()
        assert (list(kept.exclusions), kept.caseworker_id) == ([], semilla.people["caseworker"])


def test_i16_i31_a_family_is_made_in_ones_own_ngo(app: Flask, semilla: Ngo, wasi: Ngo, victim: Victim) -> None:
    """A DNI that the other NGO knows is taken without a word."""
    app.test_client_class = None  # what is typed comes back
    worker = Browser(app, "caseworker@semilla.example")
    form = {
        "given_names": "Rosa", "paternal_surname": "Quispe", "relation": "mother", "ubigeo": "150132", "dni": DNI,
        "phone_owner": "own", "no_document_reason": "",
        "tenant_id": str(wasi.id), "id": str(victim["family"][0]), "family_id": str(victim["family"][0]),
    }
    answer = worker.post("/families/new", "/families/new", **form)
    assert answer.status_code == 302
    with app.app_context(), tenancy.acting_for(semilla.id):
        made = db.session.query(Family).one()
        assert made.id not in victim["family"]
        assert made.caregivers[0].dni == DNI


def test_i31_the_number_of_a_person_is_unique_in_an_ngo_alone(app: Flask, semilla: Ngo, victim: Victim) -> None:
    with app.app_context(), tenancy.acting_for(semilla.id):
        world = World(semilla)
        provider, family = world.provider(dni=DNI), world.family()
        family.caregivers[0].dni = DNI
        family.children[0].dni = DNI
        db.session.commit()
        assert db.session.query(Provider).one().id == provider.id
        assert provider.dni_index is not None


def test_i32_an_invitation_says_nothing_of_who_is_known(app: Flask, semilla: Ngo, victim: Victim) -> None:
    app.test_client_class = None  # the address that is typed comes back
    admin = Browser(app, "ngo_admin@semilla.example")
    told = []
    for mail in ("caseworker@wasi.example", "nobody@wasi.example"):
        answer = admin.post("/team/invite", "/team/", email=mail, name="Rosa", roles="caseworker")
        told.append((answer.status_code, answer.headers.get("Location")))
    assert told[0] == told[1]
    assert told[0][0] < 400


def test_i36_the_trail_holds_ones_own_alone(person: Person, victim: Victim) -> None:
    admin = person("ngo_admin")
    for query in ("", f"?search={victim['family'][0]}", f"?flt0_subject_id_equals={victim['family'][0]}"):
        answer = admin.get(f"/trail/{query}")
        assert answer.status_code == 200
        assert str(victim["audit_event"][0]) not in answer.text


def test_i50_errors_tell_neither_sql_nor_values_nor_ids(person: Person, victim: Victim) -> None:
    worker = person("supervisor")
    theirs = str(victim["family"][0])
    asked = [f"/families/{theirs}", f"/intake/{theirs}/home", "/families/%00", "/providers/1'--", f"/nothing/{theirs}"]
    hidden = worker.hidden("/")
    answers = [worker.get(one) for one in asked]
    answers += [worker.client.post(f"/families/{theirs}/move", data={**hidden, "action": "'; DROP TABLE family"})]
    for answer in answers:
        assert 400 <= answer.status_code < 500
        for told in ("Traceback", "SELECT", "sqlalchemy", "sqlite", "psycopg", "DROP TABLE", "portal/"):
            assert told not in answer.text, told


def test_no_answer_is_kept_for_the_next_person(person: Person) -> None:
    worker = person("caseworker")
    for page in LISTS:
        answer = worker.get(page)
        assert "no-store" in answer.headers.get("Cache-Control", ""), page
        assert "ETag" not in answer.headers, page
        again = worker.client.get(page, headers={"If-None-Match": "*"})
        assert again.status_code == answer.status_code, page


def test_the_file_of_the_other_ngo_lies_sealed(app: Flask, victim: Victim, wasi: Ngo) -> None:
    kept = [one for one in (app.config["SETTINGS"].instance).rglob("*") if one.name == str(victim["document"][0])]
    assert [one.parent.name for one in kept] == [str(wasi.id)]
    assert canary.picture() not in kept[0].read_bytes()
