"""Follow-ups: answered, missed, and the next one planned."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal import clock
from portal.errors import ConflictError, InvalidInputError, NotAllowedError
from portal.services import followups
from portal.services.followups import Answers

SAID = Answers("call", "caregiver", {"works": "yes"}, "Todo bien.")


def test_answers_are_kept_with_day_and_person(world):
    followup = followups.scheduled(world.active())[0]
    followups.complete(world.worker, followup, SAID)
    assert (followup.status, followup.answers, followup.done_by_id) == ("done", {"works": "yes"}, world.worker.id)
    assert followup.done_on == clock.today()


def test_an_unknown_channel_or_person_is_refused(world):
    followup = followups.scheduled(world.active())[0]
    with pytest.raises(InvalidInputError) as refused:
        followups.complete(world.worker, followup, Answers("", "nobody"))
    assert set(refused.value.fields) == {"channel", "answered_by"}
    assert followup.status == "scheduled"


def test_after_the_last_one_the_next_quarter_is_planned(world):
    placement = world.active()
    with clock.at(clock.now() + timedelta(days=95)):
        for one in followups.scheduled(placement):
            followups.complete(world.worker, one, SAID)
    (following,) = followups.scheduled(placement)
    assert following.due_on == placement.starts_on + timedelta(days=90 + 91)


def test_nobody_reached_is_tried_again_in_three_days(world):
    placement = world.active()
    first = followups.scheduled(placement)[0]
    followups.not_reached(world.worker, first, "Teléfono apagado.")
    again = [one for one in followups.scheduled(placement) if one.after_days == first.after_days]
    assert first.status == "could_not_reach"
    assert [one.due_on for one in again] == [clock.today() + timedelta(days=3)]


@pytest.mark.parametrize(("wellbeing", "days"), [("badly", [3]), ("fair", []), ("well", [])])
def test_a_child_who_is_not_well_is_asked_about_again_in_three_days(world, wellbeing, days):
    placement = world.active(started=clock.today() - timedelta(days=4))
    for one in followups.scheduled(placement):
        one.due_on += timedelta(days=30)  # nothing comes by itself this week
    before, first = set(followups.scheduled(placement)), followups.scheduled(placement)[0]
    followups.complete(world.worker, first, Answers("visit", "caregiver", {"wellbeing": wellbeing}))
    again = set(followups.scheduled(placement)) - before
    assert [(one.due_on - clock.today()).days for one in again] == days


def test_a_child_is_not_asked_about_twice_where_a_question_comes_soon_anyway(world):
    placement = world.active(started=clock.today() - timedelta(days=12))  # the third and the fourteenth day
    first, *others = sorted(followups.scheduled(placement), key=lambda one: one.due_on)
    followups.complete(world.worker, first, Answers("visit", "caregiver", {"wellbeing": "badly"}))
    assert set(followups.scheduled(placement)) == set(others)


def test_a_follow_up_is_answered_once(world):
    followup = followups.scheduled(world.active())[0]
    followups.complete(world.worker, followup, SAID)
    with pytest.raises(ConflictError):
        followups.complete(world.worker, followup, SAID)


def test_only_who_answers_for_the_case_may_record(world):
    followup = followups.scheduled(world.active())[0]
    with pytest.raises(NotAllowedError):
        followups.complete(world.ngo.actor("ngo_admin"), followup, SAID)
