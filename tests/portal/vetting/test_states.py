"""A provider's way through vetting: who may do what, and what must hold."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from portal import clock, workflow
from portal.errors import ConflictError, InvalidInputError, NotAllowedError
from portal.extensions import db
from portal.models import ChecklistItem, Provider
from portal.policy import Role
from portal.services import checklist, vetting
from portal.services.vetting import NEVER, Proof
from portal.workflow import Said


def item_of(provider: Provider, code: str) -> Any:
    return next(item for item in provider.items if item.checklist_item.code == code)


def test_vetting_begins_with_the_checklist_of_the_ngo(work: Any, in_vetting: Provider) -> None:
    assert {item.checklist_item.code for item in in_vetting.items} == {"cul", "registry", "visit", "first_aid"}
    assert in_vetting.vetting_officer_id == work.people["caseworker"]


def test_what_a_kind_is_not_asked_is_not_in_its_checklist(work: Any, provider: Provider) -> None:
    line = db.session.query(ChecklistItem).filter_by(code="registry").one()
    line.applies_to = "centre,community"
    vetting.move(work.actor("caseworker"), provider, "start_vetting", Said())
    assert "registry" not in {item.checklist_item.code for item in provider.items}


def test_approval_names_every_mandatory_item_that_lacks(work: Any, in_vetting: Provider) -> None:
    with pytest.raises(ConflictError) as refused:
        vetting.move(work.actor("supervisor"), in_vetting, "approve", Said())
    titles = {dict(one.values)["item"] for one in refused.value.refusals}
    assert titles == {"Certificado Único Laboral", "Consulta de la Ley 30901", "Visita al local"}
    assert in_vetting.status == "in_vetting"


def test_an_ngo_without_a_checklist_approves_nobody(work: Any, in_vetting: Provider) -> None:
    for line in db.session.query(ChecklistItem):
        line.active = False
    db.session.flush()
    assert [one.code for one in vetting.failures(in_vetting, clock.today())] == ["checklist_empty"]


def test_a_complete_checklist_is_approved_until_its_earliest_expiry(approved: Provider) -> None:
    assert approved.status == "approved"
    assert approved.valid_until == clock.today() + timedelta(days=90)


def test_what_never_expires_is_valid_without_end(work: Any, approved: Provider) -> None:
    for line in db.session.query(ChecklistItem).filter(ChecklistItem.code != "visit"):
        line.mandatory = False
    db.session.flush()
    vetting.refresh(approved)
    assert approved.valid_until == NEVER


def test_who_vetted_does_not_approve(work: Any, provider: Provider) -> None:
    supervisor = work.actor("supervisor")
    vetting.move(supervisor, provider, "start_vetting", Said())
    assert "approve" not in workflow.moves(provider, supervisor)
    with pytest.raises(NotAllowedError):
        vetting.move(supervisor, provider, "approve", Said())


@pytest.mark.parametrize("role", [Role.CASEWORKER, Role.NGO_ADMIN])
def test_only_a_supervisor_approves(work: Any, complete: Provider, role: Role) -> None:
    with pytest.raises(NotAllowedError):
        vetting.move(work.actor(role), complete, "approve", Said())


@pytest.mark.parametrize("action", ["reject", "close"])
def test_an_end_needs_a_coded_reason(work: Any, in_vetting: Provider, action: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        vetting.move(work.actor("supervisor"), in_vetting, action, Said())
    assert refused.value.fields == {"reason": ["reason_missing"]}
    vetting.move(work.actor("supervisor"), in_vetting, action, Said("own_wish"))
    assert in_vetting.status in {"rejected", "closed"}


def test_an_approved_provider_is_suspended_and_reinstated(work: Any, approved: Provider) -> None:
    supervisor = work.actor("supervisor")
    vetting.move(supervisor, approved, "suspend", Said("complaint"))
    assert approved.status == "suspended"
    vetting.move(supervisor, approved, "reinstate", Said())
    assert approved.status == "approved"


def test_an_item_of_a_day_to_come_is_refused(work: Any, in_vetting: Provider) -> None:
    with pytest.raises(InvalidInputError) as refused:
        vetting.verify(work.actor("caseworker"), item_of(in_vetting, "visit"), Proof(clock.today() + timedelta(days=1)))
    assert refused.value.fields == {"day": ["date_future"], "result": ["choice_missing"]}


def test_a_paper_that_is_not_there_is_not_verified(work: Any, in_vetting: Provider) -> None:
    with pytest.raises(InvalidInputError) as refused:
        vetting.verify(work.actor("caseworker"), item_of(in_vetting, "cul"), Proof(clock.today()))
    assert refused.value.fields == {"file": ["file_missing"]}


def test_a_paper_that_has_expired_is_not_verified(work: Any, complete: Provider) -> None:
    with pytest.raises(InvalidInputError) as refused:
        vetting.verify(
            work.actor("caseworker"), item_of(complete, "cul"), Proof(clock.today() - timedelta(days=91))
        )
    assert refused.value.fields == {"day": ["document_expired_already"]}


def test_a_failed_visit_ends_what_was_valid(work: Any, approved: Provider) -> None:
    proof = Proof(clock.today(), "Cocina sin puerta.", "failed")
    vetting.verify(work.actor("caseworker"), item_of(approved, "visit"), proof)
    assert item_of(approved, "visit").state == "rejected"
    assert vetting.lapse_due() == 1
    assert approved.status == "suspended"


def test_rejecting_needs_a_note(work: Any, complete: Provider) -> None:
    with pytest.raises(InvalidInputError):
        vetting.reject(work.actor("caseworker"), item_of(complete, "cul"), " ")
    vetting.reject(work.actor("caseworker"), item_of(complete, "cul"), "No se lee.")
    assert vetting.standing(item_of(complete, "cul"), clock.today()) == "rejected"


def test_a_renewal_that_waits_does_not_end_the_proof_before(work: Any, approved: Provider) -> None:
    item, worker = item_of(approved, "cul"), work.actor("caseworker")
    vetting.receive(worker, item, None, "Trajo el nuevo")
    assert vetting.failures(approved, clock.today()) == []
    vetting.reject(worker, item, "El nuevo no se lee")
    assert item.state == "verified"
    assert approved.valid_until == clock.today() + timedelta(days=90)


def test_a_new_line_is_asked_of_those_vetted_already(work: Any, approved: Provider) -> None:
    values = {"title": "Certificado ITSE", "kind": "document", "mandatory": True, "validity_days": 730}
    checklist.save(work.actor("ngo_admin"), None, values)
    db.session.commit()
    assert item_of(approved, "certificado_itse").state == "missing"
    assert approved.valid_until == clock.today() + timedelta(days=90)  # asked from now on, not held against it
    assert vetting.failures(approved, clock.today())


def test_a_leave_begins_today_and_needs_a_day_to_come_back(work: Any, approved: Provider) -> None:
    with pytest.raises(InvalidInputError):
        vetting.go_on_leave(work.actor("caseworker"), approved, clock.today() - timedelta(days=1))
    vetting.go_on_leave(work.actor("caseworker"), approved, clock.today() + timedelta(days=10))
    assert (approved.status, approved.leave_from) == ("on_leave", clock.today())
