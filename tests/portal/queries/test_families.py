"""The list of cases, the course of one, and families that may be the same."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from portal import clock, workflow
from portal.extensions import db
from portal.models import Family
from portal.policy import Actor
from portal.queries import families
from portal.queries.families import PAGE, Wanted
from portal.queries.search import search
from portal.workflow import Said
from tests.portal.worlds import World


@pytest.fixture
def colleague(world: World) -> Actor:
    """Another caseworker."""
    return Actor(world.ngo.people["ngo_admin"], "Colega", frozenset({"caseworker"}), world.ngo.id)


def listed(actor: Actor, **wanted: str) -> list[Family]:
    return families.listed(actor, Wanted(**wanted), 0)[0]


def test_who_is_urgent_comes_first_then_who_waits_longest(world: World) -> None:
    def waits(days: int, priority: int = 0) -> Family:
        return world.family(waiting_since=clock.now() - timedelta(days=days), priority=priority)

    short, long, urgent, soon = waits(1), waits(9), waits(2, 2), waits(3, 1)
    assert listed(world.worker) == [urgent, soon, long, short]


def test_a_case_that_does_not_wait_yet_stands_by_its_last_move(world: World) -> None:
    old = world.family(status="draft", waiting_since=None, status_since=clock.now() - timedelta(days=5))
    new = world.family(waiting_since=clock.now() - timedelta(days=1))
    assert listed(world.worker) == [old, new]


def test_the_list_holds_open_cases_and_others_when_asked_for(world: World) -> None:
    waiting, closed = world.family(), world.family(status="closed")
    assert listed(world.worker) == [waiting]
    assert listed(world.worker, status="closed") == [closed]
    assert listed(world.worker, status="nonsense") == []


def test_mine_are_those_one_answers_for(world: World, colleague: Actor) -> None:
    mine, theirs = world.family(), world.family()
    theirs.caseworker_id = colleague.id
    db.session.commit()
    assert listed(world.worker, whose="mine") == [mine]
    assert listed(colleague, whose="mine") == [theirs]
    assert set(listed(colleague)) == {mine, theirs}


def test_a_confidential_case_is_neither_listed_nor_counted(world: World, colleague: Actor) -> None:
    world.family(), world.family(confidential=True)
    for actor, count in ((colleague, 1), (world.worker, 2), (world.supervisor, 2)):
        assert families.listed(actor, Wanted(), 0)[1] == count
        assert families.counts(actor) == {"waiting": count}


def test_a_name_narrows_the_list_as_the_search_finds_it(world: World, colleague: Actor) -> None:
    rosa = world.family(search_name="rosa naupari quispe luz")
    hidden = world.family(search_name="rosa naupari", confidential=True)
    world.family(search_name="elena mamani")
    for typed in ("Ñaupari", "quispe ROSA", rosa.code, " luz "):
        assert listed(colleague, name=typed) == search(colleague, typed).families == [rosa]
    assert set(listed(world.worker, name="naupari")) == {rosa, hidden}
    for typed in ("nadie", "%", "_", "\u0301", hidden.code):
        assert listed(colleague, name=typed) == []
    assert listed(world.worker, name="rosa", status="closed") == []


def test_pages_hold_every_case_once(world: World) -> None:
    for _ in range(PAGE + 4):
        world.family(waiting_since=clock.now())
    (first, count), (second, _) = (families.listed(world.worker, Wanted(), page) for page in (0, 1))
    assert (len(first), len(second), count) == (PAGE, 4, PAGE + 4)
    assert len({one.id for one in (*first, *second)}) == count
    assert families.listed(world.worker, Wanted(), 9) == ([], count)


def test_counts_are_by_state(world: World) -> None:
    for status in ("draft", "draft", "closed"):
        world.family(status=status)
    assert families.counts(world.worker) == {"draft": 2, "closed": 1}


def test_the_history_reads_newest_first_and_of_this_case_alone(world: World) -> None:
    family, other = world.family(status="submitted"), world.family(status="submitted")
    for row, action, minutes in ((family, "ask", 0), (family, "submit", 1), (other, "ask", 2)):
        with clock.at(clock.now() + timedelta(minutes=minutes)):
            actor = world.supervisor if action == "ask" else world.worker
            workflow.advance(row, action, actor, Said(note="Falta.", facts={"missing": []}))
    assert [move.action for move in families.history(family.id)] == ["submit", "ask"]


def test_proposals_and_placements_of_a_family(world: World) -> None:
    placement = world.active()
    world.proposal()
    care = families.care_of(placement.family_id)
    assert care.placements == [placement]
    assert [one.id for one in care.proposals] == [placement.proposal_id]
    assert placement.provider.name == "Hogar Amancay"


def alike_to(world: World, family: Family, actor: Actor | None = None) -> list[Family]:
    return [found.family for found in families.alike(actor or world.supervisor, family)]


def same_phone(one: Family, other: Family) -> None:
    one.caregivers[0].phone, other.caregivers[0].phone = "987654321", "+51 987 654 321"


def same_child(one: Family, other: Family) -> None:
    one.children[0].given_names, other.children[0].given_names = "Luz María", "LUZ  MARIA"


def other_birth(one: Family, other: Family) -> None:
    other.children[0].birth_date -= timedelta(days=1)


def other_name(one: Family, other: Family) -> None:
    other.children[0].given_names = "Ana"


@pytest.mark.parametrize(("make", "alike"), [
    (lambda one, other: None, True), (same_phone, True), (other_birth, False), (other_name, False),
])
def test_families_that_may_be_the_same(world: World, make: Any, alike: bool) -> None:
    one, other = world.family(), world.family()
    make(one, other)
    db.session.commit()
    assert alike_to(world, one) == ([other] if alike else [])
    assert alike_to(world, other) == ([one] if alike else [])


def test_a_phone_alone_finds_a_family_before_it_has_children(world: World) -> None:
    one, other = world.family(children=0), world.family(children=0)
    for family in (one, other):
        family.main_caregiver.phone = "987 654 321"
    db.session.commit()
    assert alike_to(world, one) == [other]


def test_the_same_child_is_found_in_capitals_and_without_accents(world: World) -> None:
    one, other = world.family(), world.family()
    same_child(one, other)
    db.session.commit()
    assert alike_to(world, one) == [other]


def test_one_family_is_named_once_however_alike_it_is(world: World) -> None:
    one, other = world.family(), world.family()
    same_phone(one, other)
    db.session.commit()
    assert families.alike(world.supervisor, one) == [families.Alike(other, ("phone", "child"))]


def test_a_confidential_case_is_like_no_other_to_whom_it_is_closed(world: World, colleague: Actor) -> None:
    one, other = world.family(), world.family(confidential=True)
    same_phone(one, other)
    db.session.commit()
    assert alike_to(world, one, colleague) == []
    assert alike_to(world, one, world.worker) == alike_to(world, one) == [other]


def test_a_phone_leads_to_its_families(world: World) -> None:
    one, other = world.family(), world.family()
    same_phone(one, other)
    db.session.commit()
    assert {row.id for row in families.with_phone("987-654-321")} == {one.id, other.id}
    assert families.with_phone("") == families.with_phone(None) == families.with_phone("900000000") == []


def test_a_family_without_children_and_phone_is_like_no_other(world: World) -> None:
    world.family(children=0)
    assert alike_to(world, world.family(children=0)) == []
