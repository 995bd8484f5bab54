"""The screens as the people of the journey know them: what can be done on each, in their words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from playwright.sync_api import Locator, Page, expect

FOLDED = 820  # pixels: up to this width the menu is folded


@dataclass(frozen=True)
class Person:
    """Somebody in front of a browser."""

    page: Page

    def settle(self) -> Page:
        """The page, once its scripts have come: what is pressed before them does less than it will."""
        self.page.wait_for_load_state()
        return self.page

    def log_in(self, email: str, password: str) -> None:
        self.page.goto("/login")
        self.page.get_by_label("Correo").fill(email)
        self.page.get_by_label("Contraseña", exact=True).fill(password)
        self.press("Ingresar")
        expect(self.page.get_by_role("button", name="Salir")).to_be_visible()

    def log_out(self) -> None:
        self.press("Salir")
        expect(self.page.get_by_role("heading", name="Ingresar")).to_be_visible()

    def open(self, path: str) -> None:
        self.page.goto(path)

    def menu(self, name: str) -> None:
        """Go where the menu says."""
        if self.settle().viewport_size and self.page.viewport_size["width"] <= FOLDED:
            self.press("Menú")
        self.page.get_by_role("navigation", name="Principal").get_by_role("link", name=name).click()

    def press(self, name: str, within: Locator | None = None) -> None:
        (within or self.settle()).get_by_role("button", name=name, exact=True).click()

    def follow(self, name: str | re.Pattern[str], within: Locator | None = None) -> None:
        (within or self.page).get_by_role("link", name=name).first.click()

    def unfold(self, name: str, within: Locator | None = None) -> Locator:
        """Open what stands folded behind a button; returns what it holds."""
        folded = (within or self.page).locator("details").filter(has=self.page.locator("summary", has_text=name)).first
        folded.locator("summary").click()
        return folded

    def search(self, text: str) -> None:
        self.page.get_by_label("Buscar por nombre, DNI o teléfono").fill(text)
        self.page.get_by_role("search").get_by_role("button", name="Buscar").click()

    def sees(self, text: str | re.Pattern[str]) -> None:
        expect(self.page.get_by_role("main").get_by_text(text).first).to_be_visible()

    @property
    def status(self) -> Locator:
        """The state the page's heading shows."""
        return self.page.locator(".page-header .badge-status").first


@dataclass(frozen=True)
class Intake:
    """Registering a family, section by section."""

    person: Person

    def start(self, given_names: str, surname: str, phone: str, district: str) -> str:
        """A draft; returns the address of its page."""
        page = self.person.page
        self.person.menu("Familias")
        self.person.follow("Registrar familia")
        page.get_by_label("Nombres").fill(given_names)
        page.get_by_label("Apellido paterno").fill(surname)
        page.get_by_label("Teléfono", exact=True).fill(phone)
        self.choose_district(district)
        self.person.press("Registrar")
        expect(page.get_by_role("heading", name=surname, level=1)).to_be_visible()
        return page.url

    def choose_district(self, district: str) -> None:
        page, wanted = self.person.page, re.compile(f"^{re.escape(district)}")
        box = page.get_by_role("combobox", name="Distrito")
        box.press_sequentially(district, delay=5)
        expect(page.get_by_role("listbox").get_by_role("option").first).to_have_text(wanted)  # and not of half the name
        box.press("ArrowDown")
        box.press("Enter")
        expect(box).to_have_value(wanted)

    def add_child(self, family: str, given_names: str, born: date, start: date) -> None:
        page = self.person.page
        page.goto(family)
        self.person.follow("Añadir niña o niño")
        page.get_by_label("Nombres").fill(given_names)
        page.get_by_label("Fecha de nacimiento").fill(born.isoformat())
        page.get_by_label("Necesita cuidado desde").fill(start.isoformat())
        page.get_by_label("Horario que necesita").fill("lun-vie 08:00-13:00")
        self._save(family)

    def want(self, family: str, soles: str, kilometres: str, story: str) -> None:
        page = self.person.page
        page.goto(family)
        self.person.follow("Cambiar lo que busca")
        page.get_by_label("Puede pagar al mes").fill(soles)
        page.get_by_label("Puede ir hasta").fill(kilometres)
        page.get_by_label("La historia de la familia").fill(story)
        page.get_by_label("Juntos en el mismo lugar").check()
        self._save(family)

    def consent(self, family: str, who: str, day: str) -> None:
        page = self.person.page
        page.goto(family)
        self.person.follow("Registrar respuestas")
        for name in ("Recibir el servicio", "Que el sistema compare", "Compartir lo necesario"):
            page.get_by_role("group", name=re.compile(name)).get_by_label("Acepta", exact=True).check()
        page.get_by_label("Quién respondió").fill(who)
        page.get_by_label("Qué día").fill(day)
        self._save(family)

    def _save(self, family: str) -> None:
        self.person.press("Guardar")
        expect(self.person.page).to_have_url(family)


@dataclass(frozen=True)
class Matching:
    """From suggestions to a decision."""

    person: Person

    def suggestions(self, family: str) -> Locator:
        """The cards, once the worker has filled the list."""
        page = self.person.page
        page.goto(f"{family}".replace("/families/", "/suggestions/"))
        cards = page.locator("#suggestions section.card[id^='s-']")
        expect(page.locator("#suggestions[data-refresh-url]")).to_have_count(0, timeout=30_000)  # nothing is replaced
        expect(cards.first).to_be_visible()
        return cards

    def shortlist(self, card: Locator) -> None:
        self.person.press("Preseleccionar", card)
        expect(card.get_by_text("Preseleccionado")).to_be_visible()

    def dismiss(self, card: Locator, reason: str) -> None:
        folded = self.person.unfold("Descartar", card)
        folded.get_by_label("Motivo").select_option(label=reason)
        self.person.press("Descartar", folded)
        expect(self.person.page.locator("#suggestions").get_by_text("Se descartó por").first).to_be_visible()

    def propose(self, card: Locator, note: str) -> str:
        """The address of the proposal."""
        page = self.person.page
        folded = self.person.unfold("Proponer", card)
        folded.get_by_label("Nota para supervisión").fill(note)
        self.person.press("Proponer y reservar el cupo", folded)
        expect(page.get_by_role("heading", name=re.compile("^Propuesta"))).to_be_visible()
        return page.url

    def answer(self, side: str, answer: str) -> None:
        page = self.person.page
        page.get_by_role("group", name="Quién respondió").get_by_label(side).check()
        page.get_by_role("group", name="Respuesta").get_by_label(answer, exact=True).check()
        self.person.press("Guardar la respuesta")
