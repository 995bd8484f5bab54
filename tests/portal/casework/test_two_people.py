"""Two people see each case and each proposal, whatever hands they pass through meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from portal import clock, policy, workflow
from portal.errors import ConflictError, NotAllowedError
from portal.extensions import db
from portal.models import Delegation, Family, Proposal
from portal.policy import Actor, Permission
from portal.queries import families, people
from portal.services import cases, intakes, proposals
from tests.ground import Ngo
from tests.portal.api.test_intakes import complete
from tests.portal.worlds import Browser, World
from tests.programs import Program

LogIn = Callable[..., Browser]
Made = Callable[[Callable[[World], Any]], str]
CAREGIVER = {"given_names": "Rosa", "paternal_surname": "Quispe"}


def other_supervisor(world: World) -> Actor:
    """A second supervisor of the NGO."""
    return Actor(world.ngo.people["ngo_admin"], "Otra", frozenset({"supervisor"}), world.ngo.id)


def stand_in(world: World) -> Actor:
    """The caseworker, who decides for the supervisor today."""
    return Actor(world.worker.id, "Caseworker", frozenset({"caseworker"}), world.ngo.id, may_stand_in=True)


def came_back(world: World, proposer: Actor, returner: Actor, again: Actor) -> Proposal:
    """A proposal that was returned, and proposed again by somebody else."""
    proposal = world.proposal(actor=proposer)
    proposals.give_back(returner, proposal, "¿La familia ya visitó el lugar?")
    proposals.propose_again(again, proposal, "Sí, el lunes.")
    db.session.commit()
    return proposal


def of_the_supervisor(world: World) -> Proposal:
    """Hers at first; the caseworker proposed it again."""
    return came_back(world, world.supervisor, other_supervisor(world), world.worker)


DECISIONS: list[Callable[[Actor, Proposal], None]] = [
    lambda actor, row: proposals.approve(actor, row), lambda actor, row: proposals.reject(actor, row, "other"),
    lambda actor, row: proposals.give_back(actor, row, "Falta la visita."),
]


# A proposal


@pytest.mark.parametrize("decide", DECISIONS)
def test_who_proposed_at_first_does_not_decide_when_another_proposes_again(
    world: World, decide: Callable[[Actor, Proposal], None]
) -> None:
    proposal = of_the_supervisor(world)
    assert proposal.proposer_id == world.worker.id
    with pytest.raises(NotAllowedError):
        decide(world.supervisor, proposal)
    assert not {"approve", "reject", "return"}.intersection(workflow.moves(proposal, world.supervisor))
    decide(other_supervisor(world), proposal)
    assert proposal.status != "proposed"


def test_everybody_who_proposed_stays_known_through_a_second_return(world: World) -> None:
    proposal = of_the_supervisor(world)
    proposals.give_back(other_supervisor(world), proposal, "¿Y el horario?")
    proposals.propose_again(world.worker, proposal, "Está de acuerdo.")
    db.session.commit()
    assert proposal.proposer_ids == {world.supervisor.id, world.worker.id}
    assert not policy.allowed(world.supervisor, Permission.PROPOSAL_DECIDE, proposal)


def test_who_stands_in_does_not_decide_on_what_they_proposed_before(world: World) -> None:
    deputy = stand_in(world)
    proposal = came_back(world, deputy, world.supervisor, other_supervisor(world))
    with pytest.raises(NotAllowedError):
        proposals.approve(deputy, proposal)
    proposals.approve(world.supervisor, proposal)
    assert proposal.status == "approved"


def test_a_delegated_stand_in_may_return_but_opens_no_way_round(world: World) -> None:
    db.session.add(Delegation(
        supervisor_id=world.supervisor.id, stand_in_id=world.worker.id, first_day=clock.today(),
        last_day=clock.today() + timedelta(days=1),
    ))
    db.session.commit()
    deputy = people.actor(people.member(world.worker.id).user, world.ngo.id)
    assert deputy is not None
    assert deputy.may_stand_in
    proposal = came_back(world, world.supervisor, deputy, deputy)
    for person in (world.supervisor, deputy):
        with pytest.raises(NotAllowedError):
            proposals.approve(person, proposal)
    proposals.approve(other_supervisor(world), proposal)


def test_page_and_queue_offer_no_decision_to_who_proposed_at_first(log_in: LogIn, made: Made) -> None:
    proposal = made(of_the_supervisor)
    person, page = log_in("supervisor"), f"/proposals/{proposal}"
    queue = person.get("/queue/").text
    assert "Usted la propuso" in queue
    assert "Revisar y decidir" not in queue
    shown = person.get(page).text
    assert "la decide otra persona" in shown
    assert 'value="approve"' not in shown
    refused = person.post(f"{page}/move", page, action="approve")
    assert refused.status_code == 403
    assert "Quien hizo una propuesta no la decide" in refused.text


def test_a_program_decides_no_more_than_its_person(app: Flask, semilla: Ngo, made: Made) -> None:
    one = f"/proposals/{made(of_the_supervisor)}"
    program = Program.of(app, semilla)
    assert not {"approve", "return", "reject"}.intersection(program.get(one).json["moves"])
    refused = program.post(f"{one}/decision", {"decision": "approve"}, If_Match="*")
    assert refused.status_code == 403
    assert [reason["code"] for reason in refused.json["reasons"]] == ["proposal.decide"]


# An intake


def registered(world: World, by: Actor) -> Family:
    family = intakes.create(by, CAREGIVER, "150132")
    db.session.commit()
    return family


def send(family: Family, by: Actor) -> None:
    """As `intakes.submit` does it, of a case that lacks nothing."""
    child = {"given_names": "Luz", "birth_date": clock.today() - timedelta(days=900), "start_date": clock.today(),
             "schedule": "mon-fri 07:00-17:00"}
    intakes.save_child(by, family, None, child)
    intakes.save_caregiver(by, family, family.main_caregiver, {**CAREGIVER, "phone": "987654321"})
    intakes.save_care(by, family, {"max_monthly_fee_pen": 200, "max_distance_km": 4.0, "story": "Trabajo de noche."})
    given = intakes.Given("Rosa Quispe", clock.today())
    intakes.record_consent(by, family, {"services": True, "matching": True}, given)
    db.session.commit()
    intakes.submit(by, family)
    db.session.commit()


def barred(person: Actor, family: Family) -> bool:
    """Neither offered the decision nor let make it."""
    with pytest.raises(NotAllowedError):
        intakes.accept(person, family)
    with pytest.raises(NotAllowedError):
        intakes.refuse(person, family, "outside_area")
    return not {"accept", "refuse", "ask"}.intersection(workflow.moves(family, person))


def test_who_registered_and_sent_a_case_does_not_admit_it_though_she_gives_it_away(world: World) -> None:
    family = registered(world, world.supervisor)
    send(family, world.supervisor)
    assert barred(world.supervisor, family)
    cases.assign(world.supervisor, family, world.worker.id)
    db.session.commit()
    assert barred(world.supervisor, family)
    intakes.accept(other_supervisor(world), family)
    assert family.status == "waiting"


def test_who_only_registered_a_case_does_not_admit_it_either(world: World) -> None:
    family = registered(world, world.supervisor)
    cases.assign(world.supervisor, family, world.worker.id)
    send(family, world.worker)
    assert barred(world.supervisor, family)


def test_who_only_sent_a_case_does_not_admit_it_either(world: World) -> None:
    family = registered(world, world.worker)
    send(family, world.supervisor)
    assert barred(world.supervisor, family)


def test_who_sent_it_a_second_time_does_not_admit_it(world: World) -> None:
    family = registered(world, world.worker)
    send(family, world.worker)
    intakes.ask(other_supervisor(world), family, "El horario")
    intakes.submit(world.supervisor, family)
    db.session.commit()
    assert barred(world.supervisor, family)
    assert family.author_ids == {world.worker.id, world.supervisor.id}


def test_a_case_of_another_author_is_admitted_by_who_took_it_over(world: World) -> None:
    """Where the one who registered it left, the only supervisor goes on."""
    family = registered(world, world.worker)
    send(family, world.worker)
    cases.assign(world.supervisor, family, world.supervisor.id)
    intakes.accept(world.supervisor, family)
    assert family.status == "waiting"


def test_a_draft_that_was_closed_comes_back_as_a_draft_and_is_sent_like_any_other(world: World) -> None:
    draft = world.family(status="draft")
    cases.close(world.supervisor, draft, "declined", "Lo pensará.")
    cases.reopen(world.supervisor, draft, "Volvió a llamar.")
    db.session.commit()
    assert (draft.status, families.history(draft.id)[0].after) == ("draft", "draft")
    with pytest.raises(ConflictError) as refused:
        intakes.submit(world.worker, draft)
    assert {one.code for one in refused.value.refusals} == {"missing"}


@pytest.mark.parametrize("is_sent", [True, False])
def test_who_sent_a_case_does_not_admit_it_after_it_was_reopened(world: World, is_sent: bool) -> None:
    family = complete(world)
    if is_sent:
        intakes.submit(world.supervisor, family)
    cases.close(other_supervisor(world), family, "moved", "Se fue a Huaraz.")
    cases.reopen(other_supervisor(world), family, "Volvió.")
    assert family.status == ("submitted" if is_sent else "draft")
    if not is_sent:
        intakes.submit(world.supervisor, family)
    with pytest.raises(NotAllowedError):
        intakes.accept(world.supervisor, family)
    intakes.accept(other_supervisor(world), family)
    assert family.status == "waiting"


def test_who_made_the_intake_is_told_that_another_decides(log_in: LogIn, made: Made) -> None:
    def build(world: World) -> Family:
        family = registered(world, world.supervisor)
        send(family, world.supervisor)
        cases.assign(world.supervisor, family, world.worker.id)
        db.session.commit()
        return family

    person, page = log_in("supervisor"), f"/families/{made(build)}"
    shown = person.get(page).text
    assert 'value="accept"' not in shown
    assert "Quien registró o envió un caso no lo admite" in shown
    refused = person.post(f"{page}/move", page, action="accept")
    assert refused.status_code == 403
    assert "Quien registró o envió un caso no lo admite" in refused.text
    person.post("/account/language", "/", language="en")
    assert "does not admit it" in person.get(page).text
