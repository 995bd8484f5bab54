"""Proposals: held seats, decisions, answers, and the ways back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal import clock
from portal.errors import ConflictError, InvalidInputError, NotAllowedError
from portal.extensions import db
from portal.services import proposals
from portal.workflow import Said


def test_proposing_holds_a_seat_for_the_settings_hours(world):
    proposal = world.proposal()
    assert world.seats(proposal.provider_id) == (1, 0)
    assert timedelta(hours=47) < proposal.hold_until - clock.now() <= timedelta(hours=48)
    assert proposal.suggestion.status == "proposed"


def test_a_full_provider_is_refused_with_its_reason(world):
    provider = world.provider(capacity=1)
    world.proposal(provider)
    suggestion = world.suggestion(world.family(), provider)
    with pytest.raises(ConflictError) as refused:
        proposals.propose(world.worker, suggestion, clock.today())
    assert "seats" in str([one.values for one in refused.value.refusals])


def test_every_reason_is_given_at_once(world):
    provider = world.provider(monthly_fee_pen=900, schedule="mon 08:00-09:00")
    suggestion = world.suggestion(world.family(), provider)
    with pytest.raises(ConflictError) as refused:
        proposals.propose(world.worker, suggestion, clock.today())
    rules = {dict(one.values).get("rule") for one in refused.value.refusals}
    assert {"fee", "hours"} <= rules


def test_a_start_in_the_past_is_refused(world):
    suggestion = world.suggestion(world.family(), world.provider())
    with pytest.raises(InvalidInputError):
        proposals.propose(world.worker, suggestion, clock.today() - timedelta(days=1))


def test_a_child_is_in_one_open_proposal_only(world):
    proposal = world.proposal()
    again = world.suggestion(proposal.family, world.provider())
    with pytest.raises(ConflictError) as refused:
        proposals.propose(world.worker, again, clock.today())
    assert "child_has_open_proposal" in {one.code for one in refused.value.refusals}


def test_siblings_are_held_together_or_not_at_all(world):
    provider = world.provider(capacity=1)
    suggestion = world.suggestion(world.family(children=2), provider)
    with pytest.raises(ConflictError):
        proposals.propose(world.worker, suggestion, clock.today())
    db.session.rollback()
    assert world.seats(provider.id) == (0, 0)


def test_approval_matches_the_family_and_keeps_the_seat(world):
    proposal = world.proposal()
    proposals.approve(world.supervisor, proposal)
    assert (proposal.status, proposal.family.status) == ("approved", "matched")
    assert world.seats(proposal.provider_id) == (1, 0)


@pytest.mark.parametrize("decide", [
    lambda actor, row: proposals.approve(actor, row),
    lambda actor, row: proposals.reject(actor, row, "other"),
    lambda actor, row: proposals.give_back(actor, row, "Falta la visita."),
])
def test_nobody_decides_on_their_own_proposal(world, decide):
    proposal = world.proposal(actor=world.supervisor)
    with pytest.raises(NotAllowedError):
        decide(world.supervisor, proposal)
    assert proposal.status == "proposed"


def test_a_caseworker_decides_on_no_proposal(world):
    proposal = world.proposal()
    with pytest.raises(NotAllowedError):
        proposals.approve(world.worker, proposal)


def test_an_approval_asks_the_rules_again(world):
    proposal = world.proposal()
    proposal.provider.status = "suspended"
    db.session.commit()
    with pytest.raises(ConflictError) as refused:
        proposals.approve(world.supervisor, proposal)
    assert "vetting" in str([one.values for one in refused.value.refusals])


def test_a_returned_proposal_keeps_its_seat_and_comes_back(world):
    proposal = world.proposal()
    deadline = proposal.hold_until
    proposals.give_back(world.supervisor, proposal, "¿La familia ya visitó el lugar?")
    assert world.seats(proposal.provider_id) == (1, 0)
    assert proposal.hold_until == deadline
    proposals.propose_again(world.worker, proposal, "Sí, el lunes.")
    assert proposal.status == "proposed"


def test_who_proposes_again_does_not_decide(world):
    proposal = world.proposal()
    proposals.give_back(world.supervisor, proposal, "¿La familia ya visitó el lugar?")
    proposals.propose_again(world.supervisor, proposal, "Sí, pregunté yo.")
    with pytest.raises(NotAllowedError):
        proposals.approve(world.supervisor, proposal)


def test_a_return_needs_a_note_and_a_rejection_a_coded_reason(world):
    proposal = world.proposal()
    with pytest.raises(InvalidInputError):
        proposals.give_back(world.supervisor, proposal, " ")
    with pytest.raises(InvalidInputError):
        proposals.reject(world.supervisor, proposal, "porque no")


def test_a_rejection_gives_the_seat_back_and_the_suggestion_too(world):
    proposal = world.proposal()
    proposals.reject(world.supervisor, proposal, "better_option")
    assert world.seats(proposal.provider_id) == (0, 0)
    assert proposal.suggestion.status == "shortlisted"


def test_an_expired_hold_frees_the_seat_and_the_family_waits_again(world):
    proposal = world.offered()
    waiting_since = proposal.family.waiting_since
    with clock.at(clock.now() + timedelta(hours=49)):
        assert proposals.expire_due() == 1
        assert proposals.expire_due() == 0
    assert (proposal.status, proposal.family.status) == ("expired", "waiting")
    assert proposal.family.waiting_since == waiting_since
    assert world.seats(proposal.provider_id) == (0, 0)


def test_a_hold_that_still_runs_does_not_expire(world):
    proposal = world.proposal()
    with clock.at(clock.now() + timedelta(hours=47)):
        assert proposals.expire_due() == 0
    assert proposal.status == "proposed"


def test_two_yes_plan_a_placement_and_one_does_not(world):
    proposal = world.offered()
    proposals.record_answer(world.worker, proposal, "family", "accepted")
    assert proposal.status == "offered"
    proposals.record_answer(world.worker, proposal, "provider", "accepted")
    assert proposal.status == "accepted"
    assert world.seats(proposal.provider_id) == (0, 1)


def test_an_answer_belongs_to_an_offer(world):
    proposal = world.proposal()
    with pytest.raises(ConflictError):
        proposals.record_answer(world.worker, proposal, "family", "accepted")
    assert proposal.family_answer == ""


def test_an_answer_is_recorded_by_who_answers_for_the_case(world):
    proposal = world.offered()
    with pytest.raises(NotAllowedError):
        proposals.record_answer(world.ngo.actor("ngo_admin"), proposal, "family", "accepted")


def test_a_refusal_waits_for_the_supervisor(world):
    proposal = world.offered()
    proposals.record_answer(world.worker, proposal, "family", "declined", Said("family_distance"))
    assert (proposal.status, world.seats(proposal.provider_id)) == ("decline_pending", (1, 0))
    proposals.confirm_decline(world.supervisor, proposal)
    assert (proposal.status, proposal.family.status) == ("declined", "waiting")
    assert world.seats(proposal.provider_id) == (0, 0)


def test_a_refusal_needs_its_coded_reason(world):
    proposal = world.offered()
    with pytest.raises(InvalidInputError):
        proposals.record_answer(world.worker, proposal, "provider", "declined")


def test_an_overruled_refusal_is_offered_again_with_time_to_answer(world):
    proposal = world.offered()
    proposals.record_answer(world.worker, proposal, "family", "declined", Said("family_cost"))
    with clock.at(clock.now() + timedelta(hours=40)):
        proposals.overrule_decline(world.supervisor, proposal, "La ONG cubre la diferencia.")
        assert proposal.hold_until - clock.now() > timedelta(hours=47)
    assert (proposal.status, proposal.family_answer) == ("offered", "")


def test_a_withdrawn_proposal_says_why_and_lets_go(world):
    proposal = world.proposal()
    proposals.withdraw(world.worker, proposal, "family_asked")
    assert world.seats(proposal.provider_id) == (0, 0)


def test_a_second_decision_is_refused(world):
    proposal = world.proposal()
    proposals.reject(world.supervisor, proposal, "other")
    with pytest.raises(ConflictError) as refused:
        proposals.approve(world.supervisor, proposal)
    assert refused.value.refusals[0].code == "moved_on"


@pytest.mark.parametrize("said", [(), (False,), (True, False)])
def test_a_family_that_did_not_agree_to_sharing_is_not_offered(world, said):
    suggestion = world.suggestion(world.family(), world.provider())
    proposal = proposals.propose(world.worker, suggestion, clock.today())
    proposals.approve(world.supervisor, proposal)
    for given in said:
        world.answers(proposal.family, given=given)
    with pytest.raises(ConflictError) as refused:
        proposals.offer(world.worker, proposal)
    assert [one.code for one in refused.value.refusals] == ["sharing_missing"]
    assert proposal.status == "approved"
    world.answers(proposal.family)
    proposals.offer(world.worker, proposal)
    assert proposal.status == "offered"


def test_an_offer_is_not_made_again_to_a_family_that_took_its_agreement_back(world):
    proposal = world.offered()
    proposals.record_answer(world.worker, proposal, "family", "declined", Said("family_trust"))
    world.answers(proposal.family, given=False)
    with pytest.raises(ConflictError) as refused:
        proposals.overrule_decline(world.supervisor, proposal, "Llámela otra vez.")
    assert [one.code for one in refused.value.refusals] == ["sharing_withdrawn"]


def test_nothing_is_agreed_for_a_family_that_took_its_agreement_back(world):
    proposal = world.offered()
    proposals.record_answer(world.worker, proposal, "provider", "accepted")
    db.session.commit()
    world.answers(proposal.family, given=False)
    with pytest.raises(ConflictError) as refused:
        proposals.record_answer(world.worker, proposal, "family", "accepted")
    db.session.rollback()
    assert [one.code for one in refused.value.refusals] == ["sharing_withdrawn"]
    assert (proposal.status, proposal.family_answer, world.seats(proposal.provider_id)) == ("offered", "", (1, 0))
    world.answers(proposal.family)
    proposals.record_answer(world.worker, proposal, "family", "accepted")
    assert (proposal.status, world.seats(proposal.provider_id)) == ("accepted", (0, 1))


@pytest.mark.parametrize("end", [
    lambda world, one: proposals.withdraw(world.worker, one, "family_asked"),
    lambda world, one: proposals.record_answer(world.worker, one, "family", "declined", Said("family_trust")),
])
def test_what_a_family_took_its_agreement_back_from_can_be_ended(world, end):
    proposal = world.offered()
    world.answers(proposal.family, given=False)
    end(world, proposal)
    assert proposal.status in {"withdrawn", "decline_pending"}
