"""Proposals as a queue of decisions."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from portal import clock
from portal.extensions import db
from portal.models import Proposal
from portal.policy import Actor
from portal.queries import proposals
from portal.queries.proposals import SOON_HOURS, Wanted
from portal.services import placements
from portal.services import proposals as service
from portal.services.placements import Ending
from portal.workflow import Said
from tests.portal.worlds import World


def queue(world: World, **wanted: object) -> list[Proposal]:
    return proposals.queue(world.supervisor, Wanted(**wanted))


def declined(world: World) -> Proposal:
    made = world.offered()
    service.record_answer(world.worker, made, "provider", "declined", Said(reason="provider_full"))
    db.session.commit()
    return made


def test_the_hold_that_ends_first_is_on_top(world: World) -> None:
    first, second = world.proposal(), world.proposal()
    first.hold_until += timedelta(hours=5)
    db.session.commit()
    assert queue(world) == [second, first]


def test_only_what_waits_for_a_decision_waits_here(world: World) -> None:
    waiting, answered = world.proposal(), declined(world)
    world.offered()
    assert set(queue(world)) == {waiting, answered}
    assert queue(world, status="decline_pending") == [answered]
    assert set(queue(world, status="accepted")) == {waiting, answered}  # no state of the queue narrows nothing


def test_who_proposed_narrows(world: World) -> None:
    proposal = world.proposal()
    own = world.proposal(actor=world.supervisor)
    assert queue(world, proposer=str(world.worker.id)) == [proposal]
    assert queue(world, proposer=str(world.supervisor.id)) == [own]
    assert queue(world, proposer=str(uuid4())) == []


@pytest.mark.parametrize(("hours", "there"), [(SOON_HOURS, True), (SOON_HOURS + 1, False), (-1, True)])
def test_soon_asks_for_holds_that_end(world: World, hours: int, there: bool) -> None:
    world.proposal().hold_until = clock.now() + timedelta(hours=hours)
    db.session.commit()
    assert bool(queue(world, soon=True)) is there


def test_a_confidential_case_waits_for_a_supervisor_alone(world: World) -> None:
    world.proposal(confidential=True)
    stand_in = Actor(world.ngo.people["ngo_admin"], "Otra", frozenset({"caseworker"}), world.ngo.id, True)
    assert proposals.queue(stand_in, Wanted()) == []
    assert len(queue(world)) == 1


def test_unplanned_ends_wait_the_oldest_first(world: World) -> None:
    ends = [world.active(), world.active()]
    for days, placement in ((1, ends[1]), (2, ends[0])):
        with clock.at(clock.now() + timedelta(days=days)):
            placements.end(world.worker, placement, Ending(clock.today(), "cost"))
    world.active()
    db.session.commit()
    assert proposals.ends_to_confirm(world.supervisor) == [], "their last days are still to come"
    with clock.at(clock.now() + timedelta(days=2)):
        assert proposals.ends_to_confirm(world.supervisor) == [ends[1], ends[0]]


def test_the_course_of_a_proposal_and_what_became_of_it(world: World) -> None:
    placement = world.planned()
    actions = [move.action for move in proposals.moves_of(placement.proposal_id)]
    assert sorted(actions) == ["agree", "approve", "offer"]
    assert proposals.placements_of(placement.proposal_id) == [placement]
    assert proposals.placements_of(uuid4()) == []


def test_a_case_knows_its_proposals_newest_first(world: World) -> None:
    old = world.proposal()
    service.withdraw(world.worker, old, "mistake")
    with clock.at(clock.now() + timedelta(hours=1)):
        suggestion = world.suggestion(old.family, old.provider)
        new = service.propose(world.worker, suggestion, clock.today())
        db.session.commit()
    assert proposals.of_case(old.family_id) == [new, old]
