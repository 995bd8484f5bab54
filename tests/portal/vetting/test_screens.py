"""The screens: what a person sees and sends, and what the other NGO's people do not find."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest

from portal import clock
from portal.audit import AuditEvent
from portal.extensions import db
from portal.models import ChecklistItem, Document, Job, Provider, TenantSettings
from portal.queries import frames
from portal.services import vetting
from portal.tenancy import acting_for
from portal.workflow import Said

TYPED = {
    "name": "Cuna Los Jazmines", "kind": "centre", "contact_name": "Julia Ñaupari", "dni": "40.123.456",
    "phone": "999 888 777", "ubigeo": "150132", "schedule": "lun-vie 7:00-18:00", "seats_12_23m": "4",
    "monthly_fee_pen": "120", "languages": ["es"], "profile": "Dos patios y mucha calma.",
}
PDF = b"%PDF-1.4\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"


def only(ngo: Any) -> Provider:
    return db.session.query(Provider).one()


def test_an_empty_list_says_what_to_do_next(person: Callable[..., Any]) -> None:
    page = person("caseworker").get("/providers/").text
    assert "Todavía no hay cuidadores" in page
    assert "/providers/new" in page


def test_a_provider_is_registered(semilla: Any, person: Callable[..., Any]) -> None:
    worker = person("caseworker")
    assert worker.post("/providers/new", **TYPED).status_code == 302
    with acting_for(semilla.id):
        provider = only(semilla)
        assert (provider.code, provider.status, provider.schedule) == ("P-0001", "applied", "mon-fri 07:00-18:00")
        assert (provider.dni, provider.phone) == ("40123456", "999888777")
        assert (provider.latitude or 0) * 200 % 1 == pytest.approx(0, abs=1e-6)
        assert [(seat.band, seat.capacity) for seat in provider.seats] == [("12_23m", 4)]
        assert db.session.query(Job).filter_by(event="provider.changed").count() == 1


def test_a_provider_without_a_place_stands_at_the_centre_of_the_district_and_moves_with_it(
    semilla: Any, person: Callable[..., Any]
) -> None:
    worker = person("caseworker")
    nowhere = {**TYPED, "latitude": "", "longitude": ""}
    worker.post("/providers/new", **nowhere)
    with acting_for(semilla.id):
        made = only(semilla)
        assert frames.from_centre(made)
        before, address, seen = frames.point(made), f"/providers/{made.id}/edit", str(made.version)
    assert worker.post(address, **{**nowhere, "ubigeo": "050101"}, version=seen).status_code == 302
    with acting_for(semilla.id):
        assert frames.from_centre(only(semilla))
        assert frames.point(only(semilla)) != before


def test_what_is_wrong_is_said_beside_the_field_and_nothing_is_lost(person: Callable[..., Any]) -> None:
    answer = person("caseworker").post("/providers/new", **{**TYPED, "ubigeo": "999999", "schedule": "siempre"})
    assert answer.status_code == 422
    assert "No se entiende el horario" in answer.text
    assert "Dos patios y mucha calma." in answer.text


def test_a_dni_is_taken_once_in_an_ngo_and_once_in_the_other(person: Callable[..., Any]) -> None:
    worker = person("caseworker")
    worker.post("/providers/new", **TYPED)
    answer = worker.post("/providers/new", **{**TYPED, "name": "Otra"})
    assert answer.status_code == 422
    assert "Ya hay un registro con ese DNI" in answer.text
    assert person("caseworker", "wasi").post("/providers/new", **TYPED).status_code == 302


def test_the_page_masks_what_is_sealed_until_a_reason_is_given(
    work: Any, provider: Provider, person: Callable[..., Any]
) -> None:
    url, worker = f"/providers/{provider.id}", person("caseworker")
    assert "41234567" not in worker.get(url).text
    assert "41234567" not in worker.get(f"{url}/edit").text
    assert worker.post(f"{url}/reveal", field="dni", reason="x").status_code == 422
    assert "41234567" in worker.post(f"{url}/reveal", field="dni", reason="Comparar con el CUL").text
    seen = db.session.query(AuditEvent).filter_by(action="reveal").one()
    assert (seen.fields, seen.reason, seen.subject_id) == (["dni"], "Comparar con el CUL", provider.id)


def test_two_people_who_edit_at_once_do_not_overwrite_each_other(
    work: Any, provider: Provider, person: Callable[..., Any]
) -> None:
    url, worker = f"/providers/{provider.id}/edit", person("caseworker")
    seen = str(provider.version)
    without = {name: value for name, value in TYPED.items() if name not in {"dni", "phone"}}
    assert worker.post(url, **without, version=seen).status_code == 302
    answer = worker.post(url, **{**without, "name": "Otro nombre"}, version=seen)
    assert answer.status_code == 409
    assert "Otro nombre" in answer.text
    db.session.expire_all()
    assert only(work).dni == "41234567"  # left blank, it stays
    assert only(work).name == "Cuna Los Jazmines"


def test_a_caseworker_vets_and_a_supervisor_approves(
    work: Any, provider: Provider, person: Callable[..., Any]
) -> None:
    worker, supervisor, page = person("caseworker"), person("supervisor"), f"/providers/{provider.id}"
    move = f"/vetting/{provider.id}/move"
    assert worker.post(move, action="start_vetting", version=_version(worker, page)).status_code == 302
    refused = supervisor.post(move, action="approve", version=_version(supervisor, page))
    assert refused.status_code == 409
    assert "Visita al local: Falta." in refused.text
    for item in _items(provider):
        url, today = f"/vetting/{provider.id}/items/{item.id}", clock.today().isoformat()
        if item.checklist_item.kind == "document":
            sent = worker.post(f"{url}/receive", file=(BytesIO(PDF), "papel.pdf"))
            assert sent.status_code == 302
        assert worker.post(f"{url}/verify", day=today, result="passed").status_code == 302
    seen = _version(supervisor, page)
    assert worker.post(move, action="approve", version=seen).status_code == 403
    assert supervisor.post(move, action="approve", version=seen).status_code == 302
    assert "Aprobado" in worker.get(page).text
    assert supervisor.post(move, action="suspend", reason="complaint", version=seen).status_code == 409  # an old page


def _version(person: Any, page: str) -> str:
    return re.search(r'name="version" value="(\d+)"', person.get(page).text)[1]


def _items(provider: Provider) -> list[Any]:
    db.session.expire_all()
    return list(db.session.get_one(Provider, provider.id).items)


def test_a_refused_file_leaves_nothing(work: Any, in_vetting: Provider, person: Callable[..., Any], app: Any) -> None:
    item = in_vetting.items[0]
    url = f"/vetting/{in_vetting.id}/items/{item.id}/receive"
    answer = person("caseworker").post(url, file=(BytesIO(b"<html>no</html>"), "papel.pdf"), note="Vino hoy")
    assert answer.status_code == 422
    assert "Solo se aceptan archivos PDF, JPEG o PNG." in answer.text
    assert db.session.query(Document).count() == 0


def test_a_refused_visit_stays_open_with_what_was_typed(
    work: Any, in_vetting: Provider, person: Callable[..., Any]
) -> None:
    item = next(one for one in in_vetting.items if one.checklist_item.kind == "visit")
    url = f"/vetting/{in_vetting.id}/items/{item.id}/verify"
    answer = person("caseworker").post(url, result="passed", note="Dos salidas.")
    shown = answer.text[answer.text.index(f'id="item-{item.id}"'):].split("</li>\n<li")[0]
    assert answer.status_code == 422
    for words in ("Este campo es obligatorio", "<details open", 'value="Dos salidas."', 'required checked'):
        assert words in shown
    assert answer.text.count("Hay datos por corregir") + answer.text.count("No se pudo hacer") == 1


@pytest.mark.parametrize("path", [
    "/providers/{provider}", "/providers/{provider}/edit", "/documents/{provider}", "/checklist/edit/?id={line}",
])
def test_the_other_ngo_finds_nothing(
    work: Any, in_vetting: Provider, person: Callable[..., Any], path: str
) -> None:
    url = path.format(provider=in_vetting.id, line=in_vetting.items[0].checklist_item_id)
    assert person("ngo_admin", "wasi").get(url).status_code == 404


@pytest.mark.parametrize("path", [
    "move", "leave", "documents", "items/{item}/receive", "items/{item}/verify", "items/{item}/reject",
])
def test_the_other_ngo_changes_nothing(
    work: Any, in_vetting: Provider, person: Callable[..., Any], path: str
) -> None:
    url = f"/vetting/{in_vetting.id}/{path.format(item=in_vetting.items[0].id)}"
    answer = person("supervisor", "wasi").post(url, action="close", reason="other", note="x", until="2030-01-01")
    assert answer.status_code == 404
    assert in_vetting.status == "in_vetting"


def test_an_item_of_another_provider_is_not_found(
    work: Any, in_vetting: Provider, person: Callable[..., Any]
) -> None:
    item = in_vetting.items[0].id
    worker = person("caseworker")
    worker.post("/providers/new", **TYPED)
    other = db.session.query(Provider).filter_by(number=2).one().id
    assert worker.post(f"/vetting/{other}/items/{item}/reject", note="x").status_code == 404


def test_the_list_is_narrowed(work: Any, in_vetting: Provider, person: Callable[..., Any]) -> None:
    worker = person("supervisor")
    for query, found in (
        ("status=in_vetting", True), ("status=approved", False), ("kind=centre", False), ("band=12_23m", True),
        ("band=0_11m", False), ("due=review", False), ("due=expiring", False),
    ):
        assert ("Wawa Wasi Los Molles" in worker.get(f"/providers/?{query}").text) is found, query
    for words, found in (("molles", True), ("P-0001", True), ("%", False), ("ñandu", False)):
        assert ("Wawa Wasi Los Molles" in worker.seek("/providers/", q=words).text) is found, words


def test_the_list_finds_who_can_be_decided(work: Any, complete: Provider, person: Callable[..., Any]) -> None:
    supervisor = person("supervisor")
    assert "Wawa Wasi Los Molles" in supervisor.get("/providers/?due=ready").text
    next(item for item in complete.items if item.checklist_item.code == "cul").verified_at = None
    assert "Wawa Wasi Los Molles" not in supervisor.get("/providers/?due=ready").text


def test_who_was_rejected_has_nothing_due(work: Any, complete: Provider, person: Callable[..., Any]) -> None:
    cul = next(item for item in complete.items if item.checklist_item.code == "cul")
    cul.expires_on = clock.today() + timedelta(days=20)
    supervisor = person("supervisor")
    assert "Vence en 20 días" in supervisor.get("/providers/?due=expiring").text
    vetting.move(work.actor("supervisor"), complete, "reject", Said("other", "No cumple."))
    assert "Vence en" not in supervisor.get("/providers/").text
    assert "Wawa Wasi" not in supervisor.get("/providers/?due=expiring").text


@pytest.mark.parametrize(("typed", "kept", "doubtful"), [
    ("17801146-0", "17801146", False), ("17801146 D", "17801146", False), ("178011461", "17801146", True),
])
def test_a_dni_may_bring_its_check_character(
    semilla: Any, person: Callable[..., Any], typed: str, kept: str, doubtful: bool
) -> None:
    worker = person("caseworker")
    assert worker.post("/providers/new", **{**TYPED, "dni": typed}).status_code == 302
    assert ("El dígito verificador no corresponde" in worker.get("/providers/").text) is doubtful
    with acting_for(semilla.id):
        assert only(semilla).dni == kept


@pytest.mark.parametrize("typed", ["1780114", "1780114612", "17801146-Z", "abc"])
def test_what_is_no_dni_is_refused_beside_its_field(person: Callable[..., Any], typed: str) -> None:
    answer = person("caseworker").post("/providers/new", **{**TYPED, "dni": typed})
    assert answer.status_code == 422
    assert "El DNI tiene 8 cifras; puede añadir" in answer.text


def test_settings_are_saved_within_their_bounds(semilla: Any, person: Callable[..., Any]) -> None:
    admin = person("ngo_admin")
    values = {
        "contact": "Av. Próceres 100", "hold_hours": "24", "offer_hours": "48", "warning_days": "90, 30",
        "vetting_margin_days": "0", "unknown_may_pass": ["language"], "suggestions_kept": "12", "subsidy_pen": "40.50",
        "followup_days": "3, 14", "followup_every_days": "91", "stall_days": "7", "version": "0",
    }
    assert admin.post("/settings/", **{**values, "hold_hours": "0"}).status_code == 422
    assert admin.post("/settings/", **{**values, "warning_days": "pronto"}).status_code == 422
    assert admin.post("/settings/", **{**values, "unknown_may_pass": ["vetting"]}).status_code == 422
    assert admin.post("/settings/", **values).status_code == 302
    assert admin.post("/settings/", **values).status_code == 409  # made from what was before
    with acting_for(semilla.id):
        own = db.session.query(TenantSettings).one()
        assert (own.get("hold_hours"), own.get("warning_days"), own.get("subsidy_pen")) == (24, [30, 90], 40.5)
        assert own.get("conditional_may_match") is False


@pytest.mark.parametrize(("role", "allowed"), [("ngo_admin", True), ("supervisor", False), ("caseworker", False)])
@pytest.mark.parametrize("url", ["/settings/", "/checklist/", "/checklist/new/"])
def test_only_the_admin_manages(person: Callable[..., Any], role: str, allowed: bool, url: str) -> None:
    assert person(role).get(url).status_code == (200 if allowed else 403)


def test_a_line_of_the_checklist_is_made_and_put_out_of_use(semilla: Any, person: Callable[..., Any]) -> None:
    admin = person("ngo_admin")
    line = {"title": "Certificado ITSE", "kind": "document", "mandatory": "y", "validity_days": "730",
            "active": "y", "applies_to": ["centre"]}
    admin.post("/checklist/new/", **line)
    with acting_for(semilla.id):
        made = db.session.query(ChecklistItem).filter_by(code="certificado_itse").one()
        assert (made.validity_days, made.applies_to, made.mandatory) == (730, "centre", True)
        made_id = made.id
    assert '<td data-label="Requisito">Certificado ITSE</td>' in admin.get("/checklist/").text
    assert "Guardar" in admin.get("/checklist/new/").text
    assert "Salvar" not in admin.get(f"/checklist/edit/?id={made_id}").text
    assert admin.post("/checklist/new/", **{**line, "title": ""}).status_code == 422
    assert admin.post("/checklist/new/", **{**line, "kind": "oath"}).status_code == 422
    assert admin.post("/checklist/new/", **{**line, "validity_days": "0"}).status_code == 422
    admin.post(f"/checklist/edit/?id={made_id}", **{name: value for name, value in line.items() if name != "active"})
    with acting_for(semilla.id):
        assert db.session.query(ChecklistItem).filter_by(code="certificado_itse").one().active is False


@pytest.mark.parametrize("url", ["/checklist/delete/", "/checklist/action/", "/checklist/export/csv/",
                                 "/checklist/ajax/update/", "/checklist/details/", "/trail/new/", "/trail/edit/"])
def test_what_is_not_named_is_refused(person: Callable[..., Any], url: str) -> None:
    admin = person("ngo_admin")
    assert admin.get(url).status_code in {400, 403, 404, 405}
    assert admin.post(url, id="1").status_code in {400, 403, 404, 405}


def test_the_trail_reads_newest_first_and_only_ones_own(
    work: Any, provider: Provider, person: Callable[..., Any]
) -> None:
    worker, admin = person("caseworker"), person("ngo_admin")
    worker.get(f"/providers/{provider.id}")
    page = admin.get("/trail/").text
    assert page.index("Leyó</td>") < page.index("Creó</td>")
    assert "Cuidador P-0001" in page
    assert "Leyó</td>" not in admin.get("/trail/?action=create").text
    assert "No hay anotaciones" in admin.get("/trail/?first=2050-01-01").text
    assert worker.get("/trail/").status_code == 403
    assert "Leyó</td>" not in person("ngo_admin", "wasi").get("/trail/").text


def test_a_suspension_names_its_reason_in_the_history(
    work: Any, approved: Provider, person: Callable[..., Any]
) -> None:
    vetting.move(work.actor("supervisor"), approved, "suspend", Said("complaint", "Una vecina se quejó."))
    db.session.commit()
    page = person("caseworker").get(f"/providers/{approved.id}").text
    assert "Queja" in page
    assert "Una vecina se quejó." in page
