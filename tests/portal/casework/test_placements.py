"""Placements: agreement, start, pause, end, correction, and what is known of each day."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal import clock
from portal.errors import ConflictError, InvalidInputError, NotAllowedError
from portal.extensions import db
from portal.models import FollowUp, Outcome
from portal.services import followups, placements
from portal.services.followups import Answers
from portal.services.placements import Ending


def outcome(placement) -> Outcome | None:
    return db.session.scalars(select(Outcome).where(Outcome.placement_id == placement.id)).one_or_none()


def test_care_begins_after_signature_and_start_day(world):
    placement = world.planned()
    with pytest.raises(ConflictError) as refused:
        placements.start(world.worker, placement)
    assert {one.code for one in refused.value.refusals} == {"start_not_reached", "agreement_missing"}
    with clock.at(clock.now() + timedelta(days=1)):
        placements.sign(world.worker, placement, clock.today())
        placements.start(world.worker, placement)
    assert (placement.status, placement.family.status) == ("active", "placed")


def test_an_agreement_is_not_signed_in_the_future(world):
    with pytest.raises(InvalidInputError):
        placements.sign(world.worker, world.planned(), clock.today() + timedelta(days=1))


def test_starting_plans_the_follow_ups(world):
    placement = world.active()
    due = [one.due_on - placement.starts_on for one in followups.scheduled(placement)]
    assert sorted(due) == [timedelta(days=days) for days in (3, 14, 30, 90)]


def test_cancelling_frees_the_seat_and_the_family_waits_again(world):
    placement = world.planned()
    with pytest.raises(NotAllowedError):
        placements.cancel(world.worker, placement, "family_cost")
    placements.cancel(world.supervisor, placement, "family_cost")
    assert world.seats(placement.provider_id) == (0, 0)
    assert placement.family.status == "waiting"


def test_a_pause_has_a_reason_and_a_day_of_return(world):
    placement = world.active()
    back = clock.today() + timedelta(days=10)
    placements.interrupt(world.worker, placement, "illness", back)
    assert (placement.status, placement.return_expected_on) == ("interrupted", back)
    placements.resume(world.worker, placement)
    assert (placement.status, placement.return_expected_on) == ("active", None)


def test_a_planned_end_frees_the_seat_and_records_the_outcome(world):
    placement = world.active()
    followup = followups.scheduled(placement)[0]
    followups.complete(world.worker, followup, Answers("call", "caregiver", {
        "works": "yes", "weekly_hours": 40, "income_change": 250,
    }))
    placements.end(world.worker, placement, Ending(clock.today(), "school"))
    assert world.seats(placement.provider_id) == (0, 0)
    assert not followups.scheduled(placement)
    became = outcome(placement)
    assert (became.held, became.end_group, became.works_after, became.hours_after) == (True, "planned", "yes", 40)


def test_an_unplanned_end_waits_for_the_supervisor(world):
    placement = world.active()
    placements.end(world.worker, placement, Ending(clock.today(), "cost"))
    assert (placement.status, world.seats(placement.provider_id)) == ("ending", (0, 1))
    with pytest.raises(NotAllowedError):
        placements.confirm_end(world.worker, placement, "cost")
    placements.confirm_end(world.supervisor, placement, "distance")
    assert (placement.end_reason, placement.end_group) == ("distance", "unplanned")
    assert world.seats(placement.provider_id) == (0, 0)
    assert outcome(placement).held is False


def test_an_overruled_end_leaves_no_trace_on_the_placement(world):
    placement = world.active()
    placements.end(world.worker, placement, Ending(clock.today(), "cost"))
    placements.overrule_end(world.supervisor, placement, "La ONG cubre el pago.")
    assert (placement.status, placement.ends_on, placement.end_reason) == ("active", None, "")
    assert outcome(placement) is None


def test_an_end_lies_after_the_start_and_has_a_coded_reason(world):
    placement = world.active()
    with pytest.raises(InvalidInputError):
        placements.end(world.worker, placement, Ending(clock.today() - timedelta(days=1), "school"))
    with pytest.raises(InvalidInputError):
        placements.end(world.worker, placement, Ending(clock.today(), "porque sí"))


def test_an_end_is_corrected_on_the_same_day(world):
    placement = world.active()
    placements.end(world.worker, placement, Ending(clock.today(), "school"))
    db.session.commit()
    placements.correct(world.supervisor, placement, "Era otra niña.")
    assert (placement.status, placement.ends_on, placement.end_group) == ("active", None, "")
    assert world.seats(placement.provider_id) == (0, 1)
    assert outcome(placement) is None
    assert len(followups.scheduled(placement)) == 4


def test_an_end_is_not_corrected_the_day_after(world):
    placement = world.active()
    placements.end(world.worker, placement, Ending(clock.today(), "school"))
    db.session.commit()
    with clock.at(clock.now() + timedelta(days=1)), pytest.raises(ConflictError) as refused:
        placements.correct(world.supervisor, placement, "Era otra niña.")
    assert refused.value.refusals[0].code == "day_passed"


def test_an_end_is_not_corrected_once_the_seat_is_gone(world):
    provider = world.provider(capacity=1)
    placement = world.active(provider=provider)
    placements.end(world.worker, placement, Ending(clock.today(), "school"))
    db.session.commit()
    world.proposal(provider)
    with pytest.raises(ConflictError) as refused:
        placements.correct(world.supervisor, placement, "Era otra niña.")
    assert refused.value.refusals[0].code == "no_free_seat"


def test_an_unknown_day_is_not_an_absence(world):
    placement = world.active(started=clock.today() - timedelta(days=3))
    today = clock.today()
    placements.record_day(world.worker, placement, today - timedelta(days=1), "absent")
    placements.record_day(world.worker, placement, today, "present")
    db.session.flush()
    known = dict(placements.days(placement, today - timedelta(days=2), 3))
    assert list(known.values()) == ["", "absent", "present"]
    placements.record_day(world.worker, placement, today - timedelta(days=1), "")
    db.session.flush()
    assert dict(placements.days(placement, today - timedelta(days=1), 1))[today - timedelta(days=1)] == ""


@pytest.mark.parametrize(("days", "value"), [(1, "present"), (-5, "present"), (0, "perhaps")])
def test_a_day_outside_care_or_an_unknown_word_is_refused(world, days, value):
    placement = world.active()
    with pytest.raises(InvalidInputError):
        placements.record_day(world.worker, placement, clock.today() + timedelta(days=days), value)


def test_a_placement_that_has_not_begun_has_no_days(world):
    placement = world.planned()
    with clock.at(clock.now() + timedelta(days=2)), pytest.raises(InvalidInputError):
        placements.record_day(world.worker, placement, clock.today(), "present")


def test_follow_ups_of_an_ended_placement_fall_away(world):
    placement = world.active()
    placements.end(world.worker, placement, Ending(clock.today(), "moved"))
    states = {one.status for one in db.session.scalars(select(FollowUp).where(FollowUp.placement_id == placement.id))}
    assert states == {"cancelled"}
