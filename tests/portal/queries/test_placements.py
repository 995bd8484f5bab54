"""Placements as a list: narrowed, in pages, by the newest start."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal import clock
from portal.extensions import db
from portal.models import Placement
from portal.places import fold
from portal.policy import Actor
from portal.queries import placements
from portal.queries.placements import Wanted
from portal.services import placements as care
from portal.services.placements import Ending
from tests.portal.worlds import World


def listed(actor: Actor, **wanted: object) -> list[Placement]:
    found, count = placements.listed(actor, Wanted(**wanted), 0)
    assert count == len(found)
    return found


def ended(world: World) -> Placement:
    placement = world.active()
    care.end(world.worker, placement, Ending(clock.today(), "school"))
    db.session.commit()
    return placement


def test_the_newest_start_comes_first(world: World) -> None:
    old = world.active(started=clock.today() - timedelta(days=40))
    new = world.active(started=clock.today() - timedelta(days=4))
    assert listed(world.worker) == [new, old]


def test_a_state_narrows_and_open_is_every_open_one(world: World) -> None:
    planned, active, over = world.planned(), world.active(), ended(world)
    assert set(listed(world.worker, status="open")) == {planned, active}
    assert listed(world.worker, status="ended") == [over]
    assert set(listed(world.worker)) == {planned, active, over}


def test_an_agreement_that_lacks_is_asked_for_before_the_start(world: World) -> None:
    planned = world.planned()
    world.active()
    assert listed(world.worker, unsigned=True) == [planned]
    care.sign(world.worker, planned, clock.today())
    db.session.commit()
    assert listed(world.worker, unsigned=True) == []


@pytest.mark.parametrize(("q", "there"), [
    ("quispe", True), ("QUISPE amancay", True), ("hogar", True), ("mamani", False), ("quispe mamani", False),
    ("%", False), ("a b c d e f g", False),
])
def test_words_of_family_and_provider_narrow(world: World, q: str, there: bool) -> None:
    placement = world.active()
    placement.family.search_name, placement.provider.search_name = fold("Rosa Quispe Luz"), fold("Hogar Amancay")
    db.session.commit()
    assert listed(world.worker, q=q) == ([placement] if there else [])


def test_mine_are_of_the_cases_one_answers_for(world: World) -> None:
    placement = world.active()
    assert listed(world.worker, mine=True) == [placement]
    assert listed(world.supervisor, mine=True) == []


def test_a_confidential_case_is_neither_listed_nor_counted(world: World) -> None:
    world.active().family.confidential = True
    db.session.commit()
    other = Actor(world.ngo.people["ngo_admin"], "Otra", frozenset({"caseworker"}), world.ngo.id)
    assert (listed(other), len(listed(world.worker)), len(listed(world.supervisor))) == ([], 1, 1)


def test_the_course_of_a_placement_reads_newest_first(world: World) -> None:
    placement = world.active()
    with clock.at(clock.now() + timedelta(days=1)):
        care.interrupt(world.worker, placement, "travel", None)
    with clock.at(clock.now() + timedelta(days=2)):
        care.resume(world.worker, placement)
        db.session.commit()
    assert [move.action for move in placements.moves_of(placement.id)] == ["resume", "interrupt", "start"]


def test_follow_ups_are_in_order_of_their_days(world: World) -> None:
    days = [one.after_days for one in placements.followups_of(world.active().id)]
    assert days == [3, 14, 30, 90]


def test_an_outcome_is_there_once_care_ended(world: World) -> None:
    assert placements.outcome_of(world.active().id) is None
    found = placements.outcome_of(ended(world).id)
    assert found is not None
    assert (found.end_reason, found.held) == ("school", True)
