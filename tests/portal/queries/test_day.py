"""My day: short lists that are cut but counted whole, and what each role has to look at."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from portal import clock
from portal.extensions import db
from portal.models import Family, Invitation, Placement, Proposal, SuggestionRun
from portal.models.provider import STANDING
from portal.policy import SYSTEM, Role
from portal.queries import day, people, shorts
from portal.queries.shorts import SHOWN, Bucket, Short
from portal.services import followups, placements, proposals
from portal.services.placements import Ending
from tests.portal.worlds import World


def names(found: dict[str, Short]) -> set[str]:
    """The lists with something in them."""
    return {name for name, rows in found.items() if rows.count}


def cases(world: World, role: str = "caseworker") -> dict[str, Short]:
    return day.cases(world.ngo.actor(role), decides=role == "supervisor", stall_days=7)


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(counts=st.lists(st.integers(0, SHOWN + 3), min_size=1, max_size=3), newest=st.booleans())
def test_a_list_shows_the_first_few_and_counts_all(world: World, counts: list[int], newest: bool) -> None:
    db.session.query(Family).delete()
    db.session.commit()
    rows = [
        [world.family(children=0, priority=place, max_distance_km=float(km)) for km in range(count)]
        for place, count in enumerate(counts)
    ]
    buckets = [Bucket(f"b{place}", Family.priority == place, Family.max_distance_km, newest) for place in range(3)]
    found = shorts.read(shorts.ask(Family, buckets))
    for place, made in enumerate(rows):
        expected = (made[::-1] if newest else made)[:SHOWN]
        assert found[f"b{place}"] == Short(tuple(expected), len(made))
    assert set(found) == {"b0", "b1", "b2"}
    for one in (one for made in rows for one in made):
        db.session.delete(one)
    db.session.commit()


@pytest.mark.parametrize(("values", "bucket"), [
    ({"status": "draft"}, "drafts"), ({"status": "needs_information"}, "needs_information"),
    ({"status": "paused", "paused_until": None}, "pauses"), ({"status": "closed"}, None), ({"status": "placed"}, None),
])
def test_a_case_waits_in_the_list_of_its_state(world: World, values: dict[str, Any], bucket: str | None) -> None:
    family = world.family(**values)
    assert names(cases(world)) == ({bucket} if bucket else set())
    assert bucket is None or cases(world)[bucket].rows == (family,)
    assert names(cases(world, "supervisor")) == set()  # whose case it is not, and who has nothing to decide


@pytest.mark.parametrize(("days", "there"), [(-1, True), (day.ENDING_DAYS, True), (day.ENDING_DAYS + 1, False)])
def test_a_pause_that_ends_soon_is_worth_a_look(world: World, days: int, there: bool) -> None:
    world.family(status="paused", paused_until=clock.today() + timedelta(days=days))
    assert bool(cases(world)["pauses"].count) is there


def test_fresh_suggestions_are_looked_at_until_one_is_proposed(world: World) -> None:
    family = world.family()
    db.session.add(SuggestionRun(family_id=family.id, model_version="t", settings={}, why_not=[], counts={}))
    db.session.commit()
    assert names(cases(world)) == {"suggested"}
    world.proposal()
    assert cases(world)["suggested"].rows == (family,)
    db.session.query(SuggestionRun).update({"current": False})
    assert names(cases(world)) == set()


def test_who_decides_sees_intakes_and_what_stands_still(world: World) -> None:
    intake = world.family(status="submitted")
    still = world.family(status_since=clock.now() - timedelta(days=8))
    world.family(status_since=clock.now() - timedelta(days=6))
    found = cases(world, "supervisor")
    assert (found["intakes"].rows, found["stalled"].rows) == ((intake,), (still,))
    assert set(cases(world)) & {"intakes", "stalled"} == set()


def test_a_case_with_a_proposal_does_not_stand_still(world: World) -> None:
    proposal = world.proposal(status_since=clock.now() - timedelta(days=30))
    assert cases(world, "supervisor")["stalled"].count == 0
    proposals.withdraw(world.worker, proposal, "mistake")
    db.session.commit()
    assert cases(world, "supervisor")["stalled"].count == 1


def test_a_confidential_intake_is_seen_by_supervisors(world: World) -> None:
    world.family(status="submitted", confidential=True)
    assert cases(world, "supervisor")["intakes"].count == 1


def returned(world: World) -> Proposal:
    made = world.proposal()
    proposals.give_back(world.supervisor, made, "¿La visitaron?")
    return made


def approved(world: World) -> Proposal:
    made = world.proposal()
    proposals.approve(world.supervisor, made)
    return made


def declined(world: World) -> Proposal:
    made = world.offered()
    proposals.record_answer(world.worker, made, "family", "declined", proposals.Said(reason="family_cost"))
    return made


@pytest.mark.parametrize(("build", "mine", "theirs"), [
    (lambda world: world.proposal(), {"undecided"}, {"to_decide"}), (returned, {"returned"}, set()),
    (approved, {"to_offer"}, set()), (lambda world: world.offered(), {"unanswered"}, set()),
    (declined, set(), {"declines"}),
])
def test_a_proposal_waits_on_the_one_who_is_next(world: World, build: Any, mine: set[str], theirs: set[str]) -> None:
    build(world)
    db.session.commit()
    assert names(day.open_proposals(world.worker, decides=False)) == mine
    assert names(day.open_proposals(world.supervisor, decides=True)) == theirs


def test_a_hold_that_runs_out_is_told_before_it_does(world: World) -> None:
    proposal = world.proposal()
    with clock.at(proposal.hold_until - day.SOON - timedelta(minutes=1)):
        assert day.open_proposals(world.worker, decides=False)["expiring"].count == 0
    with clock.at(proposal.hold_until - day.SOON):
        assert day.open_proposals(world.worker, decides=False)["expiring"].rows == (proposal,)


def away(world: World, days: int) -> Placement:
    placement = world.active()
    placements.interrupt(world.worker, placement, "travel", clock.today() + timedelta(days=days))
    return placement


def ending(world: World) -> Placement:
    placement = world.active()
    placements.end(world.worker, placement, Ending(clock.today(), "cost"))
    return placement


@pytest.mark.parametrize(("build", "mine", "theirs"), [
    (lambda world: world.planned(), {"to_start"}, set()), (lambda world: world.active(), set(), set()),
    (lambda world: away(world, 0), {"back"}, set()), (lambda world: away(world, 1), set(), set()),
    (ending, set(), {"ends"}),
])
def test_a_placement_waits_on_the_one_who_is_next(world: World, build: Any, mine: set[str], theirs: set[str]) -> None:
    build(world)
    db.session.commit()
    assert names(day.in_care(world.worker, decides=False)) == mine
    assert names(day.in_care(world.supervisor, decides=True)) == theirs


@pytest.mark.parametrize(("after", "bucket"), [(2, None), (3, "today"), (4, "overdue")])
def test_a_follow_up_is_due_on_its_day_and_overdue_after_it(world: World, after: int, bucket: str | None) -> None:
    placement = world.active()
    with clock.at(clock.now() + timedelta(days=after)):
        found = day.follow_ups(world.worker, False)
        assert names(found) == ({bucket} if bucket else set())
        assert bucket is None or found[bucket].rows[0].placement_id == placement.id
        late = day.follow_ups(world.supervisor, True)
        assert names(late) == ({"team_overdue"} if bucket == "overdue" else set())
        assert late["team_overdue"].rows == (found["overdue"].rows if bucket == "overdue" else ())


def test_of_a_confidential_case_only_who_may_read_it_is_told_that_it_is_late(world: World) -> None:
    world.active().family.confidential = True
    db.session.commit()
    stand_in = replace(world.ngo.actor("ngo_admin"), roles=frozenset({Role.CASEWORKER}), may_stand_in=True)
    with clock.at(clock.now() + timedelta(days=4)):
        assert day.follow_ups(world.supervisor, True)["team_overdue"].count == 1
        assert day.follow_ups(stand_in, True)["team_overdue"].count == 0


@pytest.mark.parametrize(("later", "still"), [((), True), (("unknown",), True), (("fair",), False), (("badly",), True)])
def test_a_child_who_is_not_well_is_on_the_lists_until_somebody_knows_better(
    world: World, later: tuple[str, ...], still: bool
) -> None:
    placement = world.active()
    for wellbeing in ("badly", *later):
        first = min(followups.scheduled(placement), key=lambda one: one.due_on)
        followups.complete(world.worker, first, followups.Answers("visit", "caregiver", {"wellbeing": wellbeing}))
        db.session.flush()
    for actor, decides in ((world.worker, False), (world.supervisor, True)):
        found = day.follow_ups(actor, decides)["unwell"]
        assert [one.placement_id for one in found.rows] == [placement.id] * (1 if still else 0)


def test_children_who_were_not_well_are_found_by_the_index_of_bad_answers_alone(world: World) -> None:
    """Each follow-up to come would have to be asked for its last answer otherwise, 10,000 times on each visit."""
    world.active()
    asked: list[tuple[str, Any]] = []

    def note(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        asked.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    day.follow_ups(world.supervisor, True)
    event.remove(db.engine, "before_cursor_execute", note)
    ((statement, parameters),) = [one for one in asked if "row_number" in one[0]]
    connection, explain = db.session.connection(), "EXPLAIN QUERY PLAN"
    if connection.dialect.name == "postgresql":
        explain = "EXPLAIN"
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")  # a table of three rows is read whole
    assert "ix_follow_up_unwell" in str(connection.exec_driver_sql(f"{explain} {statement}", parameters).all())


def test_an_end_takes_a_child_off_the_list_of_those_not_well(world: World) -> None:
    placement = world.active()
    first = followups.scheduled(placement)[0]
    followups.complete(world.worker, first, followups.Answers("visit", "caregiver", {"wellbeing": "badly"}))
    followups.cancel_open(placement, SYSTEM)
    db.session.flush()
    assert day.follow_ups(world.supervisor, True)["unwell"].count == 0


def test_the_load_of_a_worker(world: World) -> None:
    world.active()
    world.family(), world.family(status="draft"), world.family(status="closed"), world.family(status="not_eligible")
    with clock.at(clock.now() + timedelta(days=15)):  # days 3 and 14 are over
        (load,) = day.caseload(people.colleagues()).fullest
    assert (load.name, load.open, load.waiting, load.in_care, load.overdue) == ("Caseworker", 3, 1, 1, 2)


def test_the_fullest_comes_first_and_who_left_is_not_there(world: World) -> None:
    world.family()
    for _ in range(2):
        world.family().caseworker_id = world.supervisor.id
    db.session.commit()
    assert [load.name for load in day.caseload(people.colleagues()).fullest] == ["Supervisor", "Caseworker"]
    first = day.caseload(people.colleagues(), most=1)
    assert ([load.name for load in first.fullest], first.people) == (["Supervisor"], 2)
    people.member(world.supervisor.id).active = False
    db.session.commit()
    assert [load.name for load in day.caseload(people.colleagues()).fullest] == ["Caseworker"]


def test_the_office_counts_people_and_open_invitations(world: World) -> None:
    now = clock.now()
    for number, values in enumerate((
        {"expires_at": now + timedelta(days=1)}, {"expires_at": now - timedelta(days=1)},
        {"expires_at": now + timedelta(days=1), "accepted_at": now},
        {"expires_at": now + timedelta(days=1), "revoked_at": now},
    )):
        db.session.add(Invitation(email=f"n{number}@x.example", name="N", roles=["caseworker"],
                                  token_hash=str(number), invited_by_id=world.supervisor.id, **values))
    db.session.commit()
    found = day.office(people.colleagues())
    assert (found.members, found.invitations, found.expired_invitations) == (3, 1, 1)


@pytest.mark.parametrize(("days", "there"), [(-1, False), (0, True), (60, True), (61, False)])
def test_whose_vetting_ends_is_to_renew_whatever_they_may_do_until_then(world: World, days: int, there: bool) -> None:
    ends = clock.today() + timedelta(days=days)
    rows = {world.provider(valid_until=ends, status=status) for status in STANDING}
    world.provider(valid_until=ends, status="suspended")
    found = day.to_renew(60, clock.today())
    assert (set(found.rows), found.count) == ((rows, len(STANDING)) if there else (set(), 0))


def test_the_nearest_to_renew_come_first_and_the_rest_are_counted(world: World) -> None:
    for left in (30, 3, 50, 7, 12, 40, 20):
        world.provider(valid_until=clock.today() + timedelta(days=left))
    found = day.to_renew(60, clock.today())
    assert [(one.valid_until - clock.today()).days for one in found.rows] == [3, 7, 12, 20, 30]
    assert found.count == 7
