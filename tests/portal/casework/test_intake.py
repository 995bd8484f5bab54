"""The sections of a case file, as people fill them."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from portal import clock, tenancy
from portal.audit import AuditEvent
from portal.extensions import db
from portal.models import Caregiver, Family
from portal.services import intakes

CARE = {"max_monthly_fee_pen": "200", "max_distance_km": "4", "siblings": "together", "language": "es", "priority": "0",
        "care_reason": ""}
CHILD = {"given_names": "Luz", "birth_date": "2024-03-05", "schedule": "lun-vie 08:00-12:00", "sex": "",
         "current_care": ""}


def test_a_story_is_gone_on_with_where_it_was_left(log_in, made):
    family = made(lambda world: world.family(story="Le gusta cantar."))
    page, person = f"/intake/{family}/care", log_in("caseworker")
    assert ">\r\nLe gusta cantar.</textarea>" in person.get(page).text
    assert person.post(page, page, **CARE, story="Le gusta cantar y dibujar.").status_code == 302
    assert "Le gusta cantar y dibujar." in person.get(f"/families/{family}").text


def test_care_before_birth_is_refused_beside_its_field_and_a_past_start_is_only_told(log_in, made):
    person, family = log_in("caseworker"), made(lambda world: world.family())
    page = f"/intake/{family}/children/new"
    refused = person.post(page, page, **CHILD, start_date="2024-03-04")
    assert (refused.status_code, "Es antes de la fecha de nacimiento" in refused.text) == (422, True)
    assert person.post(page, page, **CHILD, start_date="2024-03-05").status_code == 302
    assert "La fecha de inicio ya pasó" in person.get(f"/families/{family}").text


def test_the_same_child_is_not_taken_twice(log_in, made):
    person, family = log_in("caseworker"), made(lambda world: world.family())
    page = f"/intake/{family}/children/new"
    assert person.post(page, page, **CHILD).status_code == 302
    again = person.post(page, page, **{**CHILD, "given_names": "LUZ "})
    assert (again.status_code, "Ya está en esta ficha" in again.text) == (422, True)
    assert person.post(page, page, **{**CHILD, "given_names": "Sol"}).status_code == 302  # the twin


@pytest.mark.parametrize(("hours", "told"), [("lun-vie 18:00-08:00", True), ("lun-vie 08:00-18:00", False)])
def test_hours_through_the_night_are_kept_and_told(log_in, made, hours, told):
    person, family = log_in("caseworker"), made(lambda world: world.family())
    page = f"/intake/{family}/children/new"
    assert person.post(page, page, **{**CHILD, "schedule": hours}).status_code == 302
    text = person.get(f"/families/{family}").text
    assert ("El horario pasa la noche" in text, hours in text) == (told, True)


def test_a_further_child_begins_with_what_it_has_in_common_with_the_one_before(log_in, made):
    person, family = log_in("caseworker"), made(lambda world: world.family(children=0))
    page = f"/intake/{family}/children/new"
    assert "lun-vie" not in re.findall(r'name="schedule"[^>]*', person.get(page).text)[0]
    begins = (clock.today() + timedelta(days=9)).isoformat()
    assert person.post(page, page, **CHILD, surnames="Rojas Ccori", start_date=begins).status_code == 302
    text = person.get(page).text
    for kept in ("lun-vie 08:00-12:00", "Rojas Ccori", begins, "son los de Luz"):
        assert kept in text
    assert ('value="Luz"' in text, CHILD["birth_date"] in text) == (False, False)


def test_the_week_of_a_child_is_shown_in_the_readers_language(log_in, made):
    person, family = log_in("caseworker"), made(lambda world: world.family())
    found = re.search(rf"/intake/{family}/children/[0-9a-f-]{{36}}", person.get(f"/families/{family}").text)
    text = person.get(found[0]).text
    assert 'value="lun-vie 07:00-17:00"' in text
    assert "mon-fri" not in text


def test_what_the_system_did_is_said_in_the_readers_language(log_in, made):
    def admit(world):
        family = world.family(status="submitted")
        intakes.accept(world.supervisor, family)
        db.session.commit()
        return family

    person, family = log_in("caseworker"), made(admit)
    assert "· sistema</span>" in person.get(f"/families/{family}").text
    person.post("/account/language", "/", language="en")
    assert "· the system</span>" in person.get(f"/families/{family}").text


def child_of(person, family):
    """The page of the family's first child."""
    return re.search(rf"/intake/{family}/children/[0-9a-f-]{{36}}", person.get(f"/families/{family}").text)[0]


