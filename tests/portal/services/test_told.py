"""What stories name and forms do not: heard in families' own words, and asked where somebody decides."""

from __future__ import annotations

import pytest

from ml import bank
from portal.extensions import db
from portal.services import told

CONCEPTS = {  # need of the form → concepts of the bank that belong to it
    "medical_device": ("feeding_tube", "gastrostomy_button", "stoma_bag", "home_oxygen", "tracheostomy"),
    "epilepsy": ("epilepsy_plan", "febrile_seizures"), "asthma": ("asthma_inhaler",),
    "allergy": ("nut_allergy", "milk_allergy", "egg_allergy", "antibiotic_allergy"),
}


def needs(story: str) -> set[str]:
    return {one.need for one in told.named(story)}


@pytest.mark.parametrize(("story", "need"), [
    ("Mi niña usa sonda para comer y es tranquila.", "medical_device"),
    ("Vive con su balón de OXÍGENO al lado.", "medical_device"),
    ("Niña 3a c/ SNG, mamá trabaja turno tarde.", "medical_device"),
    ("Convulsionó dos veces; tiene su jarabe.", "epilepsy"),
    ("Es alérgico al maní.", "allergy"),
    ("Se mueve en silla  de\nruedas.", "physical"),
])
def test_a_need_is_heard_in_plain_words(story: str, need: str) -> None:
    assert needs(story) == {need}


@pytest.mark.parametrize("story", [
    "", "Le gusta cantar y dibujar.", "No tiene alergias y come de todo.", "No usa sonda desde marzo.",
    "Descartado epilepsia, según neurología.", "Mi hermana se llama Asmaria.", "🙂 " * 1000,
])
def test_what_is_denied_or_only_looks_alike_is_not(story: str) -> None:
    assert needs(story) == set()


def test_of_the_needs_that_words_hide_most_devices_are_heard_and_hardly_anything_else() -> None:
    """The bank was written without these words in mind: each concept's family speaks as families do."""
    known = {concept.code: concept for concept in bank.load()}
    heard = {need: [need in needs(text) for code in codes for text in known[code].need]
             for need, codes in CONCEPTS.items()}
    assert sum(heard["medical_device"]) / len(heard["medical_device"]) > 0.65
    assert all(sum(one) / len(one) > 0.4 for one in heard.values())
    others = [text for concept in known.values() if concept.code not in sum(CONCEPTS.values(), ())
              for text in concept.need]
    assert sum("medical_device" in needs(text) for text in others) / len(others) < 0.02


def test_who_decides_is_asked_until_it_is_ticked(log_in, made):
    def tube(world):
        proposal = world.proposal(story="Mi niña usa sonda para comer.")
        db.session.commit()
        return proposal

    proposal, person = made(tube), log_in("supervisor")
    page = person.get(f"/proposals/{proposal}").text
    assert "La historia nombra algo que no está marcado" in page
    assert "«sonda»" in page


def test_what_is_ticked_is_not_asked(app, made, log_in):
    def ticked(world):
        family = world.family(story="Mi niña usa sonda para comer.")
        asked = [one.need for one in told.unticked(family)]
        family.children[0].special_needs = ["medical_device"]
        db.session.commit()
        assert asked == ["medical_device"]
        return family

    family, person = made(ticked), log_in("caseworker")
    for page in (f"/families/{family}", f"/suggestions/{family}"):
        assert "La historia nombra algo" not in person.get(page).text


@pytest.mark.parametrize(("text", "quoted"), [
    ("Llámeme al 999 888 777, por favor.", "Llámeme al ••••, por favor."), ("DNI 45678912", "DNI ••••"),
    ("Tiene 3 años y vive en el km 12.", "Tiene 3 años y vive en el km 12."),
])
def test_numbers_of_people_are_masked_where_a_text_is_quoted(text: str, quoted: str) -> None:
    assert told.without_numbers(text) == quoted
    assert told.holds_number(text) == ("•" in quoted)
