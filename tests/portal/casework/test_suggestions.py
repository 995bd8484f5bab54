"""The page of suggestions, as what was decided about them leaves it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal import clock, wording
from portal.errors import ConflictError
from portal.extensions import db
from portal.models import Proposal, Suggestion
from portal.services import proposals, suggestions


def test_a_proposed_suggestion_leads_to_its_proposal(log_in, made, kept):
    proposal = made(lambda world: world.proposal())
    text = log_in("caseworker").get(f"/suggestions/{kept(Proposal, proposal).family_id}").text
    assert f'href="/proposals/{proposal}"' in text
    assert "Aún no hay sugerencias" not in text  # there is no run any more, and yet one was made


def test_a_dismissed_one_says_why(log_in, made):
    def dismiss(world):
        family = world.family()
        row = world.suggestion(family, world.provider())
        suggestions.dismiss(world.worker, row, "family_trust")
        db.session.commit()
        return family

    text = log_in("caseworker").get(f"/suggestions/{made(dismiss)}").text
    assert "Se descartó por: Familia: falta de confianza" in text


CENTRED = {"latitude": None, "longitude": None}


@pytest.mark.parametrize(("family", "provider", "approximate"), [
    (CENTRED, {}, True), ({}, CENTRED, True), ({}, {}, False),
])
def test_a_distance_from_the_centre_of_a_district_says_so(log_in, made, kept, family, provider, approximate):
    """On the map and the card, and on the proposal: in its rules, its comparison and its reasons."""
    proposal = made(lambda world: world.proposal(world.provider(**provider), **{"max_distance_km": 50, **family}))
    person = log_in("caseworker")
    card = person.get(f"/suggestions/{kept(Proposal, proposal).family_id}").text
    page = person.get(f"/proposals/{proposal}").text
    assert [text.count("desde el centro del distrito") for text in (card, page)] == ([3, 3] if approximate else [0, 0])


def test_a_refusal_for_the_distance_says_that_it_is_from_the_centre(world):
    family = world.family(max_distance_km=0.1, **{**CENTRED, "ubigeo": "150101"})
    with pytest.raises(ConflictError) as refused:
        proposals.propose(world.worker, world.suggestion(family, world.provider()), clock.today())
    assert "desde el centro del distrito" in " ".join(wording.refusal(one) for one in refused.value.refusals)


@pytest.mark.parametrize(("status", "purposes", "said", "leads_to"), [
    ("draft", ("services", "matching"), "El caso es un borrador", "/families/"),
    ("draft", ("services",), "La familia no ha aceptado: Que el sistema compare", "/intake/"),
    ("waiting", (), "La familia no ha aceptado: Recibir el servicio", "/intake/"),
    ("closed", ("services", "matching"), "El caso está «Cerrada»", "/families/"),
])
def test_what_keeps_a_case_from_suggestions_is_named(log_in, made, status, purposes, said, leads_to):
    def build(world):
        family = world.family(status=status)
        for purpose in purposes:
            world.answers(family, purpose)
        return family

    family = made(build)
    text = log_in("supervisor").get(f"/suggestions/{family}").text
    empty = text[text.index('class="empty"'):]
    assert said in empty
    assert f'href="{leads_to}{family}' in empty[:empty.index("</div>")]


def seat_goes(world, row):
    """Another family is proposed the last seat."""
    world.proposal(row.provider)


def rule_breaks(world, row):
    row.provider.status = "suspended"
    db.session.commit()


@pytest.mark.parametrize(
    ("meanwhile", "said"), [(seat_goes, "Cupo para su edad: "), (rule_breaks, "Verificación vigente")]
)
def test_a_refused_proposal_says_why_and_can_be_sent_again(log_in, made, kept, meanwhile, said):
    def build(world):
        row = world.suggestion(world.family(), world.provider(capacity=1))
        meanwhile(world, row)
        return row

    suggestion = made(build)
    page, person = f"/suggestions/{kept(Suggestion, suggestion).family_id}", log_in("caseworker")
    day = (clock.today() + timedelta(days=2)).isoformat()
    answer = person.post(f"{page}/{suggestion}/propose", page, starts_on=day, note="Viven al frente.")
    assert answer.status_code == 409
    card = answer.text[answer.text.index(f'id="s-{suggestion}"'):]
    assert said in card[card.index('class="problems"'):card.index('class="columns"')]
    assert "Propuesta</span>" not in card
    assert "/proposals/" not in card
    form = card[card.index(f'action="{page}/{suggestion}/propose"'):]
    form = form[:form.index("</form>")]
    assert (f'value="{day}"' in form, "Viven al frente.</textarea>" in form) == (True, True)
    assert card.count("Viven al frente.") == 1
    assert kept(Suggestion, suggestion).status == "shortlisted"


def test_a_refused_dismissal_keeps_its_own_note(log_in, made, kept):
    def build(world):
        family = world.family()
        world.suggestion(family, world.provider())
        return world.suggestion(family, world.provider())

    suggestion = made(build)
    page, person = f"/suggestions/{kept(Suggestion, suggestion).family_id}", log_in("caseworker")
    answer = person.post(f"{page}/{suggestion}/dismiss", page, reason="", note="No contesta.")
    assert (answer.status_code, answer.text.count("No contesta.")) == (422, 1)
    form = answer.text[answer.text.index(f'action="{page}/{suggestion}/dismiss"'):]
    assert "No contesta." in form[:form.index("</form>")]