def test_who_saves_over_a_change_of_somebody_else_is_told_and_loses_nothing(log_in, made):
    """Two people have the same child before them; the second one decides, knowing."""
    first, second = log_in("caseworker"), log_in("supervisor")
    family = made(lambda world: world.family())
    page = child_of(first, family)
    opened = second.hidden(page)
    assert first.post(page, page, **CHILD, surnames="Huaman").status_code == 302
    answer = second.client.post(page, data={**opened, **CHILD, "surnames": "Quispe Rojas"})
    assert answer.status_code == 409
    assert "Aquí se guardaron cambios mientras usted escribía" in answer.text
    assert 'value="Quispe Rojas"' in answer.text
    assert "Luz Huaman" in second.get(f"/families/{family}").text
    again = {name: re.search(rf'name="{name}"[^>]*value="([^"]*)"', answer.text)[1] for name in opened}
    assert second.client.post(page, data={**again, **CHILD, "surnames": "Quispe Rojas"}).status_code == 302
    assert "Luz Quispe Rojas" in second.get(f"/families/{family}").text


def test_a_child_and_the_care_wanted_are_changed_side_by_side(log_in, made):
    first, second = log_in("caseworker"), log_in("supervisor")
    family = made(lambda world: world.family())
    page = child_of(first, family)
    opened = second.hidden(page)
    care = f"/intake/{family}/care"
    assert first.post(care, care, **CARE, story="Le gusta cantar.").status_code == 302
    assert second.client.post(page, data={**opened, **CHILD}).status_code == 302


def test_a_sealed_value_is_kept_when_left_blank_and_removed_when_asked(log_in, made):
    def with_phone(world):
        family = world.family()
        family.main_caregiver.phone = "987654321"
        db.session.commit()
        return family

    family, person = made(with_phone), log_in("caseworker")
    page = re.search(rf"/intake/{family}/caregivers/[0-9a-f-]{{36}}", person.get(f"/families/{family}").text)[0]
    caregiver = {"given_names": "Rosa", "paternal_surname": "Quispe", "relation": "mother", "sex": "", "activity": "",
                 "no_document_reason": "", "phone_owner": "own"}
    shown = person.get(page).text
    assert shown.count('name="clear"') == 1
    assert 'name="clear" value="phone"' in shown
    assert person.post(page, page, **caregiver).status_code == 302
    assert 'name="clear" value="phone"' in person.get(page).text
    assert person.post(page, page, **caregiver, clear="phone").status_code == 302
    assert 'name="clear"' not in person.get(page).text


def test_a_protection_note_is_kept_when_left_blank_and_removed_when_asked(log_in, made, kept):
    def with_note(world):
        family = world.family()
        family.protection_note = "El padre no debe saber dónde."
        db.session.commit()
        return family

    family, person = made(with_note), log_in("caseworker")
    page = f"/intake/{family}/protection"
    assert 'name="clear" value="note"' in person.get(page).text
    assert person.post(page, page, note="").status_code == 302
    assert kept(Family, family).protection_sealed
    assert person.post(page, page, note="", clear="note").status_code == 302
    assert kept(Family, family).protection_sealed is None
    assert 'name="clear"' not in person.get(page).text


def with_two(world, status="draft"):
    family = world.family(status=status)
    family.caregivers.append(Caregiver(family_id=family.id, given_names="Equivocada", position=1))
    db.session.commit()
    return family


