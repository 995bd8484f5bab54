"""Follow-ups as lists: each in one kind only, and the counts are those of the lists."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from portal import clock
from portal.extensions import db
from portal.models import FollowUp, Placement
from portal.policy import Actor
from portal.queries import followups
from portal.queries.followups import COMING_DAYS, PAGE, WHEN
from portal.services.followups import Answers, complete, not_reached
from tests.portal.worlds import World


@pytest.fixture
def placement(world: World) -> Placement:
    """Care without the follow-ups it was given."""
    placement = world.active()
    db.session.query(FollowUp).delete()
    db.session.commit()
    return placement


def add(placement: Placement, days: int, **values: Any) -> FollowUp:
    row = FollowUp(placement_id=placement.id, due_on=clock.today() + timedelta(days=days), after_days=3, **values)
    db.session.add(row)
    db.session.commit()
    return row


def listed(actor: Actor, kind: str, today: date | None = None, mine: bool = False) -> list[FollowUp]:
    return followups.listed(actor, kind, mine, 0, today or clock.today())


@pytest.mark.parametrize(("days", "kind"), [
    (-90, "overdue"), (-1, "overdue"), (0, "today"), (1, "coming"), (COMING_DAYS, "coming"), (COMING_DAYS + 1, None),
])
def test_a_task_is_in_one_kind_by_its_day(world: World, placement: Placement, days: int, kind: str | None) -> None:
    row = add(placement, days)
    assert [one for one in WHEN if listed(world.worker, one)] == ([kind] if kind else [])
    assert followups.counts(world.worker, False, clock.today()) == {one: int(one == kind) for one in WHEN}
    assert kind is None or listed(world.worker, kind) == [row]


def test_what_was_answered_or_tried_is_done_and_what_fell_away_is_nowhere(world: World, placement: Placement) -> None:
    done, tried = add(placement, -3), add(placement, 0)
    add(placement, 0, status="cancelled")
    complete(world.worker, done, Answers("call", "caregiver"))
    not_reached(world.worker, tried)
    db.session.commit()
    assert set(listed(world.worker, "done")) == {done, tried}
    assert listed(world.worker, "today") == listed(world.worker, "overdue") == []


def test_the_most_overdue_comes_first_and_of_what_is_done_the_newest(world: World, placement: Placement) -> None:
    rows = {days: add(placement, days) for days in (-2, -9, -5)}
    assert listed(world.worker, "overdue") == [rows[-9], rows[-5], rows[-2]]
    for row, day in ((rows[-9], 3), (rows[-2], 1), (rows[-5], 2)):
        row.status, row.done_on = "done", clock.today() - timedelta(days=day)
    db.session.commit()
    assert listed(world.worker, "done") == [rows[-2], rows[-5], rows[-9]]


def test_mine_are_of_the_cases_one_answers_for(world: World, placement: Placement) -> None:
    add(placement, 0)
    assert len(listed(world.worker, "today", mine=True)) == 1
    assert listed(world.supervisor, "today", mine=True) == []
    assert len(listed(world.supervisor, "today")) == 1
    assert followups.counts(world.supervisor, True, clock.today())["today"] == 0


def test_a_confidential_case_is_neither_listed_nor_counted(world: World, placement: Placement) -> None:
    add(placement, 0)
    placement.family.confidential = True
    db.session.commit()
    other = Actor(world.ngo.people["ngo_admin"], "Otra", frozenset({"caseworker"}), world.ngo.id)
    assert listed(other, "today") == []
    assert followups.counts(other, False, clock.today())["today"] == 0


def test_pages_hold_every_task_once(world: World, placement: Placement) -> None:
    for _ in range(PAGE + 2):
        add(placement, 0)
    pages = [followups.listed(world.worker, "today", False, page, clock.today()) for page in (0, 1, 2)]
    assert [len(page) for page in pages] == [PAGE, 2, 0]
    assert len({one.id for page in pages for one in page}) == PAGE + 2


def test_the_last_answers_are_those_of_the_last_day(world: World, placement: Placement) -> None:
    assert followups.last_done(placement.id) is None
    old, new = add(placement, -9), add(placement, -2)
    for row, day in ((new, 2), (old, 9)):
        row.status, row.done_on = "done", clock.today() - timedelta(days=day)
    db.session.commit()
    assert followups.last_done(placement.id) == new
