"""The other people of the network: who vets providers, who runs the NGO, who runs the platform."""

from __future__ import annotations

import re
from collections.abc import Callable
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, expect

from portal import clock
from tests.browser.pages import Person

pytestmark = pytest.mark.browser
People = Callable[..., Person]
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
NEW_PASSWORD = "otra clave larga y nueva"


def test_a_provider_from_the_first_visit_to_approval(person: People) -> None:
    worker, supervisor = person("caseworker@wasi.example"), person("supervisor@wasi.example")
    page = worker.page
    worker.menu("Cuidadores")
    worker.follow("Registrar cuidador")
    page.get_by_label("Nombre del cuidador").fill("Hogar Qantu Wasi")
    page.get_by_label("Tipo").select_option(label="Hogar de una vecina")
    page.get_by_role("combobox", name="Distrito").fill("050101")
    page.get_by_label("Horario de atención").fill("lun-vie 07:00-18:00")
    page.get_by_label("2 años").fill("2")
    page.get_by_label(re.compile("soles")).fill("80")
    page.get_by_role("group", name=re.compile("Lenguas|Idiomas")).get_by_label("Castellano").check()
    worker.press("Guardar")
    expect(worker.status).to_have_text("Postulante")
    worker.press("Empezar verificación")
    _complete(worker)
    supervisor.open(page.url)
    supervisor.press("Aprobar")
    expect(supervisor.status).to_have_text("Aprobado")


def _complete(worker: Person) -> None:
    """Every item of the checklist: a paper with its file, a visit with its result."""
    page, today = worker.page, clock.today().isoformat()
    items = page.locator("ul.checklist > li")
    file: FilePayload = {"name": "hoja.pdf", "mimeType": "application/pdf", "buffer": PDF}
    for place in range(items.count()):
        item = items.nth(place)
        visit = item.get_by_text("Registrar visita").count() > 0
        if not visit:
            folded = worker.unfold("Recibir archivo", item)
            folded.get_by_label("Archivo (PDF").set_input_files(file)
            worker.press("Guardar archivo", folded)
            expect(item.get_by_role("link", name="Descargar archivo")).to_be_visible()
        folded = worker.unfold("Registrar visita" if visit else "Verificar", item)
        folded.get_by_label("Fecha").fill(today)
        if visit:
            folded.get_by_label("Conforme", exact=True).check()
        worker.press("Guardar", folded)
        expect(item.get_by_text("Verificado", exact=True)).to_be_visible()


def test_an_invitation_by_mail_makes_a_colleague(person: People, demo: tuple[str, Path]) -> None:
    chief = person("admin@wasi.example")
    page = chief.page
    chief.menu("Equipo")
    page.get_by_label("Nombre", exact=False).last.fill("Nélida Ccente")
    page.get_by_label("Correo").fill("nelida@wasi.example")
    page.get_by_role("group", name=re.compile("Qué hará")).get_by_label("Gestión de casos").check()
    chief.press("Enviar invitación")
    chief.sees("nelida@wasi.example")
    letters = "\n".join(_text(file) for file in (demo[1] / "mail").iterdir())
    link = re.search(r"http\S+/account/invitation/\S+", letters)
    assert link
    guest = person()
    guest.open(link.group())
    for label in ("^Contraseña", "^La misma contraseña"):
        guest.page.get_by_label(re.compile(label)).fill(NEW_PASSWORD)
    guest.press("Aceptar")
    guest.log_in("nelida@wasi.example", NEW_PASSWORD)
    guest.sees("Hola, Nélida Ccente.")


def _text(letter: Path) -> str:
    return str(message_from_bytes(letter.read_bytes(), policy=policy.default).get_content())


def test_the_operator_enters_with_a_reason_that_the_ngo_can_read(person: People) -> None:
    operator, chief = person("operator@platform.example"), person("admin@semilla.example")
    operator.open("/families/")
    expect(operator.page.get_by_role("heading", level=1)).to_have_text("No tiene permiso")
    operator.menu("Organizaciones")
    folded = operator.unfold("Entrar", operator.page.get_by_role("region", name="Semilla"))
    folded.get_by_label("Motivo").fill("Revisar una importación que falló")
    folded.get_by_label("Por cuánto tiempo").select_option(index=1)
    operator.press("Entrar", folded)
    expect(operator.page.get_by_role("status").first).to_be_visible()
    chief.menu("Bitácora")
    chief.sees("Revisar una importación que falló")
    operator.menu("Organizaciones")
    operator.press("Salir de la ONG")
    operator.open("/families/")
    expect(operator.page.get_by_role("heading", level=1)).to_have_text("No tiene permiso")