def caregivers_of(person, family):
    found = re.findall(rf"/intake/{family}/caregivers/[0-9a-f-]{{36}}", person.get(f"/families/{family}").text)
    return list(dict.fromkeys(found))


def test_a_caregiver_entered_by_mistake_leaves_the_draft_and_never_the_last(app, semilla, log_in, made, kept):
    family, person = made(with_two), log_in("caseworker")
    first, second = caregivers_of(person, family)
    assert "Quitar del borrador" in person.get(second).text
    assert person.post(f"{first}/remove", first).status_code == 302
    assert caregivers_of(person, family) == [second]
    assert kept(Family, family).search_name.split() == ["equivocada", "luz", "0", "quispe"]
    assert "Quitar del borrador" not in person.get(second).text
    answer = person.post(f"{second}/remove", second)
    assert (answer.status_code, "Es la única persona que cuida" in answer.text) == (409, True)
    with app.app_context(), tenancy.acting_for(semilla.id):
        (left,) = db.session.scalars(select(Caregiver).where(Caregiver.family_id == UUID(family)))
        assert (left.given_names, left.position) == ("Equivocada", 0)
        (entry,) = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "delete"))
        assert (entry.subject_type, str(entry.subject_id)) == ("caregiver", first.rpartition("/")[2])


def test_a_child_that_leaves_the_draft_is_in_the_trail(app, semilla, log_in, made):
    family, person = made(lambda world: world.family(status="draft")), log_in("caseworker")
    child = child_of(person, family)
    assert person.post(f"{child}/remove", child).status_code == 302
    with app.app_context(), tenancy.acting_for(semilla.id):
        (entry,) = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "delete"))
        assert (entry.subject_type, str(entry.subject_id)) == ("child", child.rpartition("/")[2])


def test_a_case_that_was_sent_keeps_its_caregivers(log_in, made):
    family, person = made(lambda world: with_two(world, "submitted")), log_in("caseworker")
    _first, second = caregivers_of(person, family)
    assert "Quitar del borrador" not in person.get(second).text
    assert person.post(f"{second}/remove", second).status_code == 409
    assert len(caregivers_of(person, family)) == 2


def test_a_caregiver_of_another_case_is_not_found(log_in, made):
    family, other, person = made(with_two), made(with_two), log_in("caseworker")
    foreign = caregivers_of(person, other)[0].rpartition("/")[2]
    assert person.post(f"/intake/{family}/caregivers/{foreign}/remove", f"/families/{family}").status_code == 404
    assert len(caregivers_of(person, other)) == 2


def test_a_phone_has_digits(log_in, made):
    family, person = made(lambda world: world.family()), log_in("caseworker")
    page = re.search(rf"/intake/{family}/caregivers/[0-9a-f-]{{36}}", person.get(f"/families/{family}").text)[0]
    answer = person.post(page, page, given_names="Rosa", paternal_surname="Quispe", phone="no tiene")
    assert answer.status_code == 422
    assert "Escriba el número con cifras" in answer.text


def test_a_number_in_the_story_is_warned_of(log_in, made):
    family, person = made(lambda world: world.family()), log_in("caseworker")
    page = f"/intake/{family}/care"
    assert person.post(page, page, **CARE, story="Mi celular es 999 888 777.").status_code == 302
    assert "La historia trae un número largo" in person.get(f"/families/{family}").text
    assert person.post(page, page, **CARE, story="Tiene 3 años y va 2 veces.").status_code == 302
    assert "La historia trae un número largo" not in person.get(f"/families/{family}").text


# Consents

ANSWERED = {"given_by": "Rosa Quispe", "given_on": "2026-11-02", "channel": "signature"}


def test_consents_without_an_answer_are_said_to_be_unsaved_and_keep_the_form(log_in, made):
    family = made(lambda world: world.family())
    page, person = f"/intake/{family}/consents", log_in("caseworker")
    answer = person.post(page, page, **{**ANSWERED, "given_by": "Rosa Quispe Rojas"})
    assert answer.status_code == 422
    assert "No se marcó ninguna respuesta" in answer.text
    assert 'value="Rosa Quispe Rojas"' in answer.text


