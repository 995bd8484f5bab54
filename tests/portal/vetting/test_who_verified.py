"""Two people see each provider: who verified does not approve, and can still stop one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from portal import clock, workflow
from portal.errors import NotAllowedError
from portal.extensions import db
from portal.models import ChecklistItem, Provider
from portal.policy import Actor
from portal.services import vetting
from portal.services.vetting import Proof
from portal.workflow import Said
from tests.ground import Ngo
from tests.portal.vetting.conftest import Person, verified
from tests.portal.vetting.test_states import item_of

YES = {"approve", "approve_with_conditions"}


@pytest.fixture
def by_herself(work: Ngo, in_vetting: Provider) -> Provider:
    """The caseworker began it; the supervisor verified every mandatory paper and the visit."""
    for item in in_vetting.items:
        if item.checklist_item.mandatory:
            verified(work.actor("supervisor"), item)
    db.session.commit()
    return in_vetting


def other_supervisor(work: Ngo) -> Actor:
    return Actor(work.people["ngo_admin"], "Otra", frozenset({"supervisor"}), work.id)


@pytest.mark.parametrize("action", sorted(YES))
def test_who_verified_does_not_approve(work: Ngo, by_herself: Provider, action: str) -> None:
    supervisor = work.actor("supervisor")
    assert not YES.intersection(workflow.moves(by_herself, supervisor))
    with pytest.raises(NotAllowedError):
        vetting.move(supervisor, by_herself, action, Said(note="Todo en regla."))
    vetting.move(other_supervisor(work), by_herself, action, Said(note="Todo en regla."))
    assert by_herself.status in {"approved", "conditional"}


@pytest.mark.parametrize("code", ["cul", "visit"])
def test_one_mandatory_line_is_enough(work: Ngo, complete: Provider, code: str) -> None:
    vetting.verify(work.actor("supervisor"), item_of(complete, code), Proof(clock.today(), "La vi.", "passed"))
    assert "approve" not in workflow.moves(complete, work.actor("supervisor"))


def test_what_the_approval_does_not_stand_on_bars_nobody(work: Ngo, complete: Provider) -> None:
    supervisor = work.actor("supervisor")
    verified(supervisor, item_of(complete, "first_aid"))
    assert "approve" in workflow.moves(complete, supervisor)
    vetting.verify(supervisor, item_of(complete, "visit"), Proof(clock.today(), "La vi.", "passed"))
    db.session.query(ChecklistItem).filter_by(code="visit").one().applies_to = "centre"
    db.session.flush()
    assert "approve" in workflow.moves(complete, supervisor)


def test_the_only_supervisor_decides_once_another_verified_again(work: Ngo, by_herself: Provider) -> None:
    for item in by_herself.items:
        if item.checklist_item.mandatory:
            vetting.verify(work.actor("caseworker"), item, Proof(clock.today(), "Lo vi también.", "passed"))
    vetting.move(work.actor("supervisor"), by_herself, "approve", Said())
    assert by_herself.status == "approved"


def test_who_verified_still_stops_a_provider(work: Ngo, approved: Provider) -> None:
    supervisor = work.actor("supervisor")
    vetting.verify(supervisor, item_of(approved, "visit"), Proof(clock.today(), "La vi.", "passed"))
    vetting.move(supervisor, approved, "suspend", Said("complaint"))
    assert approved.status == "suspended"
    with pytest.raises(NotAllowedError):
        vetting.move(supervisor, approved, "reinstate", Said())


def test_the_page_says_who_decides_and_what_to_do(person: Callable[..., Person], by_herself: Provider) -> None:
    supervisor, page = person("supervisor"), f"/providers/{by_herself.id}"
    shown = supervisor.get(page).text
    assert "Usted verificó requisitos obligatorios" in shown
    assert "que los verifique de nuevo" in shown
    assert 'value="approve"' not in shown
    assert "Usted verificó" not in person("caseworker").get(page).text
    refused = supervisor.post(f"/vetting/{by_herself.id}/move", action="approve", version=str(by_herself.version))
    assert refused.status_code == 403
    assert "Usted verificó requisitos obligatorios" in refused.text
    supervisor.post("/account/language", language="en")
    assert "You verified mandatory requirements" in supervisor.get(page).text


def test_who_began_the_vetting_is_told_too(work: Ngo, provider: Provider, person: Callable[..., Any]) -> None:
    vetting.move(work.actor("supervisor"), provider, "start_vetting", Said())
    db.session.commit()
    assert "Usted empezó la verificación" in person("supervisor").get(f"/providers/{provider.id}").text
