"""What stories name and forms do not: asked where somebody decides, until it is ticked."""

from __future__ import annotations

from portal.extensions import db
from portal.services import told


def test_who_decides_is_asked_until_it_is_ticked(log_in, made):
    def tube(world):
        proposal = world.proposal(story="Mi niña usa sonda para comer.")
        db.session.commit()
        return proposal

    proposal, person = made(tube), log_in("supervisor")
    page = person.get(f"/proposals/{proposal}").text
    assert "El caso nombra algo que no está marcado" in page
    assert "«sonda para comer» parece «Sonda nasogástrica para comer»:" in page
    assert "¿hay que marcar «Dispositivo médico (sonda, oxígeno)»?" in page


def test_a_word_that_may_be_several_things_is_asked_as_it_stands(log_in, made):
    def tube(world):
        family = world.family(story="Mi niña usa sonda.")
        db.session.commit()
        return family

    family, person = made(tube), log_in("caseworker")
    page = person.get(f"/families/{family}").text
    assert "«sonda»:" in page
    assert "» parece «" not in page


def test_a_reader_of_english_reads_what_the_concept_is_called(log_in, made):
    def tube(world):
        family = world.family(story="Mi niña usa sonda nasogástrica.")
        db.session.commit()
        return family

    family, person = made(tube), log_in("caseworker")
    person.post("/account/language", "/", language="en")
    assert "“sonda nasogástrica” sounds like “Nasogastric feeding tube”:" in person.get(f"/families/{family}").text


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
        assert "El caso nombra algo" not in person.get(page).text
