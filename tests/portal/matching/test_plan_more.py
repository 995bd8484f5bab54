"""What is found out with a plan: what providers could add, what each proposal costs, whose seats are sought after."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from portal import clock, events
from portal.extensions import db
from portal.jobs.handlers import LONG
from portal.models import Plan, PlanAddition, PlanDemand, PlanHold, Proposal, Provider
from portal.models.plan import POLICIES
from portal.queries import plan_findings
from portal.services import plan_findings as findings
from portal.services import plans, proposals
from tests.portal.matching.conftest import Scene


def made(scene: Scene, policy: str = "coverage") -> Plan:
    """A plan that somebody asked for and the worker made."""
    job = plans.ask(scene.supervisor, policy)
    db.session.commit()
    LONG[events.PLAN]({"plan": UUID(job.ids["plan"])}, lambda *said: None)
    job.status = "done"
    db.session.commit()
    return db.session.get_one(Plan, UUID(job.ids["plan"]))


def proposed(scene: Scene, home: Provider, **family: Any) -> Proposal:
    """A family that agreed to be compared, with a seat held at a home."""
    case = scene.case(**family)
    found = proposals.propose(scene.worker, scene.suggestion(case, home), clock.today())
    db.session.commit()
    return found


@pytest.mark.parametrize("policy", POLICIES)
def test_a_seat_hours_and_training_are_told_with_whom_they_place(scene: Scene, policy: str) -> None:
    full = scene.home(capacity=1, schedule="mon-fri 06:00-17:00")
    late = scene.home(capacity=1, schedule="mon-fri 08:00-17:00")
    for _ in range(3):
        scene.case()
    plan = made(scene, policy)
    assert (plan.placed, plan.looked) == (1, 0)
    told = {(one.provider_id, one.kind, one.code, one.schedule, one.amount, one.families, one.placed)
            for one in plan_findings.additions(plan)}
    assert told == {
        (full.id, "seat", "24_35m", "", 1, 2, 1), (late.id, "hours", "", "mon-fri 07:00-08:00", 300, 2, 1),
    }


def test_a_training_is_told_by_its_need_and_the_most_placed_come_first(scene: Scene) -> None:
    home = scene.home(capacity=4)
    for _ in range(2):
        for child in scene.case().children:
            child.special_needs = ["asthma"]
    db.session.commit()
    first = plan_findings.additions(made(scene))[0]
    assert (first.provider_id, first.kind, first.code, first.families, first.placed) == (
        home.id, "training", "asthma", 2, 2,
    )
    assert plan_findings.best_of(home.id)[0].id == first.id


def test_where_everybody_has_a_place_nothing_is_to_be_added(scene: Scene) -> None:
    home = scene.home(capacity=2)
    scene.case()
    assert plan_findings.additions(made(scene)) == []
    assert plan_findings.best_of(home.id) is None


def test_a_proposal_costs_the_place_of_who_could_go_nowhere_else(scene: Scene) -> None:
    """Who holds the near seat could go far; who waits could not."""
    near = scene.home(capacity=1, monthly_fee_pen=50)
    scene.home(capacity=1, monthly_fee_pen=150)
    held = proposed(scene, near)
    scene.case(max_monthly_fee_pen=60)
    plan = made(scene)
    assert (plan.placed, plan.held, plan.priced) == (0, 1, 1)
    assert [(one.proposal_id, one.placed) for one in plan_findings.holds(scene.supervisor, plan)] == [(held.id, 1)]


def test_a_proposal_that_only_changes_who_has_the_place_costs_nothing(scene: Scene) -> None:
    near = scene.home(capacity=1)
    proposed(scene, near)
    scene.case()
    plan = made(scene)
    assert (plan.held, plan.priced) == (1, 1)
    assert plan_findings.holds(scene.supervisor, plan) == []


def test_siblings_who_hold_seats_wait_together_again(scene: Scene) -> None:
    """Without it two go far together, and two who can pay the near home alone have their seats."""
    near = scene.home(capacity=2, monthly_fee_pen=50)
    scene.home(capacity=2, monthly_fee_pen=150)
    proposed(scene, near, children=2)
    for _ in range(2):
        scene.case(max_monthly_fee_pen=60)
    plan = made(scene)
    assert plan.placed == 0
    assert [one.placed for one in plan_findings.holds(scene.supervisor, plan)] == [2]


def test_of_a_proposal_that_is_over_nothing_is_told_and_another_provider_that_was_set_aside_is_none(
    scene: Scene
) -> None:
    near = scene.home(capacity=1, monthly_fee_pen=50)
    far = scene.home(capacity=1, monthly_fee_pen=150)
    held = proposed(scene, near)
    scene.suggestion(held.family, far, status="dismissed")
    scene.case(max_monthly_fee_pen=60)
    plan = made(scene)
    assert plan_findings.holds(scene.supervisor, plan) == []
    for row in db.session.scalars(select(PlanHold)):
        db.session.delete(row)
    db.session.add(PlanHold(plan_id=plan.id, proposal_id=held.id, placed=1))
    db.session.commit()
    assert len(plan_findings.holds(scene.supervisor, plan)) == 1
    held.status = "withdrawn"
    db.session.commit()
    assert plan_findings.holds(scene.supervisor, plan) == []


def test_a_confidential_case_is_not_told_of_to_who_may_not_read_it(scene: Scene) -> None:
    near = scene.home(capacity=1, monthly_fee_pen=50)
    scene.home(capacity=1, monthly_fee_pen=150)
    held = proposed(scene, near)
    scene.case(max_monthly_fee_pen=60)
    plan = made(scene)
    held.family.confidential, held.family.caseworker_id = True, scene.ngo.people["supervisor"]
    db.session.commit()
    assert plan_findings.holds(scene.worker, plan) == []
    assert len(plan_findings.holds(scene.supervisor, plan)) == 1


def test_who_is_sought_after_has_a_price_and_the_list_that_spares_seats_puts_it_later(scene: Scene) -> None:
    near, far = scene.home(capacity=1), scene.home(capacity=3, monthly_fee_pen=180)
    cases = [scene.case(waiting_since=clock.now() - timedelta(days=day)) for day in range(3)]
    made(scene)
    demand = plan_findings.demand([near.id, far.id])
    assert set(demand) == {near.id}
    assert demand[near.id].firsts == 3
    assert demand[near.id].prices[2] > 0 == demand[near.id].prices[0]
    rows = [scene.suggestion(cases[0], home) for home in (near, far)]
    kept = scene.suggestion(cases[0], near, status="dismissed")
    assert findings.sparing([*rows, kept], demand, cases[0].children) == [rows[1], rows[0], kept]
    assert findings.sparing([*rows, kept], {}, cases[0].children) == [*rows, kept]


def test_what_was_found_out_goes_with_its_plan(scene: Scene) -> None:
    near = scene.home(capacity=1, monthly_fee_pen=50)
    scene.home(capacity=1, monthly_fee_pen=150)
    proposed(scene, near)
    for _ in range(3):
        scene.case(max_monthly_fee_pen=60)
    made(scene)
    second = made(scene)
    for table in (PlanAddition, PlanHold):
        assert {one.plan_id for one in db.session.scalars(select(table))} == {second.id}, table
    second.asked_at = clock.now() - plans.KEPT
    db.session.flush()
    assert plans.forget_old() == 1
    for table in (PlanAddition, PlanHold, PlanDemand):
        assert db.session.scalars(select(table)).all() == [], table
