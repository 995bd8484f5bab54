"""What the scripts add to a form: the week by mouse and keyboard, text kept on the device, the menu, the question."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import PASSWORD
from tests.browser.pages import Intake, Person

pytestmark = pytest.mark.browser
People = Callable[..., Person]


@pytest.fixture
def worker(person: People) -> Person:
    return person("caseworker@semilla.example")


def _new_child(worker: Person, surname: str, phone: str) -> Page:
    Intake(worker).start("Sayri", surname, phone, "San Juan de Lurigancho")
    worker.follow("Añadir niña o niño")
    return worker.page


def test_the_week_is_painted_with_the_mouse(worker: Person) -> None:
    page = _new_child(worker, "Quilluya", "987001011")
    page.get_by_role("button", name="mar 09:00").hover()
    page.mouse.down()
    page.get_by_role("button", name="jue 12:00").hover()  # at once: what lies between is painted all the same
    page.mouse.up()
    expect(page.get_by_label("Horario que necesita")).to_have_value("mar-jue 09:00-13:00")


def test_a_finger_that_scrolls_paints_nothing(worker: Person) -> None:
    page = _new_child(worker, "Quilluyu", "987001015")
    cell = page.get_by_role("button", name="mar 09:00")
    for kind in ("pointerdown", "pointercancel"):
        cell.dispatch_event(kind)
    expect(cell).to_have_attribute("aria-pressed", "false")
    expect(page.get_by_label("Horario que necesita")).to_have_value("")


def test_an_hour_that_no_day_has_is_not_drawn(worker: Person) -> None:
    page = _new_child(worker, "Quillaya", "987001016")
    page.get_by_label("Horario que necesita").fill("lun 25:00-99:00; mar 08:00-09:00")
    expect(page.locator("[data-week] [aria-pressed=true]")).to_have_count(1)


def test_the_week_is_filled_with_the_keyboard(worker: Person) -> None:
    page = _new_child(worker, "Quilluyo", "987001012")
    page.get_by_role("button", name="lun 07:00").focus()
    page.keyboard.press("Space")
    for _ in range(2):
        page.keyboard.press("Shift+ArrowDown")
    text = page.get_by_label("Horario que necesita")
    expect(text).to_have_value("lun 07:00-10:00")
    worker.press("Copiar lunes a viernes")
    expect(text).to_have_value("lun-vie 07:00-10:00")
    worker.press("Borrar")
    expect(text).to_have_value("")


def test_minutes_typed_stay_where_the_grid_is_not_touched(worker: Person) -> None:
    page = _new_child(worker, "Quilluye", "987001013")
    text = page.get_by_label("Horario que necesita")
    text.fill("lun-vie 07:30-13:10; sáb 19:00-06:00")
    expect(page.get_by_role("button", name="lun 07:00")).to_have_attribute("aria-pressed", "mixed")
    page.get_by_role("button", name="dom 12:00").focus()
    page.keyboard.press("Enter")
    expect(text).to_have_value(
        "lun-vie 07:30-13:10; sáb 19:00-24:00; dom 00:00-06:00; dom 12:00-13:00"
    )


def test_what_was_typed_is_offered_again_after_the_page_was_lost(worker: Person) -> None:
    page = worker.page
    worker.open("/families/new")
    page.get_by_label("Nombres").fill("Saturnina")
    worker.open("/")
    worker.open("/families/new")
    expect(page.get_by_label("Nombres")).to_have_value("")
    worker.press("Recuperarlo")
    expect(page.get_by_label("Nombres")).to_have_value("Saturnina")


def test_what_was_typed_before_the_scripts_came_is_kept_as_well(worker: Person) -> None:
    page = worker.page
    late = _held(page, "**/js/draft.js*", lambda: page.goto("/families/new", wait_until="commit"))
    page.get_by_label("Nombres").fill("Saturnina")
    late.continue_()
    page.wait_for_load_state()
    page.unroute("**/js/draft.js*")
    _come_back(worker)
    worker.press("Recuperarlo")
    expect(page.get_by_label("Nombres")).to_have_value("Saturnina")


def _come_back(worker: Person) -> None:
    """Leave the page and open it again: a reload alone would let the browser fill the form in by itself."""
    worker.page.wait_for_load_state()  # nobody is gone again before the scripts came
    path = urlsplit(worker.page.url).path
    worker.open("/")
    worker.open(path)


def test_a_week_offered_again_is_drawn_and_can_be_gone_on_with(worker: Person) -> None:
    page = _new_child(worker, "Quillayo", "987001017")
    text = page.get_by_label("Horario que necesita")
    text.fill("lun-vie 07:00-09:00")
    _come_back(worker)
    worker.press("Recuperarlo")
    page.get_by_role("button", name="sáb 07:00").click()
    expect(text).to_have_value("lun-vie 07:00-09:00; sáb 07:00-08:00")


def test_a_district_offered_again_has_its_name(worker: Person) -> None:
    page = worker.page
    worker.open("/families/new")
    Intake(worker).choose_district("San Juan de Lurigancho")
    _come_back(worker)
    worker.press("Recuperarlo")
    expect(page.get_by_role("combobox", name="Distrito")).to_have_value(re.compile("^San Juan de Lurigancho"))
    expect(page.locator("input[name=ubigeo]")).to_have_value("150132")


def _held(page: Page, url: str, act: Callable[[], object]) -> Route:
    """Do something that asks for an address; the answer waits until it is let go."""
    held: list[Route] = []
    page.route(url, lambda route: held.append(route))
    with page.expect_request(url):
        act()
    while not held:  # the request is told of before it is handed over
        page.wait_for_timeout(10)
    return held[0]


HEARD = """() => { // every answer a script has read, and done with what it does at once
  window.heard = [];
  const read = Response.prototype.json;
  Response.prototype.json = async function () {
    const found = await read.call(this);
    setTimeout(() => window.heard.push(this.url));
    return found;
  };
}"""


def test_an_answer_about_half_a_name_does_not_replace_the_one_about_the_whole(worker: Person) -> None:
    page = worker.page
    worker.open("/families/new")
    box, first = page.get_by_role("combobox", name="Distrito"), page.get_by_role("listbox").get_by_role("option").first
    page.evaluate(HEARD)
    late = _held(page, "**/districts/?q=San%20Ju", lambda: box.fill("San Ju"))
    box.fill("San Juan de Lurigancho")
    expect(first).to_have_text(re.compile("^San Juan de Lurigancho"))
    late.fulfill(json=[{"code": "150133", "label": "San Juan de Miraflores, Lima, Lima"}])  # another one comes first
    while not page.evaluate("window.heard.some(url => url.endsWith('q=San%20Ju'))"):
        page.wait_for_timeout(10)
    expect(first).to_have_text(re.compile("^San Juan de Lurigancho"))
    box.press("ArrowDown")
    box.press("Enter")
    expect(page.locator("input[name=ubigeo]")).to_have_value("150132")


def test_a_district_left_before_the_answer_came_is_taken_and_nothing_stays_open(worker: Person) -> None:
    page = worker.page
    worker.open("/families/new")
    box = page.get_by_role("combobox", name="Distrito")
    late = _held(page, "**/districts/?q=San%20Juan%20de*", lambda: box.fill("San Juan de Lurigancho"))
    page.get_by_label("Nombres").focus()
    late.continue_()
    expect(page.locator("input[name=ubigeo]")).to_have_value("150132")
    expect(page.get_by_role("listbox")).to_be_hidden()


def test_a_district_that_no_name_answers_is_said_to_be_unchosen_and_is_kept(worker: Person) -> None:
    page = worker.page
    worker.open("/families/new")
    page.get_by_role("combobox", name="Distrito").fill("Villa Inexistente")
    worker.press("Registrar")
    expect(page.locator("#ubigeo-error")).to_contain_text("Elija el distrito de la lista")
    expect(page.get_by_role("combobox", name="Distrito")).to_have_value("Villa Inexistente")
    expect(page.locator("input[name=ubigeo]")).to_have_value("")


def test_a_district_whose_name_repeats_is_not_guessed(worker: Person) -> None:
    page = worker.page
    worker.open("/families/new")
    box = page.get_by_role("combobox", name="Distrito")
    box.fill("Miraflores")
    expect(page.get_by_role("listbox").get_by_role("option").first).to_be_visible()
    page.get_by_label("Nombres").focus()
    expect(page.locator("[data-chosen]")).to_have_text("Hay varios: elija uno de la lista.")
    expect(page.locator("input[name=ubigeo]")).to_have_value("")
    box.focus()
    page.get_by_role("option", name="Miraflores, Arequipa, Arequipa").click()
    expect(page.locator("input[name=ubigeo]")).to_have_value("040110")


def test_nothing_is_sent_without_a_connection_and_nothing_is_lost(worker: Person) -> None:
    page = _new_child(worker, "Quillaye", "987001018")
    page.get_by_label("Nombres").fill("Amaru")
    page.get_by_label("Fecha de nacimiento").fill("2024-03-05")
    page.context.set_offline(True)
    worker.press("Guardar")
    expect(page.get_by_role("alert")).to_contain_text("No hay conexión: no se envió nada.")
    expect(page.get_by_label("Nombres")).to_have_value("Amaru")
    page.context.set_offline(False)
    expect(page.get_by_role("alert")).to_have_count(0)
    worker.press("Guardar")
    worker.sees("Amaru")


def test_what_was_saved_is_not_offered_again_on_the_same_page(person: People) -> None:
    admin = person("admin@semilla.example")
    admin.open("/team/")
    admin.page.get_by_label("Nombre").fill("Ñusta Ríos")
    admin.page.get_by_label("Correo").fill("nusta@semilla.example")
    admin.page.locator("form[action$=invite]").get_by_label("Supervisión").check()
    admin.press("Enviar invitación")
    admin.sees("Invitación enviada")
    expect(admin.page.get_by_role("button", name="Recuperarlo")).to_have_count(0)


def test_a_save_that_never_arrived_is_not_taken_for_the_next_that_did(worker: Person) -> None:
    page = _new_child(worker, "Quillayi", "987001019")
    path = urlsplit(page.url).path
    page.get_by_label("Nombres").fill("Amaru")
    page.route("**/children/new", lambda route: route.abort())
    worker.press("Guardar")
    page.unroute_all()
    worker.open("/families/")
    assert page.evaluate("sessionStorage.getItem('saving')") is None  # what this page tells would be taken for it
    worker.open(path)
    worker.press("Recuperarlo")
    expect(page.get_by_label("Nombres")).to_have_value("Amaru")


def test_the_note_of_a_decision_outlives_the_session(person: People) -> None:
    supervisor, words = person("supervisor@semilla.example"), "Falta saber quién la recoge los sábados."
    page = supervisor.page
    supervisor.open("/families/?status=submitted")
    page.locator("table.grid tbody a").first.click()
    folded = supervisor.unfold("Pedir información")
    folded.get_by_label("Qué falta").fill(words)
    page.context.clear_cookies()
    supervisor.press("Pedir información", folded)
    expect(page.get_by_role("heading", name="Ingresar")).to_be_visible()
    page.get_by_label("Correo").fill("supervisor@semilla.example")
    page.get_by_label("Contraseña", exact=True).fill(PASSWORD)
    supervisor.press("Ingresar")
    supervisor.press("Recuperarlo")
    expect(page.get_by_label("Qué falta")).to_have_value(words)
    expect(page.get_by_label("Qué falta")).to_be_visible()


def test_what_one_person_typed_is_offered_to_nobody_else(worker: Person) -> None:
    page = worker.page
    worker.open("/families/new")
    page.get_by_label("Nombres").fill("Saturnina")
    page.context.clear_cookies()
    worker.log_in("supervisor@semilla.example", PASSWORD)
    worker.open("/families/new")
    worker.settle()
    expect(page.locator(".draft-offer")).to_have_count(0)


def test_a_refused_form_keeps_its_text_and_leads_to_the_field(worker: Person) -> None:
    page = worker.page
    worker.open("/families/new")
    page.get_by_label("Nombres").fill("Saturnina")
    worker.press("Registrar")
    page.get_by_role("alert").get_by_role("link", name="Apellido paterno").click()
    expect(page.get_by_label("Apellido paterno")).to_be_focused()
    expect(page.get_by_label("Nombres")).to_have_value("Saturnina")


def test_a_child_entered_by_mistake_leaves_the_draft_after_a_question(worker: Person) -> None:
    page = _new_child(worker, "Quilluyi", "987001014")
    page.get_by_label("Nombres").fill("Equivocada")
    page.get_by_label("Fecha de nacimiento").fill("2024-03-01")
    worker.press("Guardar")
    worker.follow("Cambiar datos de Equivocada")
    worker.press("Quitar del borrador")
    worker.press("No, volver", page.get_by_role("dialog"))
    worker.press("Quitar del borrador")
    worker.press("Sí, continuar", page.get_by_role("dialog"))
    worker.sees("Se quitó del borrador")
    worker.sees("Todavía no hay niñas ni niños en la ficha")


def test_the_menu_opens_on_a_phone(person: People) -> None:
    worker = person("caseworker@semilla.example", viewport={"width": 360, "height": 740})
    expect(worker.page.get_by_role("link", name="Seguimientos")).to_be_hidden()
    worker.menu("Seguimientos")
    expect(worker.page.get_by_role("heading", name="Seguimientos", level=1)).to_be_visible()


def test_the_first_key_leads_to_the_content(worker: Person) -> None:
    worker.page.keyboard.press("Tab")
    expect(worker.page.get_by_role("link", name="Ir al contenido")).to_be_focused()
    worker.page.keyboard.press("Enter")
    expect(worker.page.get_by_role("main")).to_be_focused()


def test_from_a_case_one_goes_back_to_what_was_found(worker: Person) -> None:
    page = worker.page
    Intake(worker).start("Illa", "Quillamayo", "987001031", "San Juan de Lurigancho")
    for name in ("Quillamayo", "Illa"):
        page.goto("/families/")
        page.get_by_label("Nombre o código").fill(name)
        page.get_by_role("button", name="Filtrar").click()
        expect(page).to_have_url(re.compile(r"/families/\?sought="))
        page.get_by_role("main").get_by_role("link", name="Quillamayo").click()
        worker.sees("Borrador")
        page.go_back()
        expect(page.get_by_label("Nombre o código")).to_have_value(name)
        expect(page.get_by_role("main").get_by_role("link", name="Quillamayo")).to_have_count(1)
