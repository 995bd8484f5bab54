"""One family's way through the portal, as the people of one NGO go it; the other NGO finds nothing of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from portal import clock
from tests.browser.pages import Intake, Matching, Person

pytestmark = pytest.mark.browser
People = Callable[..., Person]
SATURDAY = 5
STORY = "Trabajo en el mercado desde las siete. Mi hijita es tranquila y le gusta que le canten. Busco un lugar cerca."


def register(worker: Person, caregiver: tuple[str, str], district: str, phone: str = "987001002") -> str:
    """A family with all that a supervisor asks for; the address of its page."""
    intake, today = Intake(worker), clock.today()
    family = intake.start(*caregiver, phone, district)
    child = f"Killa {caregiver[1]}"  # one of the same name and birth date would be asked about
    intake.add_child(family, child, today - timedelta(days=900), today)
    intake.want(family, "400", "25", STORY)
    intake.consent(family, " ".join(caregiver), today.isoformat())
    return family


def _admit(supervisor: Person, family: str) -> None:
    supervisor.open(family)
    supervisor.press("Admitir")
    expect(supervisor.status).to_have_text("En espera")


def test_from_the_first_call_to_the_end_of_care(person: People) -> None:
    go_the_whole_way(person)


def go_the_whole_way(person: People) -> None:
    """One family, from the first call to the end of care."""
    worker, supervisor = person("caseworker@semilla.example"), person("supervisor@semilla.example")
    family = register(worker, ("Yesenia", "Yauricasa"), "San Juan de Lurigancho")
    worker.press("Enviar a supervisión")
    expect(worker.status).to_have_text("Por revisar")
    expect(Matching(worker).suggestions(family).first.locator("li.for")).to_have_count(3)
    _admit(supervisor, family)
    proposal = _propose(worker, family)
    _approve(supervisor, proposal)
    _agree(worker, proposal)
    worker.menu("Colocaciones")
    worker.follow(re.compile("Killa"))
    _care(worker)
    _is_hidden_from(person("caseworker@wasi.example"), (family, proposal, worker.page.url))


def _propose(worker: Person, family: str) -> str:
    """One is set aside, another one proposed; the address of the proposal."""
    matching = Matching(worker)
    cards = matching.suggestions(family)
    matching.dismiss(cards.nth(1), "Familia: muy lejos")
    matching.shortlist(cards.first)
    proposal = matching.propose(cards.first, "La abuela conoce el lugar.")
    expect(worker.page.get_by_role("button", name="Aprobar")).to_have_count(0)
    return proposal


def _approve(supervisor: Person, proposal: str) -> None:
    supervisor.menu("Por decidir")
    supervisor.page.locator(f"a[href='{urlsplit(proposal).path}']").first.click()
    supervisor.press("Aprobar")
    expect(supervisor.status).to_have_text("Aprobada")


def _agree(worker: Person, proposal: str) -> None:
    worker.open(proposal)
    worker.press("Ofrecer")
    for side in ("La familia", "El cuidador"):
        Matching(worker).answer(side, "Aceptó")
    expect(worker.status).to_have_text("Aceptada")


def _is_hidden_from(stranger: Person, addresses: tuple[str, ...]) -> None:
    stranger.search("Yauricasa")
    stranger.sees("No hay nada con")
    for address in addresses:
        stranger.open(address)
        expect(stranger.page.get_by_role("heading", level=1)).to_have_text("No encontramos esa página")
        expect(stranger.page.get_by_text("Yauricasa")).to_have_count(0)


def _care(worker: Person) -> None:
    """From the signed agreement to the end, on the placement's page."""
    page, today = worker.page, clock.today().isoformat()
    page.get_by_label("Fecha de la firma").fill(today)
    worker.press("Registrar la firma")
    worker.press("Empezar")
    expect(worker.status).to_have_text("En curso")
    placement = page.url
    worker.follow("Anotar la asistencia")
    if clock.today().weekday() >= SATURDAY:  # the family needs care on weekdays
        worker.unfold("Otro día")
    page.get_by_label("Asistió").first.check()
    worker.press("Guardar la asistencia")
    worker.open(placement)
    worker.follow("Día 3", page.locator("#followups"))
    for question, answer in (
        ("Cómo se hizo", "Llamada"), ("Quién respondió", "La familia"), ("¿Cómo está", "Bien"),
        ("¿Se respeta", "Sí"), ("¿Trabaja ahora", "Sí"),
    ):
        page.get_by_role("group", name=re.compile(re.escape(question))).get_by_label(answer, exact=True).check()
    page.get_by_label("Horas pagadas a la semana").fill("30")
    worker.press("Guardar el seguimiento")
    worker.open(placement)
    ending = worker.unfold("Terminar")
    ending.get_by_label("Último día").fill(today)
    ending.get_by_label("Motivo").select_option(label="Objetivo logrado")
    worker.press("Terminar", ending)
    expect(worker.status).to_have_text("Terminada")
    worker.sees("Se sostuvo")