@pytest.mark.parametrize(("day", "status"), [("1900-01-01", 422), ("2011-07-02", 422), ("2011-07-03", 302)])
def test_nobody_consents_before_the_law_was_published(log_in, made, day, status):
    family = made(lambda world: world.family())
    page = f"/intake/{family}/consents"
    answer = log_in("caseworker").post(page, page, **{**ANSWERED, "given_on": day}, services="yes")
    assert answer.status_code == status
    assert ("Es antes del 3 de julio de 2011" in answer.text) is (status == 422)


# District

@pytest.mark.parametrize("page", ["/families/new", "/providers/new"])
def test_a_district_that_was_typed_but_not_chosen_is_asked_for_by_name_and_kept(log_in, page):
    answer = log_in("caseworker").post(page, page, ubigeo="San Juan de Lurig")
    assert answer.status_code == 422
    assert re.search(r'id="ubigeo-error">Elija el distrito de la lista', answer.text)
    assert 'value="San Juan de Lurig"' in answer.text


# A decision on what was read

EDITS = {
    "the care wanted": ("care", CARE),
    "a child": ("children/new", CHILD),
    "a consent": ("consents", {"given_by": "Rosa Quispe", "given_on": "2026-11-02", "channel": "signature",
                               "services": "no"}),
}


@pytest.mark.parametrize("section", EDITS)
def test_a_case_edited_since_it_was_read_is_not_admitted_unread(log_in, made, kept, section):
    family = made(lambda world: world.family(status="submitted"))
    page, supervisor, worker = f"/families/{family}", log_in("supervisor"), log_in("caseworker")
    read = supervisor.hidden(page)
    place, sent = EDITS[section]
    edit = f"/intake/{family}/{place}"
    assert worker.post(edit, edit, **{**sent, "story": "Ahora trabaja de noche."}).status_code == 302
    answer = supervisor.client.post(f"{page}/move", data={**read, "action": "accept"})
    assert answer.status_code == 409
    assert "El caso cambió desde que usted abrió esta página" in answer.text
    assert kept(Family, family).status == "submitted"
    assert supervisor.post(f"{page}/move", page, action="accept").status_code == 302
    assert kept(Family, family).status == "waiting"


def test_the_note_typed_to_an_edited_case_stays_on_the_page(log_in, made, kept):
    family = made(lambda world: world.family(status="submitted"))
    page, supervisor, worker = f"/families/{family}", log_in("supervisor"), log_in("caseworker")
    read = supervisor.hidden(page)
    edit = child_of(worker, family)
    assert worker.post(edit, edit, **CHILD).status_code == 302
    sent = {**read, "action": "ask", "note": "Falta el carné de vacunas."}
    answer = supervisor.client.post(f"{page}/move", data=sent)
    assert (answer.status_code, "Falta el carné de vacunas.</textarea>" in answer.text) == (409, True)
    again = re.search(r'name="version" value="([^"]*)"', answer.text)[1]
    assert supervisor.client.post(f"{page}/move", data={**sent, "version": again}).status_code == 302
    assert kept(Family, family).status == "needs_information"


def test_a_case_is_paused_from_its_page_as_it_is(log_in, made, kept):
    family = made(lambda world: world.family())
    page, person = f"/families/{family}", log_in("caseworker")
    read = person.hidden(page)
    until = (clock.today() + timedelta(days=30)).isoformat()
    sent = {"action": "pause", "reason": "travel", "until": until}
    edit = child_of(person, family)
    assert person.post(edit, edit, **CHILD).status_code == 302
    assert person.client.post(f"{page}/move", data={**read, **sent}).status_code == 409
    form = person.get(page).text.split('value="pause"')[1].split("</form>")[0]
    version = re.search(r'name="version" value="([^"]*)"', form)[1]
    assert person.client.post(f"{page}/move", data={**read, **sent, "version": version}).status_code == 302
    assert kept(Family, family).status == "paused"
