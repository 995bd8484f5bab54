"""My day, for every role."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID

import pytest

from portal import clock
from portal.extensions import db
from portal.models import Proposal, TenantSettings
from portal.services import followups, placements, proposals
from portal.services.placements import Ending
from tests.ground import OPERATOR, PASSWORD
from tests.portal.worlds import Browser, statements


def _busy_day(world):
    """Something in every list."""
    world.active(started=clock.today() - timedelta(days=10))
    world.active(started=clock.today() - timedelta(days=3))
    proposals.give_back(world.supervisor, world.proposal(), "¿La visitaron?")
    world.proposal(), world.offered(), world.planned()
    ending = world.active()
    placements.end(world.worker, ending, Ending(clock.today(), "cost"))
    for status in ("draft", "needs_information", "submitted", "paused"):
        world.family(status=status)
    world.family(status="waiting", status_since=clock.now() - timedelta(days=30))
    world.suggestion(world.family(), world.provider(valid_until=clock.today() + timedelta(days=20)))
    db.session.commit()
    return ending


def test_a_caseworkers_day(log_in, made):
    made(_busy_day)
    text = log_in("caseworker").get("/").text
    for title in ("Seguimientos atrasados", "Seguimientos para hoy", "Casos que esperan información suya", "Borradores",
                  "Propuestas devueltas con una nota", "Ofertas sin respuesta completa", "Pausas que terminan",
                  "Familias con sugerencias por revisar", "Colocaciones por empezar",
                  "Propuestas que esperan una decisión"):
        assert title in text
    assert "Propuestas por decidir" not in text
    assert "Carga de cada persona" not in text


def test_a_proposal_that_waits_says_since_when_and_leads_to_it(log_in, made):
    proposal = made(lambda world: world.proposal())
    text = log_in("caseworker").get("/").text
    section = text[text.index("Propuestas que esperan una decisión"):]
    assert f'href="/proposals/{proposal}"' in section
    assert re.search(r"Hogar Amancay · espera desde el \d+ \w+", section)


def test_a_colleagues_proposal_is_not_listed(log_in, made, semilla):
    def of_another(world):
        proposal = world.proposal()
        proposal.family.caseworker_id = semilla.people["supervisor"]
        db.session.commit()
        return proposal

    made(of_another)
    assert "Propuestas que esperan una decisión" not in log_in("caseworker").get("/").text


def test_a_supervisors_day(log_in, made):
    made(_busy_day)
    text = log_in("supervisor").get("/").text
    for title in ("Propuestas por decidir", "Fichas por revisar", "Fines imprevistos por confirmar",
                  "Casos sin movimiento hace más de 7 días", "Carga de cada persona"):
        assert title in text
    assert "data-countdown" in text


def test_an_administrators_day(log_in, made):
    made(_busy_day)
    text = log_in("ngo_admin").get("/").text
    for title in ("Equipo", "3 personas activas", "Verificaciones por vencer", "Vence en 20 días"):
        assert title in text
    assert text.count("Hogar Amancay") == 1
    assert "Quispe" not in text


@pytest.mark.parametrize("role", ["caseworker", "supervisor", "ngo_admin"])
@pytest.mark.parametrize(("left", "urgent"), [(30, False), (8, False), (7, True)])
def test_whoever_may_vet_sees_whose_vetting_ends(log_in, made, role, left, urgent):
    ends = clock.today() + timedelta(days=left)
    provider = made(lambda world: world.provider(valid_until=ends, status="conditional"))
    text = log_in(role).get("/").text
    section = text[text.index("Verificaciones por vencer"):]
    section = section[:section.index("</section>")]
    assert f'href="/providers/{provider}"' in section
    assert f"Vence en {left} días · Con condiciones" in section
    assert 'href="/providers/?due=expiring"' in section
    assert ("badge-status overdue" in section) is urgent


def test_the_ngo_decides_from_when_on_an_end_is_on_ones_day(log_in, made):
    def early(world):
        db.session.add(TenantSettings(values={"warning_days": [90, 10]}))
        return world.provider(valid_until=clock.today() + timedelta(days=80))

    made(early)
    assert "Vence en 80 días" in log_in("caseworker").get("/").text


def test_an_operator_without_an_ngo_sees_no_case(app, made):
    made(_busy_day)
    page = Browser(app, OPERATOR).get("/")
    assert page.status_code == 200
    assert "Quispe" not in page.text
    assert PASSWORD not in page.text


def test_an_empty_day_says_what_comes_next(log_in):
    text = log_in("caseworker").get("/").text
    assert "Hoy no toca ninguno" in text
    assert "Ninguna familia espera" in text


def test_lists_are_short_and_lead_to_the_rest(log_in, made):
    def many(world):
        return [world.family(status="submitted") for _ in range(8)][0]

    made(many)
    text = log_in("supervisor").get("/").text
    assert text.count("Quispe") == 5
    assert "Ver los 8" in text


def test_the_newest_draft_and_the_oldest_question_come_first(log_in, made):
    def many(world):
        for days in range(8):
            since = clock.now() - timedelta(days=days)
            for status in ("draft", "needs_information"):
                row = world.family(status=status, status_since=since)
                row.caregivers[0].paternal_surname = f"{status[0]}{days}".upper()
        db.session.commit()
        return row

    made(many)
    text = log_in("caseworker").get("/").text
    shown = [name for name in (f"{kind}{days}" for kind in "DN" for days in range(8)) if f"Rosa {name}" in text]
    assert shown == ["D0", "D1", "D2", "D3", "D4", "N3", "N4", "N5", "N6", "N7"]
    assert text.index("Rosa D0") < text.index("Rosa D4")
    assert text.index("Rosa N7") < text.index("Rosa N3")


@pytest.mark.parametrize("role", ["caseworker", "supervisor", "ngo_admin"])
def test_a_day_is_a_page_of_few_statements(app, log_in, made, role):
    made(_busy_day)
    person = log_in(role)
    person.get("/")
    assert statements(app, lambda: person.get("/")) <= 12


@pytest.mark.parametrize("url", ["/placements/", "/followups/?who=all&when=coming"])
def test_lists_are_pages_of_few_statements(app, log_in, made, url):
    made(_busy_day)
    person = log_in("supervisor")
    assert statements(app, lambda: person.get(url)) <= 12


@pytest.mark.parametrize(("url", "build"), [
    ("/proposals/{}", lambda world: world.proposal()),
    ("/placements/{}", lambda world: world.active()),
    ("/attendance/{}", lambda world: world.active()),
])
def test_one_case_is_a_page_of_few_statements(app, log_in, made, url, build):
    page = url.format(made(build))
    person = log_in("supervisor")
    assert statements(app, lambda: person.get(page)) <= 12


def _agreed_again(world, proposal):
    found = db.session.get_one(Proposal, UUID(proposal))
    world.answers(found.family)
    return found


@pytest.mark.parametrize("role", ["caseworker", "supervisor"])
def test_an_offer_whose_family_took_its_agreement_back_is_told(log_in, made, role):
    def build(world):
        world.offered()
        proposal = world.offered()
        world.answers(proposal.family, given=False)
        world.answers(proposal.family, purpose="matching")
        return proposal

    title, browser = "La familia ya no acepta compartir con el cuidador", log_in(role)
    assert title not in browser.get("/").text
    proposal = made(build)
    section = re.search(rf"{title}.*?</section>", browser.get("/").text, re.DOTALL)[0]
    assert re.findall(r'href="/proposals/([^"]+)"', section) == [proposal]
    page = browser.get(f"/proposals/{proposal}").text
    assert "Hable con la familia. Si acepta otra vez, registre su respuesta" in page
    made(lambda world: _agreed_again(world, proposal))
    assert title not in browser.get("/").text
    assert "Hable con la familia. Si acepta otra vez" not in browser.get(f"/proposals/{proposal}").text


@pytest.mark.parametrize("role", ["caseworker", "supervisor"])
def test_a_planned_placement_whose_family_took_its_agreement_back_is_told(log_in, made, role):
    def build(world):
        world.planned()
        offered, placement = world.offered(), world.planned()
        for one in (offered, placement):
            world.answers(one.family, given=False)
        return placement

    placement, browser = made(build), log_in(role)
    title, day = "La familia ya no acepta compartir con el cuidador", browser.get("/").text
    section = re.search(rf"{title}.*?</section>", day, re.DOTALL)[0]
    assert re.findall(r'href="/placements/([^"]+)"', section) == [placement]
    assert 'overdue">2</span>' in section
    page = browser.get(f"/placements/{placement}").text
    assert "no empiece todavía. Hable con la familia" in page
    assert "/consents" in page


def test_a_colleagues_offer_is_not_told_to_a_caseworker(log_in, made, semilla):
    def build(world):
        proposal = world.offered()
        world.answers(proposal.family, given=False)
        proposal.family.caseworker_id = semilla.people["supervisor"]
        db.session.commit()
        return proposal

    made(build)
    assert "ya no acepta compartir" not in log_in("caseworker").get("/").text


def test_a_supervisor_sees_the_teams_longest_overdue_follow_ups(log_in, made):
    def build(world):
        late = [world.active(started=clock.today() - timedelta(days=days)) for days in (5, 10, 6, 9, 8, 7)]
        first = min(followups.scheduled(late[1]), key=lambda one: one.due_on)
        db.session.commit()
        return first

    first = made(build)
    browser = log_in("supervisor")
    section = re.search(r"Seguimientos atrasados del equipo.*?</section>", browser.get("/").text, re.DOTALL)[0]
    found = re.findall(r'<li><a href="(/followups/[^"]+)">(F-\d+ [^<]+)</a> <span class="muted">([^<]+)', section)
    assert found[0][0] == f"/followups/{first}"
    assert [one[2].strip().split(" · ")[1:] for one in found] == [
        ["día 3", f"{days} días de atraso", "Caseworker"] for days in (7, 6, 5, 4, 3)
    ]
    assert "/followups/?when=overdue&amp;who=all" in section
    assert "Ver los 6" in section
    assert "del equipo" not in log_in("caseworker").get("/").text
