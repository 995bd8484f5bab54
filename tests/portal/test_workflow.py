"""The moves: each from where it may start, by whom it may be made, with what must be said; and from nowhere else."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from portal import tenancy, workflow
from portal.errors import ConflictError, InvalidInputError, NotAllowedError
from portal.extensions import db
from portal.models import Family, Transition
from portal.policy import SYSTEM, Actor, Role, allowed
from portal.workflow import FLOWS, Said, Step
from tests.ground import Ngo
from tests.portal.worlds import World

EVERY = [(flow, start, action) for flow, table in FLOWS.items() for start, action in table]
STATES = {
    flow: sorted({start for start, _ in table} | {step.to for step in table.values()}) for flow, table in FLOWS.items()
}
SOMEBODY = UUID(int=7)
ACTORS = {
    **{role.value: Actor(uuid4(), role.value, frozenset({role.value}), SOMEBODY)
       for role in (Role.CASEWORKER, Role.SUPERVISOR, Role.NGO_ADMIN, Role.OPERATOR)},
    "system": SYSTEM,
}


def row(flow: str, status: str) -> Any:
    """Just enough of a row for a move: whose it is does not matter to whoever may do it to any row."""
    return SimpleNamespace(__tablename__=flow, id=uuid4(), status=status, status_since=None, caseworker_id=None)


def said(step: Step) -> Said:
    return Said(step.reasons[0] if step.reasons else "", "Una nota." if step.needs_note else "", facts())


def facts() -> dict[str, Any]:
    return {
        "missing": [], "no_open_placement": True, "no_open_proposal": True, "checklist_failures": [],
        "seat_held": True, "rule_failures": [], "refusals": [], "both_accepted": True, "start_reached": True,
        "agreement_signed": True, "same_day": True, "end_planned": True, "end_reached": True, "rules": [],
        "sharing_agreed": True, "sent_before": True,
    }


def mover(flow: str, start: str, action: str) -> Actor:
    """Somebody who may."""
    permission = FLOWS[flow][start, action].permission
    return next(actor for actor in ACTORS.values() if allowed(actor, permission, row(flow, start)))


@pytest.fixture
def at_work(app: Any, semilla: Ngo) -> Any:
    with app.app_context(), tenancy.acting_for(semilla.id):
        yield


@pytest.mark.parametrize(("flow", "start", "action"), EVERY)
def test_a_move_leads_where_the_table_says_and_is_written_down(
    at_work: None, flow: str, start: str, action: str
) -> None:
    step, moved = FLOWS[flow][start, action], row(flow, start)
    actor = mover(flow, start, action)
    workflow.advance(moved, action, actor, said(step))
    assert moved.status == step.to
    written = db.session.scalars(select(Transition).where(Transition.subject_id == moved.id)).one()
    assert (written.flow, written.before, written.action, written.after) == (flow, start, action, step.to)
    assert (written.actor_id, written.reason) == (actor.id, said(step).reason)


@pytest.mark.parametrize("flow", FLOWS)
def test_a_move_starts_nowhere_else(at_work: None, flow: str) -> None:
    table, refused = FLOWS[flow], 0
    for start in STATES[flow]:
        for action in sorted({action for _, action in table} - {action for begin, action in table if begin == start}):
            moved = row(flow, start)
            with pytest.raises(ConflictError):
                workflow.advance(moved, action, ACTORS["supervisor"], Said("other", "x", facts()))
            assert moved.status == start
            refused += 1
    assert refused > 0
    assert db.session.scalars(select(Transition)).all() == []


@pytest.mark.parametrize("role", ACTORS)
@pytest.mark.parametrize(("flow", "start", "action"), EVERY)
def test_a_move_is_made_by_whom_the_policy_names(
    at_work: None, flow: str, start: str, action: str, role: str
) -> None:
    step, moved = FLOWS[flow][start, action], row(flow, start)
    if allowed(ACTORS[role], step.permission, moved):
        workflow.advance(moved, action, ACTORS[role], said(step))
        assert moved.status == step.to
        return
    with pytest.raises(NotAllowedError):
        workflow.advance(moved, action, ACTORS[role], said(step))
    assert moved.status == start


WITH_REASON = [one for one in EVERY if FLOWS[one[0]][one[1:]].reasons]
WITH_NOTE = [one for one in EVERY if FLOWS[one[0]][one[1:]].needs_note]
GUARDED = [one for one in EVERY if FLOWS[one[0]][one[1:]].guards and not FLOWS[one[0]][one[1:]].otherwise]


@pytest.mark.parametrize("reason", ["", "because", " "])
@pytest.mark.parametrize(("flow", "start", "action"), WITH_REASON)
def test_a_reason_is_one_of_the_coded_ones(
    at_work: None, flow: str, start: str, action: str, reason: str
) -> None:
    moved = row(flow, start)
    with pytest.raises(InvalidInputError):
        workflow.advance(moved, action, mover(flow, start, action), Said(reason, "Una nota.", facts()))
    assert moved.status == start


@pytest.mark.parametrize("note", ["", "   "])
@pytest.mark.parametrize(("flow", "start", "action"), WITH_NOTE)
def test_a_note_that_is_asked_for_is_given(at_work: None, flow: str, start: str, action: str, note: str) -> None:
    step, moved = FLOWS[flow][start, action], row(flow, start)
    with pytest.raises(InvalidInputError):
        workflow.advance(moved, action, mover(flow, start, action), Said(said(step).reason, note, facts()))
    assert moved.status == start


@pytest.mark.parametrize(("flow", "start", "action"), GUARDED)
def test_a_guard_refuses_what_nobody_vouched_for(at_work: None, flow: str, start: str, action: str) -> None:
    """Without the facts a service gathers a guard says no, with a reason for each."""
    step, moved = FLOWS[flow][start, action], row(flow, start)
    given = said(step)
    with pytest.raises(ConflictError) as refused:
        workflow.advance(moved, action, mover(flow, start, action), Said(given.reason, given.note))
    assert len(refused.value.refusals) >= len(step.guards)
    assert moved.status == start


def test_a_case_that_was_never_sent_is_reopened_as_a_draft(at_work: None) -> None:
    for facts_given, status in ((facts(), "submitted"), ({}, "draft")):
        moved = row("family", "closed")
        move = workflow.advance(moved, "reopen", ACTORS["supervisor"], Said(note="Volvió.", facts=facts_given))
        assert (moved.status, move.after) == (status, status)


def test_moves_names_what_this_person_may_do_now(world: World) -> None:
    family = world.family(status="submitted")
    assert "accept" not in workflow.moves(family, world.worker)
    assert {"accept", "ask", "refuse"} <= set(workflow.moves(family, world.supervisor))


def test_every_state_of_a_case_can_be_reached_and_left() -> None:
    for flow, table in FLOWS.items():
        reached = {step.to for step in table.values()}
        starts = {start for start, _ in table}
        first = {"family": "draft", "provider": "invited", "suggestion": "suggested", "proposal": "proposed",
                 "placement": "planned", "follow_up": "scheduled"}[flow]
        assert starts - reached <= {first}, flow


def test_a_note_is_kept_with_the_move(world: World) -> None:
    family = world.family(status="submitted")
    workflow.advance(family, "ask", world.supervisor, Said(note="Falta el DNI del niño."))
    db.session.commit()
    assert db.session.scalars(select(Transition).where(Transition.flow == "family")).one().note.startswith("Falta")
    assert db.session.get_one(Family, family.id).status == "needs_information"
