"""The screens of proposals and the queue of decisions, as people use them."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from portal import clock
from portal.extensions import db
from portal.models import Proposal
from portal.services import placements, proposals
from portal.services.placements import Ending
from portal.workflow import Said
from tests.portal.worlds import statements

# The page of a proposal


def test_the_proposal_page_has_what_a_decision_needs(log_in, made):
    page = log_in("supervisor").get(f"/proposals/{made(lambda world: world.proposal())}")
    assert page.status_code == 200
    for text in ("Lo que se necesita y lo que hay", "Reglas comprobadas ahora", "A favor", "En contra",
                 "data-countdown", "lun-vie 07:00-17:00", "lun-sáb 06:00-19:00", "Aprobar", "Devolver", "Rechazar",
                 "Historia"):
        assert text in page.text


def test_nothing_is_preselected(log_in, made):
    waiting, offered = made(lambda world: world.proposal()), made(lambda world: world.offered())
    for page in (f"/proposals/{waiting}", f"/proposals/{offered}"):
        text = log_in("supervisor").get(page).text
        assert "checked" not in text
        assert not re.search(r'<option[^>]*value="[^"]+"[^>]*selected', text)


def test_what_changed_since_the_proposal_is_shown_before_and_after(log_in, made):
    def change(world):
        proposal = world.proposal()
        proposal.provider.monthly_fee_pen, proposal.family.max_distance_km = 180, 3.0
        db.session.commit()
        return proposal

    text = log_in("supervisor").get(f"/proposals/{made(change)}").text
    changed = text[text.index('id="changes"'):text.index('id="rules"')]
    assert "120" in changed
    assert "180" in changed
    assert "Distancia máxima" in changed
    assert "Cupos libres" not in changed  # its own held seat is no change


def test_a_supervisor_approves(log_in, made, kept):
    proposal = made(lambda world: world.proposal())
    page = f"/proposals/{proposal}"
    assert log_in("supervisor").post(f"{page}/move", page, action="approve").status_code == 302
    assert kept(Proposal, proposal).status == "approved"


def test_a_proposer_sees_no_decision_and_is_refused_one(log_in, made, kept):
    proposal = made(lambda world: world.proposal(actor=world.supervisor))
    page, person = f"/proposals/{proposal}", log_in("supervisor")
    assert 'value="approve"' not in person.get(page).text
    assert "la decide otra persona" in person.get(page).text
    assert person.post(f"{page}/move", page, action="approve").status_code == 403
    assert kept(Proposal, proposal).status == "proposed"


def test_a_decision_on_a_state_that_moved_on_is_refused_with_the_new_state(log_in, made, kept):
    proposal = made(lambda world: world.proposal())
    page = f"/proposals/{proposal}"
    person = log_in("supervisor")
    old = re.search(r'name="version" value="(\d+)"', person.get(page).text)[1]
    person.post(f"{page}/move", page, action="return", note="¿La visitaron?")
    answer = person.post(f"{page}/move", page, action="reject", reason="other", note="Sigo así.", version=old)
    assert answer.status_code == 409
    assert "Devuelta" in answer.text
    assert kept(Proposal, proposal).status == "returned"


def test_a_refused_approval_says_every_reason_and_keeps_what_was_typed(log_in, made, kept):
    def spoil(world):
        proposal = world.proposal()
        proposal.provider.status, proposal.provider.monthly_fee_pen = "suspended", 900
        db.session.commit()
        return proposal

    proposal = made(spoil)
    page = f"/proposals/{proposal}"
    answer = log_in("supervisor").post(f"{page}/move", page, action="approve")
    assert answer.status_code == 409
    assert "Verificación vigente:" in answer.text
    assert "Costo:" in answer.text
    assert kept(Proposal, proposal).status == "proposed"


def test_who_may_not_offer_yet_is_told_before_the_click_and_where_to_record_it(log_in, made, kept):
    def refuse(world):
        proposal = world.proposal()
        proposals.approve(world.supervisor, proposal)
        world.answers(proposal.family, given=False)
        return proposal

    proposal = made(refuse)
    page, person = f"/proposals/{proposal}", log_in("caseworker")
    text = person.get(page).text
    assert "La familia no ha aceptado compartir" in text
    assert f'href="/intake/{kept(Proposal, proposal).family_id}/consents"' in text
    answer = person.post(f"{page}/move", page, action="offer")
    assert answer.status_code == 409
    assert kept(Proposal, proposal).status == "approved"


def test_agreement_that_was_never_asked_for_is_no_refusal(log_in, made):
    def unasked(world):
        proposal = world.proposal()
        for one in [one for one in proposal.family.consents if one.purpose == "sharing"]:
            db.session.delete(one)
        db.session.commit()
        return proposal

    page = f"/proposals/{made(unasked)}"
    assert "compartir lo necesario con el cuidador: todavía no se le preguntó" in log_in("supervisor").get(page).text


def test_a_proposal_leads_back_to_where_its_reader_came_from(log_in, made):
    page = f"/proposals/{made(lambda world: world.proposal())}"
    assert "Volver a la familia" in log_in("caseworker").get(page).text
    assert "Volver a la familia" not in log_in("supervisor").get(page).text


def test_a_return_without_a_note_is_asked_for_it_and_a_rejection_keeps_its_note(log_in, made):
    page = f"/proposals/{made(lambda world: world.proposal())}"
    person = log_in("supervisor")
    assert person.post(f"{page}/move", page, action="return", note="").status_code == 422
    answer = person.post(f"{page}/move", page, action="reject", reason="", note="Lo explico aquí.")
    assert (answer.status_code, "Lo explico aquí." in answer.text) == (422, True)


def test_a_returned_proposal_shows_the_note_where_it_is_answered(log_in, made):
    def give_back(world):
        proposal = world.proposal()
        proposals.give_back(world.supervisor, proposal, "¿La visitaron?")
        db.session.commit()
        return proposal

    text = log_in("caseworker").get(f"/proposals/{made(give_back)}").text
    moves = text[text.index('id="moves"'):text.index('id="rules"')]
    assert moves.index("¿La visitaron?") < moves.index("Respuesta a la nota")


def test_need_and_offer_include_what_each_tells(log_in, made):
    proposal = made(lambda world: world.proposal(world.provider(profile="Patio grande."), children=2, story="Canta."))
    text = log_in("supervisor").get(f"/proposals/{proposal}").text
    compared = text[text.index('id="compare"'):]
    for words in ("Patio grande.", "Canta.", "Esta propuesta es para Luz 0, Luz 1"):
        assert words in compared


def test_both_answers_make_a_placement(log_in, made, kept):
    proposal = made(lambda world: world.offered())
    page, person = f"/proposals/{proposal}", log_in("caseworker")
    for side in ("family", "provider"):
        assert person.post(f"{page}/answer", page, side=side, answer="accepted").status_code == 302
    assert kept(Proposal, proposal).status == "accepted"
    text = person.get(page).text
    assert "Ver la colocación" in text
    assert "<strong>Aceptar</strong>" in text
    assert "Admitir" not in text


def test_a_refusal_without_a_reason_keeps_the_form(log_in, made, kept):
    proposal = made(lambda world: world.offered())
    page = f"/proposals/{proposal}"
    answer = log_in("caseworker").post(f"{page}/answer", page, side="family", answer="declined", note="Queda lejos.")
    assert (answer.status_code, "Queda lejos." in answer.text) == (422, True)
    assert kept(Proposal, proposal).status == "offered"


def test_an_unknown_move_is_no_page(log_in, made):
    page = f"/proposals/{made(lambda world: world.proposal())}"
    assert log_in("supervisor").post(f"{page}/move", page, action="accept").status_code == 404


@pytest.mark.parametrize("role", ["caseworker", "supervisor", "ngo_admin"])
def test_the_other_ngo_finds_nothing(log_in, made, role):
    def build(world):
        return world.active()

    placement = made(build)
    proposal = made(lambda world: world.proposal())
    person = log_in(role, "wasi")
    for url in (f"/proposals/{proposal}", f"/placements/{placement}", f"/attendance/{placement}"):
        assert person.get(url).status_code in {403, 404}
    for url in ("/", "/queue/", "/placements/", "/followups/?who=all&when=coming"):
        assert "Quispe" not in person.get(url).text


def test_a_confidential_case_is_hidden_from_the_team(log_in, made, semilla):
    def build(world):
        placement = world.active(confidential=True)
        placement.family.caseworker_id = world.ngo.people["supervisor"]
        db.session.commit()
        return placement

    placement = made(build)
    assert "Quispe" not in log_in("caseworker").get("/placements/").text
    assert log_in("caseworker").get(f"/placements/{placement}").status_code == 403
    assert "Quispe" in log_in("supervisor").get("/placements/").text


# The queue


def test_the_queue_shows_the_oldest_hold_first_and_marks_ones_own(log_in, made):
    def build(world):
        with clock.at(clock.now() - timedelta(hours=5)):
            older = world.proposal()
        world.proposal(actor=world.supervisor)
        return older

    older = made(build)
    text = log_in("supervisor").get("/queue/").text
    first = re.search(r'href="/proposals/([0-9a-f-]+)"', text)[1]
    assert first == older
    assert text.count("Revisar y decidir") == 1
    assert "Usted la propuso" in text


def test_the_queue_is_narrowed_and_says_when_nothing_is_left(log_in, made):
    made(lambda world: world.proposal())
    person = log_in("supervisor")
    assert "Nada con ese filtro" in person.get("/queue/?status=decline_pending").text
    assert "Nada con ese filtro" in person.get("/queue/?soon=y").text
    assert "Quispe" in person.get("/queue/?status=proposed").text


def test_declines_and_unplanned_ends_wait_in_the_queue_too(log_in, made):
    def decline(world):
        proposal = world.offered()
        proposals.record_answer(world.worker, proposal, "family", "declined", Said("family_cost"))
        db.session.commit()
        return proposal

    def end(world):
        placement = world.active()
        placements.end(world.worker, placement, Ending(clock.today(), "safety", "Una caída sin atender."))
        db.session.commit()
        return placement

    made(decline), made(end)
    text = log_in("supervisor").get("/queue/").text
    assert "No aceptada, por confirmar" in text
    assert "Seguridad de la niña o el niño" in text


def test_an_empty_queue_says_what_comes_next(log_in):
    assert "No hay nada por decidir" in log_in("supervisor").get("/queue/").text


def test_forty_cases_are_one_page_of_few_statements(app, log_in, made, semilla):
    def build(world):
        provider = world.provider(capacity=40)
        return [world.proposal(provider) for _ in range(40)][0]

    made(build)
    person = log_in("supervisor")
    assert person.get("/queue/").text.count("Revisar y decidir") == 40
    assert statements(app, lambda: person.get("/queue/")) <= 12


def test_a_decision_leads_to_the_next_that_this_person_may_decide(app, log_in, made):
    first, then = made(lambda world: world.proposal()), made(lambda world: world.proposal())
    made(lambda world: world.proposal(actor=world.supervisor))  # her own: somebody else decides it
    person, page = log_in("supervisor"), f"/proposals/{first}"
    assert "Siguiente por decidir" not in person.get(page).text
    decided = person.post(f"{page}/move", page, action="approve").headers["Location"]
    text = person.get(decided).text
    assert re.search(r'href="/proposals/([0-9a-f-]+)">Siguiente por decidir \(1\)', text)[1] == then
    assert statements(app, lambda: person.get(decided)) <= 12
    last = f"/proposals/{then}"
    answer = person.post(f"{last}/move", last, action="return", note="¿La visitaron?")
    text = person.get(answer.headers["Location"]).text
    assert "Siguiente por decidir" not in text
    assert re.search(r'href="/queue/">Volver a Por decidir', text)
    assert "Volver a Por decidir" not in log_in("caseworker").get(decided).text


def test_what_a_child_lacks_names_the_child_and_leads_to_it(log_in, made):
    def build(world):
        family = world.family(children=3, status="draft")
        for child in family.children:
            child.start_date = clock.today()
        family.children[1].start_date = family.children[2].start_date = None
        family.children[2].schedule = ""
        db.session.commit()
        return family

    text = log_in("caseworker").get(f"/families/{made(build)}").text
    said = dict(re.findall(r'<a href="([^"]+)">((?:Desde cuándo|Horario que) [^<]+)</a>', text))
    assert sorted(said.values()) == ["Desde cuándo necesita cuidado: Luz 1, Luz 2", "Horario que necesita: Luz 2"]
    assert all("/children/" in one and not one.endswith("/new") for one in said)
