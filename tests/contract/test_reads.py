"""Whoever is shown a family's file is in the trail: at every address, and where a form comes back refused."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from portal import clock, tenancy
from portal.audit import AuditEvent
from portal.extensions import db
from portal.models import FollowUp, Proposal, Transition
from portal.views.suggestions import ONE_LOOK
from tests.contract.addresses import asked
from tests.ground import Ngo
from tests.portal.worlds import Browser, World
from tests.programs import Program

OF_A_FAMILY = {"family_id", "proposal_id", "placement_id", "followup_id"}
LATER = ONE_LOOK + timedelta(minutes=1)
OLD = {"version": "-1"}
# What each form is refused for: by endpoint, the action in the address, and what is typed.
REFUSED: dict[str, list[tuple[str, dict[str, str]]]] = {
    "families.move": [("", {"action": "pause"})],
    "families.reveal": [("", {"field": "address", "reason": "x"})],
    "suggestions.act": [("dismiss", {}), ("propose", {}), ("shortlist", {})],
    "proposals.move": [("", {"action": "withdraw", **OLD})],
    "proposals.answer": [("", {}), ("", {"side": "family", "answer": "accepted", **OLD})],
    "placements.reveal": [("", {"reason": "x", "row": "{transition}"})],
    "families.alike": [("", {"action": "tell_apart", "other": "{family}"})],
    "families.not_needed": [("", {"need": "asthma", **OLD})],
    "placements.act": [(one, {}) for one in ("sign", "move_start", "interrupt", "end")],
    "placements.move": [("", {"action": "drop_end", **OLD})],
    "attendance.index": [("", {f"day-{clock.today() - timedelta(days=ago)}": "nonsense" for ago in range(5)})],
    "followups.show": [("", {}), ("", OLD)],
    "followups.not_reached": [("", OLD)],
    **{f"intake.{name}": [("", {})] for name in ("home", "care", "caregiver", "child", "consents")},
    "intake.protection": [("", {"excluded_provider": "nonsense"})],
}
NOT_THE_FILE = {
    "intake.remove_child": "has no page of its own: refused, it answers the general page of a conflict",
    "intake.remove_caregiver": "neither has this",
    "families.assign": "a caseworker is refused it by the policy; the supervisor's is below",
}


@pytest.fixture
def ids(app: Flask, semilla: Ngo) -> dict[str, Any]:
    """A family whose child is in care, by table; what is done of the placement is yet to be told."""
    with app.app_context(), tenancy.acting_for(semilla.id):
        world = World(semilla)
        placement = world.active(started=clock.today() - timedelta(days=5), story="Le gusta cantar.")
        family = placement.family
        rows: list[Any] = [family, family.children[0], family.caregivers[0], placement]
        proposal = db.session.get_one(Proposal, placement.proposal_id)
        rows += [proposal, proposal.suggestion]
        rows.append(db.session.scalars(select(FollowUp).where(FollowUp.placement_id == placement.id)).first())
        rows.append(db.session.scalars(select(Transition).where(Transition.subject_id == placement.id)).first())
        return {row.__tablename__: row.id for row in rows}


@pytest.fixture
def worker(app: Flask, ids: dict[str, Any]) -> Browser:
    return Browser(app, "caseworker@semilla.example")


def entries(app: Flask, ngo: Ngo) -> list[AuditEvent]:
    with app.app_context(), tenancy.acting_for(ngo.id):
        found = db.session.scalars(select(AuditEvent).order_by(AuditEvent.number)).all()
        db.session.expunge_all()
        return list(found)


def reads_of(found: list[AuditEvent], ngo: Ngo, ids: dict[str, Any]) -> list[UUID | None]:
    """The rows of the family that the caseworker read, as entries say."""
    own = {*ids.values()}
    return [one.subject_id for one in found
            if one.action == "read" and one.subject_id in own and one.author_id == ngo.people["caseworker"]]


def of_a_family(app: Flask, ids: dict[str, Any], method: str, programs: bool = False) -> Iterator[tuple[str, str]]:
    """(endpoint, address) of all that names a family, or what hangs on one."""
    for rule, one, address in asked(app, ids, programs):
        if one == method and rule.arguments & OF_A_FAMILY:
            yield rule.endpoint, address


def test_every_page_of_a_family_leaves_a_read(
    app: Flask, semilla: Ngo, ids: dict[str, Any], worker: Browser
) -> None:
    shown, start = set(), clock.now()
    for number, (endpoint, address) in enumerate(of_a_family(app, ids, "GET"), 1):
        before = len(entries(app, semilla))
        with clock.at(start + number * LATER):
            assert worker.get(address).status_code == 200, address
        assert len(reads_of(entries(app, semilla)[before:], semilla, ids)) == 1, address
        shown.add(endpoint)
    assert len(shown) > 12


def test_every_answer_about_a_family_to_a_program_leaves_a_read(
    app: Flask, semilla: Ngo, ids: dict[str, Any]
) -> None:
    program, shown = Program.of(app, semilla, "caseworker"), 0
    for _, address in of_a_family(app, ids, "GET", programs=True):
        before = len(entries(app, semilla))
        assert program.get(address.removeprefix("/api/v1")).status_code == 200, address
        assert len(reads_of(entries(app, semilla)[before:], semilla, ids)) == 1, address
        shown += 1
    assert shown > 5


def test_every_form_of_a_family_that_comes_back_refused_leaves_a_read_and_nothing_else(
    app: Flask, semilla: Ngo, ids: dict[str, Any], worker: Browser
) -> None:
    hidden, tried = worker.hidden("/"), set()
    for endpoint, typed in _forms(app, ids):
        before = len(entries(app, semilla))
        address, data = typed
        answer = worker.client.post(address, data={**hidden, **data})
        assert answer.status_code in {409, 422}, (address, data, answer.status_code)
        found = entries(app, semilla)[before:]
        assert [one.action for one in found] == ["read"], (address, data)
        assert len(reads_of(found, semilla, ids)) == 1, (address, data)
        tried.add(endpoint)
    assert tried == set(REFUSED)


def _forms(app: Flask, ids: dict[str, Any]) -> Iterator[tuple[str, tuple[str, dict[str, str]]]]:
    seen = set()
    for endpoint, _ in of_a_family(app, ids, "POST"):
        assert (endpoint in REFUSED) != (endpoint in NOT_THE_FILE), endpoint
        seen.add(endpoint)
    for endpoint in sorted(seen & set(REFUSED)):
        for action, data in REFUSED[endpoint]:
            addresses = dict(of_a_family(app, {**ids, "action": action}, "POST"))
            yield endpoint, (addresses[endpoint], {name: value.format(**ids) for name, value in data.items()})


def test_a_case_given_to_nobody_leaves_a_read_of_the_supervisor(app: Flask, semilla: Ngo, ids: dict[str, Any]) -> None:
    person = Browser(app, "supervisor@semilla.example")
    hidden, before = person.hidden("/"), len(entries(app, semilla))
    answer = person.client.post(f"/families/{ids['family']}/assign", data={**hidden, "worker": str(UUID(int=7))})
    assert answer.status_code in {409, 422}
    (found,) = entries(app, semilla)[before:]
    assert (found.action, found.subject_id, found.author_id) == ("read", ids["family"], semilla.people["supervisor"])


def test_what_shows_nothing_leaves_no_read(app: Flask, semilla: Ngo, wasi: Ngo, ids: dict[str, Any]) -> None:
    """A page of another NGO is not found; an NGO's admin is refused, which is an entry of its own."""
    stranger, admin = Browser(app, "caseworker@wasi.example"), Browser(app, "ngo_admin@semilla.example")
    before = {ngo.id: len(entries(app, ngo)) for ngo in (semilla, wasi)}
    for person, status in ((stranger, 404), (admin, 403)):
        assert person.get(f"/intake/{ids['family']}/care").status_code == status
    assert [one.action for one in entries(app, semilla)[before[semilla.id]:]] == ["refused"]
    assert entries(app, wasi)[before[wasi.id]:] == []


def test_a_list_that_asks_for_itself_is_one_read_with_its_page(
    app: Flask, semilla: Ngo, ids: dict[str, Any], worker: Browser
) -> None:
    page, start, before = f"/suggestions/{ids['family']}", clock.now(), len(entries(app, semilla))
    for url in (page, f"{page}/list", f"{page}/list"):
        assert worker.get(url).status_code == 200
    assert len(entries(app, semilla)) == before + 1
    with clock.at(start + LATER):
        assert worker.get(f"{page}/list").status_code == 200
    assert len(entries(app, semilla)) == before + 2
    Browser(app, "supervisor@semilla.example").get(f"{page}/list")
    assert entries(app, semilla)[-1].author_id == semilla.people["supervisor"]
