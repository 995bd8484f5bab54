"""A plan of everybody who waits: made by the worker's handler, kept, compared with what is so by now, proposed from."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from portal import clock, events
from portal.errors import ConflictError, InvalidInputError, NotAllowedError
from portal.events import Job
from portal.extensions import db
from portal.jobs.handlers import LONG
from portal.jobs.keeper import CancelledError
from portal.models import Child, Family, Plan, PlanLine, Proposal, Provider, Suggestion, SuggestionRun, TextVector
from portal.policy import Actor
from portal.queries import plans as queries
from portal.queries.plans import Wanted
from portal.services import matching, plans, proposals, suggestions
from portal.services.matching import planner
from tests.portal.matching.conftest import Scene


def quiet(doing: str, done: int, total: int) -> None:
    """Nobody asks to stop."""


def made(scene: Scene, policy: str = "coverage", tell: Any = quiet) -> Plan:
    """A plan that somebody asked for and the worker made."""
    job = plans.ask(scene.supervisor, policy)
    db.session.commit()
    LONG[events.PLAN]({"plan": UUID(job.ids["plan"])}, tell)
    job.status = "done"
    db.session.commit()
    return db.session.get_one(Plan, UUID(job.ids["plan"]))


def lines(scene: Scene, placed: bool = True, actor: Actor | None = None) -> list[PlanLine]:
    plan = queries.newest()
    assert plan is not None
    return queries.lines(actor or scene.supervisor, plan, Wanted(placed), 0)


def sent(scene: Scene) -> dict[UUID, UUID | None]:
    """Family → the provider the plan sends it to."""
    return {one.family_id: one.provider_id for placed in (True, False) for one in lines(scene, placed)}


def told(scene: Scene, placed: bool = True) -> list[list[str]]:
    """The codes of what stands against each line now."""
    return [[dict(one.values).get("rule", one.code) for one in now.refusals]
            for now in plans.standings(lines(scene, placed))]


@pytest.fixture
def narrow(scene: Scene) -> tuple[Family, Family, Provider, Provider]:
    """One that may go to two homes and one, nearer to both, that may go to the first alone."""
    near, far = scene.home(capacity=1, monthly_fee_pen=50), scene.home(capacity=1, monthly_fee_pen=150)
    return scene.case(), scene.case(max_monthly_fee_pen=60), near, far


def test_the_most_children_are_placed_though_each_would_rather_have_the_same_seat(
    scene: Scene, narrow: tuple[Family, Family, Provider, Provider]
) -> None:
    free, bound, near, far = narrow
    plan = made(scene)
    assert sent(scene) == {free.id: far.id, bound.id: near.id}
    assert (plan.families, plan.children, plan.placed, plan.most, plan.is_proven) == (2, 2, 2, 2, True)
    assert db.session.scalars(select(Proposal)).all() == []
    assert {one.status for one in db.session.scalars(select(Family))} == {"waiting"}


def test_who_is_urgent_goes_first_where_not_all_can(scene: Scene) -> None:
    home = scene.home(capacity=1)
    late = scene.case(priority=2, waiting_since=clock.now())
    early = scene.case(waiting_since=clock.now() - timedelta(days=90))
    plan = made(scene)
    assert sent(scene) == {late.id: home.id, early.id: None}
    assert (plan.placed, plan.most) == (1, 1)
    (line,) = lines(scene, placed=False)
    assert (line.able, line.near) == (1, 1)


def test_seats_that_are_held_are_not_given_away_and_who_holds_one_does_not_wait(scene: Scene) -> None:
    home = scene.home(capacity=2)
    holds, other, third = scene.case(), scene.case(), scene.case()
    shortlisted = scene.suggestion(holds, home)
    proposals.propose(scene.worker, shortlisted, clock.today())
    db.session.commit()
    assert made(scene).placed == 1
    assert holds.id not in sent(scene)
    assert sorted(one is not None for one in (sent(scene)[other.id], sent(scene)[third.id])) == [False, True]


def test_who_does_not_agree_or_does_not_wait_is_in_no_plan(scene: Scene) -> None:
    scene.home()
    silent, paused, asked = scene.case(), scene.case(status="paused"), scene.case()
    scene.answer(silent, matching=False)
    made(scene)
    assert set(sent(scene)) == {asked.id}
    assert paused.id not in sent(scene)


def test_siblings_go_together_or_apart_as_their_family_wants(scene: Scene) -> None:
    scene.home(capacity=3)
    together, apart = scene.case(2), scene.case(2, siblings="may_split")
    made(scene)
    by_family = {family: [len(one.children) for placed in (True, False) for one in lines(scene, placed)
                          if one.family_id == family] for family in (together.id, apart.id)}
    assert by_family == {together.id: [2], apart.id: [1, 1]}


def test_what_a_person_set_aside_is_not_planned(scene: Scene) -> None:
    home, family = scene.home(), scene.case()
    matching.suggest_for(family)
    row = db.session.scalars(select(Suggestion)).one()
    suggestions.dismiss(scene.worker, row, "family_trust")
    db.session.commit()
    made(scene)
    assert sent(scene) == {family.id: None}
    assert home.id == row.provider_id


def test_without_a_place_the_rule_that_alone_stands_in_the_way_is_told(scene: Scene) -> None:
    for fee in (500, 600):
        scene.home(monthly_fee_pen=fee)
    scene.home(monthly_fee_pen=600, schedule="sat 08:00-10:00")
    scene.case()
    made(scene)
    (line,) = lines(scene, placed=False)
    assert (line.rule, line.alone, line.near, line.able) == ("fee", 2, 3, 0)


def test_without_any_provider_or_any_family_there_is_still_an_answer(scene: Scene) -> None:
    with pytest.raises(ConflictError, match="nobody_waits"):
        plans.ask(scene.supervisor, "coverage")
    scene.case()
    plan = made(scene)
    assert (plan.placed, plan.children) == (0, 1)
    assert [(one.rule, one.near) for one in lines(scene, placed=False)] == [("", 0)]


@pytest.mark.parametrize("policy", ["coverage", "stable", "score"])
def test_every_policy_makes_a_plan_that_holds(
    scene: Scene, narrow: tuple[Family, Family, Provider, Provider], policy: str
) -> None:
    plan = made(scene, policy)
    assert plan.policy == policy
    assert plan.placed >= 1
    assert told(scene) == [[]] * len(lines(scene))
    if policy == "stable":
        assert plan.rivals == 0


def test_who_may_ask_and_for_what(scene: Scene) -> None:
    scene.case()
    with pytest.raises(NotAllowedError):
        plans.ask(scene.worker, "coverage")
    with pytest.raises(InvalidInputError):
        plans.ask(scene.supervisor, "greedy")
    job = plans.ask(scene.ngo.actor("ngo_admin"), "stable")
    assert (job.lane, plans.policy_of(UUID(job.ids["plan"]))) == (events.PLANNING, "stable")
    db.session.commit()
    with pytest.raises(ConflictError, match="job_runs"):
        plans.ask(scene.supervisor, "coverage")


def test_a_plan_takes_the_place_of_the_one_before_and_goes_after_a_month(scene: Scene) -> None:
    scene.home()
    scene.case()
    first = made(scene).id
    second = made(scene)
    assert db.session.get(Plan, first) is None
    assert {one.plan_id for one in db.session.scalars(select(PlanLine))} == {second.id}
    assert plans.forget_old() == 0
    second.asked_at = clock.now() - plans.KEPT
    db.session.flush()
    assert plans.forget_old() == 1
    assert db.session.scalars(select(PlanLine)).all() == []


def test_a_plan_that_is_stopped_leaves_the_one_before(scene: Scene) -> None:
    def stop(doing: str, done: int, total: int) -> None:
        if doing == "parts":
            raise CancelledError

    scene.home()
    scene.case()
    before = made(scene).id
    job = plans.ask(scene.supervisor, "score")
    db.session.commit()
    with pytest.raises(CancelledError):
        LONG[events.PLAN]({"plan": UUID(job.ids["plan"])}, stop)
    db.session.rollback()
    job.status = "cancelled"
    assert queries.newest().id == before
    made(scene)
    assert len(db.session.scalars(select(Plan)).all()) == 1


def test_how_far_it_is_is_told_and_texts_are_read_once(scene: Scene) -> None:
    heard: list[tuple[str, int, int]] = []
    scene.home()
    scene.case()
    made(scene, tell=lambda *said: heard.append(said))
    assert [doing for doing, _, _ in heard] == ["families", "parts", "reasons", "more", "more"]
    kept = db.session.scalars(select(TextVector)).all()
    made(scene)
    assert len(db.session.scalars(select(TextVector)).all()) == len(kept) == 2


def gone(change: Callable[[Scene, Family, Provider], None]) -> Callable[[Scene], list[list[str]]]:
    """What a line says after something changed."""
    def play(scene: Scene) -> list[list[str]]:
        provider, family = scene.home(capacity=1), scene.case()
        made(scene)
        change(scene, family, provider)
        db.session.commit()
        db.session.expire_all()
        return told(scene)

    return play


def take_the_seat(scene: Scene, family: Family, provider: Provider) -> None:
    scene.proposal(provider)


def suspend(scene: Scene, family: Family, provider: Provider) -> None:
    provider.status = "suspended"


def close(scene: Scene, family: Family, provider: Provider) -> None:
    family.status = "closed"


def withdraw(scene: Scene, family: Family, provider: Provider) -> None:
    scene.answer(family, matching=False)


def elsewhere(scene: Scene, family: Family, provider: Provider) -> None:
    proposals.propose(scene.worker, scene.suggestion(family, scene.home()), clock.today())


def set_aside(scene: Scene, family: Family, provider: Provider) -> None:
    suggestions.dismiss(scene.worker, scene.suggestion(family, provider), "family_trust")


@pytest.mark.parametrize(("change", "said"), [
    (take_the_seat, "seats"), (suspend, "vetting"), (close, "family_not_waiting"), (withdraw, "consent_withdrawn"),
    (elsewhere, "child_has_open_proposal"), (set_aside, "set_aside"),
])
def test_a_line_that_no_longer_holds_says_why(
    scene: Scene, change: Callable[[Scene, Family, Provider], None], said: str
) -> None:
    assert gone(change)(scene) == [[said]]


def test_lines_are_proposed_one_by_one_and_each_says_what_became_of_it(scene: Scene) -> None:
    homes = [scene.home(capacity=1) for _ in range(3)]
    families = [scene.case() for _ in range(3)]
    made(scene)
    planned = lines(scene)
    scene.proposal(next(one for one in homes if one.id == planned[1].provider_id))
    before = len(db.session.scalars(select(Proposal)).all())
    tried = plans.propose(scene.supervisor, [one.id for one in planned])
    assert [one.proposal is not None for one in tried] == [True, False, True]
    assert [dict(one.values)["rule"] for one in tried[1].refusals] == ["seats"]
    assert {one.code for one in tried} == {one.code for one in families}
    kept = db.session.scalars(select(Proposal)).all()
    assert len(kept) == before + 2
    assert {one.proposer_id for one in kept if one.id in {done.proposal for done in tried}} == {scene.supervisor.id}
    assert [bool(one.proposal) for one in plans.standings(lines(scene))] == [True, False, True]
    with pytest.raises(NotAllowedError):
        proposals.approve(scene.supervisor, next(one for one in kept if one.id == tried[0].proposal))


def test_the_same_lines_sent_twice_are_proposed_once(scene: Scene) -> None:
    scene.home()
    scene.case()
    made(scene)
    (line,) = lines(scene)
    first, second = (plans.propose(scene.supervisor, [line.id, line.id]) for _ in range(2))
    assert [one.proposal is not None for one in (*first, *second)] == [True, False]
    assert len(db.session.scalars(select(Proposal)).all()) == 1


def test_a_caseworker_proposes_her_own_cases_alone(scene: Scene) -> None:
    scene.home()
    scene.case()
    theirs = scene.case(caseworker_id=scene.ngo.people["supervisor"])
    made(scene)
    both = [one.id for one in lines(scene)]
    with pytest.raises(NotAllowedError):
        plans.propose(scene.worker, both)
    assert db.session.scalars(select(Proposal)).all() == []
    mine = [one.id for one in lines(scene) if one.family_id != theirs.id]
    assert plans.propose(scene.worker, mine)[0].proposal is not None


def test_a_confidential_case_is_seen_by_who_may_read_it(scene: Scene) -> None:
    scene.home()
    scene.case(confidential=True, caseworker_id=scene.ngo.people["supervisor"])
    plan = made(scene)
    assert [len(lines(scene, actor=who)) for who in (scene.supervisor, scene.worker)] == [1, 0]
    assert [queries.counts(who, plan) for who in (scene.supervisor, scene.worker)] == [(1, 0), (0, 0)]


def test_what_is_on_no_list_is_told_as_a_suggestion_is_and_put_there_when_opened(scene: Scene) -> None:
    scene.home()
    family = scene.case()
    made(scene)
    (line,) = lines(scene)
    assert line.told["facts"]["for"]
    assert "sentences" not in line.told
    opened = plans.to_list(scene.worker, line)
    assert (opened.status, opened.rank, opened.score) == ("shortlisted", 1, pytest.approx(line.score))
    db.session.commit()
    assert plans.to_list(scene.worker, line).id == opened.id
    run = db.session.get_one(SuggestionRun, opened.run_id)
    assert (run.family_id, run.current) == (family.id, False)


def test_what_is_on_the_list_is_told_by_the_list(scene: Scene) -> None:
    scene.home()
    family = scene.case()
    run = matching.suggest_for(family)
    db.session.commit()
    made(scene)
    (line,) = lines(scene)
    assert line.told == {}
    assert plans.to_list(scene.worker, line).run_id == run.id
    assert line.score == pytest.approx(plans.to_list(scene.worker, line).score)
    run.current = False
    db.session.flush()
    assert told(scene) == [["not_on_list"]]


def test_more_families_than_a_block_holds_make_one_plan(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.services.matching.plan_rows.BLOCK", 2)
    for _ in range(3):
        scene.home(capacity=1)
    everyone = [scene.case() for _ in range(5)]
    plan = made(scene)
    assert (plan.families, plan.placed) == (5, 3)
    assert set(sent(scene)) == {one.id for one in everyone}
    assert len({one for one in sent(scene).values() if one}) == 3


def test_parts_that_others_solve_make_the_plan_that_is_made_here(
    scene: Scene, narrow: tuple[Family, Family, Provider, Provider]
) -> None:
    asked: list[int] = []

    def share(parcels: Any) -> list[bytes]:
        asked.append(len(parcels))
        return planner.solved_here(quiet, parcels)

    def away(parcels: Any) -> list[bytes]:
        raise TimeoutError

    here, there, alone = (planner.make("coverage", quiet, one) for one in (None, share, away))
    assert asked == [1]
    assert here.lines == there.lines == alone.lines


def test_who_has_no_birth_date_that_fits_waits_without_a_place(scene: Scene) -> None:
    scene.home()
    family = scene.case()
    db.session.scalars(select(Child)).one().birth_date = clock.today() - timedelta(days=365 * 8)
    db.session.commit()
    made(scene)
    assert sent(scene) == {family.id: None}
    assert db.session.scalars(select(Job)).one().asked_by_id == scene.supervisor.id
