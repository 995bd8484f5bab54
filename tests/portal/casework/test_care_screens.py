"""Care on screen: placements, attendance and follow-ups."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from portal import clock, tenancy
from portal.extensions import db
from portal.models import AttendanceDay, FollowUp, Placement
from portal.services import followups, placements
from portal.services.placements import Ending

# Placements and attendance


def test_a_placement_goes_from_agreement_to_end(log_in, made, kept):
    placement = made(lambda world: _starting_today(world))
    page, person = f"/placements/{placement}", log_in("caseworker")
    assert person.post(f"{page}/move", page, action="start").status_code == 409  # no agreement yet
    assert person.post(f"{page}/sign", page, signed_on=clock.today().isoformat()).status_code == 302
    assert person.post(f"{page}/move", page, action="start").status_code == 302
    assert person.post(f"{page}/interrupt", page, reason="illness").status_code == 302
    assert person.post(f"{page}/move", page, action="resume").status_code == 302
    assert person.post(f"{page}/end", page, ends_on=clock.today().isoformat(), reason="school").status_code == 302
    assert "Resultado" in person.get(page).text
    assert kept(Placement, placement).end_group == "planned"


def test_end_reasons_stand_in_groups_and_none_is_chosen(log_in, made):
    text = log_in("caseworker").get(f"/placements/{made(lambda world: world.active())}").text
    groups = re.findall(r'<optgroup label="([^"]+)"', text)
    assert groups == ["Previsto", "Imprevisto", "Otro"]


def test_an_end_without_a_reason_keeps_the_form_open(log_in, made):
    page = f"/placements/{made(lambda world: world.active())}"
    answer = log_in("caseworker").post(f"{page}/end", page, ends_on=clock.today().isoformat(), note="Se mudan.")
    assert (answer.status_code, "Se mudan." in answer.text) == (422, True)


def test_an_end_before_the_start_is_told_beside_its_field(log_in, made):
    page = f"/placements/{made(lambda world: world.active())}"
    before = (clock.today() - timedelta(days=3)).isoformat()
    answer = log_in("caseworker").post(f"{page}/end", page, ends_on=before, reason="school")
    assert (answer.status_code, "El fin no puede ser antes del inicio" in answer.text) == (422, True)


def test_an_end_far_ahead_is_refused_beside_its_field(log_in, made, kept):
    placement = made(lambda world: world.active())
    page = f"/placements/{placement}"
    answer = log_in("caseworker").post(f"{page}/end", page, ends_on="2099-01-01", reason="school")
    assert (answer.status_code, "dentro de 90 días" in answer.text) == (422, True)
    assert (kept(Placement, placement).status, kept(Placement, placement).ends_on) == ("active", None)


def test_a_planned_end_is_shown_and_taken_back(log_in, made, kept):
    placement = made(lambda world: world.active())
    page, person = f"/placements/{placement}", log_in("caseworker")
    last = (clock.today() + timedelta(days=9)).isoformat()
    assert "Quitar el fin programado" not in person.get(page).text
    assert person.post(f"{page}/end", page, ends_on=last, reason="school").status_code == 302
    text = person.get(page).text
    assert "Fin programado" in text
    assert "Resultado" not in text
    assert "Termina el" in person.get("/placements/").text
    assert person.post(f"{page}/move", page, action="drop_end").status_code == 302
    assert kept(Placement, placement).ends_on is None


def test_an_unplanned_end_ahead_waits_for_its_day(log_in, made):
    def build(world):
        placement = world.active()
        placements.end(world.worker, placement, Ending(clock.today() + timedelta(days=5), "cost"))
        db.session.commit()
        return placement

    page, person = f"/placements/{made(build)}", log_in("supervisor")
    text = person.get(page).text
    assert "El cuidado sigue hasta el" in text
    assert "Confirmar fin" not in text
    assert "No hay nada por decidir" in person.get("/queue/").text
    assert person.post(f"{page}/move", page, action="confirm_end", reason="cost").status_code == 409


def test_safety_is_explained_before_it_ends_care(log_in, made, kept):
    placement = made(lambda world: world.active())
    page, ends_on = f"/placements/{placement}", clock.today().isoformat()
    answer = log_in("caseworker").post(f"{page}/end", page, ends_on=ends_on, reason="safety", note="")
    assert (answer.status_code, "Escriba una nota que lo explique" in answer.text) == (422, True)
    said = {"ends_on": ends_on, "reason": "safety", "note": "Una caída sin atender."}
    assert log_in("caseworker").post(f"{page}/end", page, **said).status_code == 302
    person = log_in("supervisor")
    assert person.post(f"{page}/move", page, action="confirm_end", reason="safety", note="").status_code == 422
    assert kept(Placement, placement).status == "ending"
    assert person.post(f"{page}/move", page, action="confirm_end", reason="safety", note="Se vio.").status_code == 302


def test_a_start_is_moved_on_the_page(log_in, made, kept):
    placement = made(lambda world: world.planned())
    page, person = f"/placements/{placement}", log_in("caseworker")
    day = clock.today() + timedelta(days=8)
    past = person.post(f"{page}/move_start", page, starts_on="2020-01-01")
    assert (past.status_code, "La fecha ya pasó" in past.text) == (422, True)
    assert person.post(f"{page}/move_start", page, starts_on=day.isoformat()).status_code == 302
    assert kept(Placement, placement).starts_on == day
    assert f"→ {day.isoformat()}" in person.get(page).text


def test_a_signature_that_replaces_another_says_so(log_in, made, kept):
    placement = made(lambda world: world.planned())
    page, person = f"/placements/{placement}", log_in("caseworker")
    old = person.post(f"{page}/sign", page, signed_on="1950-01-01")
    assert (old.status_code, "30 días antes de la propuesta" in old.text) == (422, True)
    yesterday = clock.today() - timedelta(days=1)
    assert person.post(f"{page}/sign", page, signed_on=yesterday.isoformat()).status_code == 302
    assert "Antes decía" not in person.get(page).text
    assert person.post(f"{page}/sign", page, signed_on=clock.today().isoformat()).status_code == 302
    assert "Antes decía" in person.get(page).text


def test_a_supervisor_confirms_an_unplanned_end(log_in, made, kept):
    def build(world):
        placement = world.active()
        placements.end(world.worker, placement, Ending(clock.today(), "cost"))
        db.session.commit()
        return placement

    placement = made(build)
    page = f"/placements/{placement}"
    assert "lo confirma supervisión" in log_in("caseworker").get(page).text
    assert log_in("supervisor").post(f"{page}/move", page, action="confirm_end", reason="cost").status_code == 302
    assert kept(Placement, placement).status == "ended"


def test_attendance_is_saved_as_a_whole_and_unknown_stays_unknown(app, log_in, made, semilla):
    placement = made(lambda world: world.active(started=clock.today() - timedelta(days=2)))
    page, today = f"/attendance/{placement}", clock.today()
    person = log_in("caseworker")
    days = {f"day-{today.isoformat()}": "present", f"day-{(today - timedelta(days=1)).isoformat()}": ""}
    assert person.post(page, page, **days).status_code == 302
    with app.app_context(), tenancy.acting_for(semilla.id):
        assert [one.value for one in db.session.query(AttendanceDay)] == ["present"]
    assert "No se sabe" in person.get(f"/placements/{placement}").text


def test_attendance_asks_for_the_agreed_week_and_for_other_days_only_when_told(log_in, made):
    """The child comes from Monday to Friday; Saturday stands behind `Otro día`."""
    monday = clock.today() - timedelta(days=clock.today().weekday() + 7)
    page = f"/attendance/{made(lambda world: world.active(started=monday))}?from={monday.isoformat()}"
    text = log_in("caseworker").get(page).text
    agreed, _, other = text.partition("Otro día</summary>")
    saturday = f"day-{(monday + timedelta(days=5)).isoformat()}"
    assert f"day-{monday.isoformat()}" in agreed
    assert saturday not in agreed
    assert saturday in other


def test_a_day_that_was_recorded_stays_in_sight(log_in, made):
    monday = clock.today() - timedelta(days=clock.today().weekday() + 7)
    placement = made(lambda world: world.active(started=monday))
    page, person = f"/attendance/{placement}?from={monday.isoformat()}", log_in("caseworker")
    sunday = f"day-{(monday + timedelta(days=6)).isoformat()}"
    assert person.post(page, page, **{sunday: "present"}).status_code == 302
    assert sunday in person.get(page).text.partition("Otro día</summary>")[0]


def test_a_word_that_is_no_attendance_is_refused(log_in, made):
    page = f"/attendance/{made(lambda world: world.active())}"
    answer = log_in("caseworker").post(page, page, **{f"day-{clock.today().isoformat()}": "maybe"})
    assert answer.status_code == 422


# Follow-ups


FULL = {"channel": "call", "answered_by": "caregiver", "wellbeing": "well", "hours_respected": "yes", "works": "yes",
        "weekly_hours": "40", "income_change": "-50"}


def _first_followup(world):
    return followups.scheduled(world.active())[0]


def test_a_follow_up_is_asked_and_kept(log_in, made, kept):
    followup = made(_first_followup)
    page = f"/followups/{followup}"
    assert log_in("caseworker").post(page, page, **FULL).status_code == 302
    saved = kept(FollowUp, followup)
    assert (saved.status, saved.answers["weekly_hours"], saved.answers["income_change"]) == ("done", 40, -50)
    assert "Llamada" in log_in("caseworker").get(page).text


@pytest.mark.parametrize(("role", "own"), [("caseworker", True), ("supervisor", False)])
def test_who_has_no_cases_sees_those_of_the_team(log_in, made, role, own):
    made(lambda world: world.active())
    text = log_in(role).get("/followups/?when=coming").text
    assert ("Ver los de todo el equipo" in text) is own
    assert "Quispe" in text


def test_a_child_who_is_not_well_is_told_to_supervision_and_to_who_answers(log_in, made):
    page = f"/followups/{made(_first_followup)}"
    worker = log_in("caseworker")
    assert worker.post(page, page, **{**FULL, "wellbeing": "badly", "problem": "Llega golpeado"}).status_code == 302
    assert "llame ahora a la Línea 100" in worker.get("/followups/").text
    assert "Llega golpeado" in worker.get(page).text
    title = "Niñas y niños que no estaban bien"
    assert title in worker.get("/").text
    assert title in log_in("supervisor").get("/").text


def test_the_follow_ups_of_the_team_say_whose_they_are(log_in, made):
    made(lambda world: world.active(started=clock.today() - timedelta(days=10)))
    person = log_in("supervisor")
    assert 'data-label="Responsable">Caseworker<' in person.get("/followups/?when=overdue&who=all").text
    assert "/followups/?when=overdue&amp;who=all" in person.get("/").text


def test_a_follow_up_leads_to_the_family(log_in, made):
    followup = made(_first_followup)
    assert "Ver a la familia" in log_in("caseworker").get(f"/followups/{followup}").text


def test_a_follow_up_asks_for_what_is_missing_and_keeps_the_rest(log_in, made):
    page = f"/followups/{made(_first_followup)}"
    answer = log_in("caseworker").post(page, page, channel="visit", note="Está contento.", weekly_hours="200")
    assert answer.status_code == 422
    assert "Está contento." in answer.text
    assert "de 0 a 100" in answer.text


def test_paid_hours_need_paid_work(log_in, made):
    page = f"/followups/{made(_first_followup)}"
    assert log_in("caseworker").post(page, page, **{**FULL, "works": "no"}).status_code == 422


def test_nobody_answered_is_one_button(log_in, made, kept):
    followup = made(_first_followup)
    page = f"/followups/{followup}"
    assert log_in("caseworker").post(f"{page}/not-reached", page, note="Apagado.").status_code == 302
    assert kept(FollowUp, followup).status == "could_not_reach"


def test_lists_tell_overdue_from_coming(log_in, made):
    made(lambda world: world.active(started=clock.today() - timedelta(days=10)))
    person = log_in("caseworker")
    assert "de atraso" in person.get("/followups/").text
    assert "Quispe" in person.get("/followups/?when=coming").text
    assert "Nada en esta lista" in person.get("/followups/?when=today").text


def _starting_today(world):
    placement = world.planned()
    placement.starts_on = clock.today()
    db.session.commit()
    return placement
