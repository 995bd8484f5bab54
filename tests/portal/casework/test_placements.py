"""Placements: agreement, start, pause, end, correction, and what is known of each day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from portal import clock, wording
from portal.audit import AuditEvent
from portal.errors import ConflictError, InvalidInputError, NotAllowedError
from portal.extensions import db
from portal.models import FollowUp, Outcome, SeatBand, Transition
from portal.services import followups, placements, seats
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


def test_care_does_not_begin_for_a_family_that_took_its_agreement_to_sharing_back(world):
    placement = world.planned()
    placement.starts_on = clock.today()
    placements.sign(world.worker, placement, clock.today())
    assert placements.unshared(world.worker, placement) == []
    world.answers(placement.family, given=False)
    with pytest.raises(ConflictError) as refused:
        placements.start(world.worker, placement)
    assert [one.code for one in refused.value.refusals] == ["sharing_lapsed"]
    assert [one.code for one in placements.unshared(world.worker, placement)] == ["sharing_lapsed"]
    assert placement.status == "planned"
    world.answers(placement.family)
    placements.start(world.worker, placement)
    assert (placement.status, placements.unshared(world.worker, placement)) == ("active", [])


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


# Ends ahead, ends for safety, and dates that cannot be


def refused(call: Callable[[], object], field: str) -> list[str]:
    with pytest.raises(InvalidInputError) as error:
        call()
    return error.value.fields[field]


@pytest.mark.parametrize("reason", ["school", "cost"])
def test_a_last_day_lies_no_further_ahead_than_the_notice(world, reason):
    placement = world.active()
    last = clock.today() + timedelta(days=placements.NOTICE_DAYS)
    for day in (last + timedelta(days=1), date(2099, 1, 1)):
        assert refused(lambda day=day: placements.end(world.worker, placement, Ending(day, reason)), "ends_on") == [
            "end_too_far"
        ]
    placements.end(world.worker, placement, Ending(last, reason))
    assert placement.ends_on == last


def test_the_words_of_a_refused_date_name_the_bound():
    assert f" {placements.NOTICE_DAYS} días" in wording.message("end_too_far")
    assert f" {placements.SIGNED_BEFORE_DAYS} días" in wording.message("signed_too_early")


@pytest.mark.parametrize("pause", [False, True])
def test_care_goes_on_until_a_planned_end_and_ends_on_its_day(world, pause):
    placement = world.active()
    if pause:
        placements.interrupt(world.worker, placement, "illness", None)
    before = placement.status
    placements.end(world.worker, placement, Ending(clock.today() + timedelta(days=20), "school"))
    assert (placement.status, outcome(placement)) == (before, None)
    assert (len(followups.scheduled(placement)), world.seats(placement.provider_id)) == (4, (0, 1))
    with clock.at(clock.now() + timedelta(days=19)):
        assert placements.end_due() == 0
    with clock.at(clock.now() + timedelta(days=21)):  # the sweep was late: the last day is what counts
        assert (placements.end_due(), placements.end_due()) == (1, 0)
    became = outcome(placement)
    assert (placement.status, became.days, became.held, became.end_reason) == ("ended", 20, True, "school")
    assert (followups.scheduled(placement), world.seats(placement.provider_id)) == ([], (0, 0))


def test_a_planned_end_is_moved_taken_back_or_followed_by_an_earlier_one(world):
    placement = world.active()
    with pytest.raises(ConflictError):
        placements.drop_end(world.worker, placement)
    placements.end(world.worker, placement, Ending(clock.today() + timedelta(days=9), "school"))
    placements.end(world.worker, placement, Ending(clock.today() + timedelta(days=30), "moved"))
    assert "drop_end" in placements.moves_now(world.worker, placement)
    placements.drop_end(world.worker, placement)
    assert (placement.ends_on, placement.end_reason, placement.end_group) == (None, "", "")
    assert "drop_end" not in placements.moves_now(world.worker, placement)
    with clock.at(clock.now() + timedelta(days=40)):
        assert placements.end_due() == 0
    placements.end(world.worker, placement, Ending(clock.today() + timedelta(days=9), "school"))
    placements.end(world.worker, placement, Ending(clock.today(), "school"))
    assert (placement.status, outcome(placement).days) == ("ended", 0)


def test_an_unplanned_end_is_confirmed_from_its_last_day_on(world):
    placement = world.active()
    placements.end(world.worker, placement, Ending(clock.today() + timedelta(days=4), "provider_stopped"))
    assert "confirm_end" not in placements.moves_now(world.supervisor, placement)
    with pytest.raises(ConflictError) as error:
        placements.confirm_end(world.supervisor, placement, "provider_stopped")
    assert error.value.refusals[0].code == "end_not_reached"
    assert (placement.status, len(followups.scheduled(placement))) == ("ending", 4)
    with clock.at(clock.now() + timedelta(days=4)):
        assert "confirm_end" in placements.moves_now(world.supervisor, placement)
        placements.confirm_end(world.supervisor, placement, "provider_stopped")
    assert (placement.status, outcome(placement).days) == ("ended", 4)


def test_an_end_for_safety_is_explained_by_both(world):
    placement = world.active()
    assert refused(lambda: placements.end(world.worker, placement, Ending(clock.today(), "safety", " ")), "note") == [
        "note_missing"
    ]
    placements.end(world.worker, placement, Ending(clock.today(), "safety", "Una caída sin atender."))
    assert refused(lambda: placements.confirm_end(world.supervisor, placement, "safety"), "note") == ["note_missing"]
    placements.confirm_end(world.supervisor, placement, "safety", "Se visitó el hogar.")
    assert placement.status == "ended"


@pytest.mark.parametrize(("reason", "held"), [("safety", False), ("distance", True)])
def test_an_end_for_safety_never_counts_as_held_however_long_it_lasted(world, reason, held):
    placement = world.active(started=clock.today() - timedelta(days=200))
    placements.end(world.worker, placement, Ending(clock.today(), reason, "Una nota."))
    placements.confirm_end(world.supervisor, placement, reason, "Una nota.")
    assert (outcome(placement).days, outcome(placement).held) == (200, held)


def test_an_agreement_is_signed_around_the_proposal(world):
    placement = world.planned()
    first = clock.today() - timedelta(days=placements.SIGNED_BEFORE_DAYS)
    for day in (date(1950, 1, 1), first - timedelta(days=1)):
        assert refused(lambda day=day: placements.sign(world.worker, placement, day), "signed_on") == [
            "signed_too_early"
        ]
    assert placement.agreement_signed_on is None
    placements.sign(world.worker, placement, first)
    assert placement.agreement_signed_on == first


# The start of a planned placement


def test_a_planned_start_is_moved_and_the_follow_ups_count_from_it(world):
    placement = world.planned()
    before, after = placement.starts_on, clock.today() + timedelta(days=5)
    placements.move_start(world.worker, placement, after)
    db.session.commit()
    assert (placement.starts_on, placement.status) == (after, "planned")
    move = db.session.scalars(select(Transition).where(Transition.action == "move_start")).one()
    assert (move.actor_id, move.note) == (world.worker.id, f"{before} → {after}")
    trail = select(AuditEvent).where(AuditEvent.subject_id == placement.id, AuditEvent.action == "update")
    assert any("starts_on" in one.fields for one in db.session.scalars(trail))
    with clock.at(clock.now() + timedelta(days=5)):
        placements.sign(world.worker, placement, clock.today())
        placements.start(world.worker, placement)
        db.session.flush()
    assert min(one.due_on for one in followups.scheduled(placement)) == after + timedelta(days=3)


def test_a_start_is_moved_within_the_bounds_of_a_proposal(world):
    placement = world.planned()
    yesterday = clock.today() - timedelta(days=1)
    assert refused(lambda: placements.move_start(world.worker, placement, yesterday), "starts_on") == ["date_past"]
    same = placement.starts_on
    assert refused(lambda: placements.move_start(world.worker, placement, same), "starts_on") == ["start_unchanged"]
    with pytest.raises(ConflictError) as error:  # the child is then too old, the papers are no longer valid
        placements.move_start(world.worker, placement, date(2099, 1, 1))
    assert {one.code for one in error.value.refusals} == {"rule"}


def test_a_start_is_moved_at_a_full_provider_for_the_seat_is_its_own(world):
    placement = world.planned(provider=world.provider(capacity=1))
    placements.move_start(world.worker, placement, clock.today())
    assert (placement.starts_on, world.seats(placement.provider_id)) == (clock.today(), (0, 1))


def test_a_seat_follows_the_age_at_the_new_start(world):
    provider = world.provider()
    placement = world.planned(provider=provider)
    third = placement.child.birth_date + timedelta(days=1100)
    provider.valid_until = third + timedelta(days=60)
    db.session.add(SeatBand(provider_id=provider.id, band="36_71m", capacity=0))
    db.session.commit()
    with pytest.raises(ConflictError):
        placements.move_start(world.worker, placement, third)
    db.session.rollback()
    seats.set_capacity(provider.id, "36_71m", 1)
    db.session.commit()
    db.session.expire_all()
    placements.move_start(world.worker, placement, third)
    db.session.commit()
    found = select(SeatBand.band, SeatBand.taken).where(SeatBand.provider_id == provider.id)
    assert dict(db.session.execute(found).all()) == {"24_35m": 0, "36_71m": 1}
    assert placement.band == "36_71m"


def test_a_start_is_moved_before_care_begins_and_by_who_has_the_case(world):
    placement = world.planned()
    day = clock.today() + timedelta(days=2)
    with pytest.raises(NotAllowedError):
        placements.move_start(world.ngo.actor("ngo_admin"), placement, day)
    running = world.active()
    with pytest.raises(ConflictError):
        placements.move_start(world.worker, running, day)
