"""What happened to a child is told to who answers for the case, for a reason; nobody reads it in passing."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal import clock, tenancy
from portal.audit import AuditEvent
from portal.extensions import db
from portal.models import Family, Transition
from portal.services import placements
from portal.services.placements import Ending

FALL, ANSWER, MOVED = "Una caída sin atender.", "Se vio que fue en el parque.", "Se mudan a Huaycán."


def ended(reason, note):
    def build(world):
        placement = world.active()
        placements.end(world.worker, placement, Ending(clock.today(), reason, note))
        db.session.commit()
        return placement

    return build


def answered(world):
    placement = ended("safety", FALL)(world)
    placements.overrule_end(world.supervisor, placement, ANSWER)
    placements.end(world.worker, placement, Ending(clock.today(), "moved", MOVED))
    db.session.commit()
    return placement


def moves(semilla, action):
    with tenancy.acting_for(semilla.id):
        return [str(one.id) for one in db.session.scalars(select(Transition).where(Transition.action == action))]


@pytest.fixture
def unsafe(app, made, semilla):
    """The page of a placement that ended for safety, and the move that says why."""
    page = f"/placements/{made(ended('safety', FALL))}"
    with app.app_context():
        (move,) = moves(semilla, "end_early")
    return page, move


@pytest.mark.parametrize("role", ["caseworker", "supervisor"])
def test_an_end_for_safety_is_masked_until_it_is_asked_for_with_a_reason(app, semilla, log_in, unsafe, role):
    page, move = unsafe
    person = log_in(role)
    assert FALL not in person.get(page).text
    assert person.post(f"{page}/reveal", page, row=move, reason="Ver").status_code == 422
    answer = person.post(f"{page}/reveal", page, row=move, reason="Visita de mañana")
    assert (answer.status_code, FALL in answer.text) == (200, True)
    assert FALL not in person.get(page).text
    with app.app_context(), tenancy.acting_for(semilla.id):
        (entry,) = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "reveal"))
        assert (str(entry.subject_id), entry.fields, entry.reason) == (move, ["note"], "Visita de mañana")


def test_a_colleague_of_the_case_sees_that_it_is_there_and_no_more(app, semilla, log_in, unsafe):
    page, move = unsafe
    with app.app_context(), tenancy.acting_for(semilla.id):
        db.session.scalars(select(Family)).one().caseworker_id = semilla.people["supervisor"]
        db.session.commit()
    person = log_in("caseworker")
    shown = person.get(page)
    assert (shown.status_code, FALL in shown.text, "••••" in shown.text, "/reveal" in shown.text) == (
        200, False, True, False
    )
    assert person.post(f"{page}/reveal", "/", row=move, reason="Quiero saber").status_code == 403


def test_what_answered_it_is_masked_too_and_a_later_end_is_not(log_in, made):
    text = log_in("caseworker").get(f"/placements/{made(answered)}").text
    assert [words in text for words in (FALL, ANSWER, MOVED)] == [False, False, True]


def test_a_move_of_another_placement_is_not_found(app, semilla, log_in, unsafe, made):
    other = f"/placements/{made(ended('cost', 'Es caro.'))}"
    answer = log_in("caseworker").post(f"{other}/reveal", other, row=unsafe[1], reason="Visita de mañana")
    assert answer.status_code == 404


def test_an_end_for_another_reason_is_told_as_ever(log_in, made):
    assert "Es caro." in log_in("caseworker").get(f"/placements/{made(ended('cost', 'Es caro.'))}").text
