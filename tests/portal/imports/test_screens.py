"""The way in, as a browser sees it: send, look, confirm; and what becomes of the file."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO, StringIO
from typing import Any

import pytest
from flask import Flask
from openpyxl import load_workbook
from PIL import Image
from sqlalchemy import func, select
from sqlalchemy.exc import InvalidRequestError

from portal import clock, tenancy
from portal.audit import AuditEvent
from portal.extensions import db
from portal.models import Family, ImportFile, Provider
from portal.queries import imports as known
from portal.services.imports import waiting
from portal.services.imports.handed_out import as_workbook
from tests.ground import Ngo
from tests.portal.imports.conftest import family, provider, sheet
from tests.portal.worlds import Browser

Kept = Callable[[type, str], Any]


def send(person: Browser, data: bytes, kind: str = "families", **more: Any) -> Any:
    worker = re.search(r'<option[^>]*value="([^"]+)"', person.get("/imports/").text.partition('name="worker"')[2])
    given = {"kind": kind, "file": (BytesIO(data), "mi lista.csv"), "worker": worker[1] if worker else "", **more}
    return person.post("/imports/", "/imports/", **given)


def answer_to(person: Browser, page: str, action: str, **more: str) -> Any:
    seen = re.search(r'name="seen" value="([^"]*)"', person.get(page).text)
    return person.post(f"{page}/{action}", page, **{"seen": seen[1] if seen else "", **more})


def count(app: Flask, ngo: Ngo, kind: type) -> int:
    with app.app_context(), tenancy.acting_for(ngo.id):
        return db.session.scalar(select(func.count()).select_from(kind)) or 0


@pytest.fixture
def admin(log_in: Callable[[str], Browser]) -> Browser:
    return log_in("ngo_admin")


def test_nothing_is_written_before_the_confirmation(app: Flask, semilla: Ngo, admin: Browser, kept: Kept) -> None:
    page = send(admin, sheet(family())).headers["Location"]
    shown = admin.get(page)
    assert "Todavía no se guardó nada" in shown.text
    assert "mi lista.csv" in shown.text
    assert count(app, semilla, Family) == 0
    answer = answer_to(admin, page, "confirm")
    assert answer.headers["Location"].endswith(page)
    assert count(app, semilla, Family) == 1
    file = kept(ImportFile, page.rpartition("/")[2])
    assert (file.status, file.content_sealed, file.counts["made"]) == ("done", None, 1)


def test_the_families_are_the_chosen_caseworkers(app: Flask, semilla: Ngo, admin: Browser) -> None:
    answer_to(admin, send(admin, sheet(family())).headers["Location"], "confirm")
    with app.app_context(), tenancy.acting_for(semilla.id):
        assert db.session.scalars(select(Family)).one().caseworker_id == semilla.people["caseworker"]


def test_an_administrator_who_imports_reads_no_family_for_it(app: Flask, semilla: Ngo, admin: Browser) -> None:
    answer_to(admin, send(admin, sheet(family())).headers["Location"], "confirm")
    assert admin.get("/families/").status_code == 403
    assert admin.get("/families/new").status_code == 403


def test_the_file_waits_sealed(app: Flask, semilla: Ngo, admin: Browser, kept: Kept) -> None:
    file = kept(ImportFile, send(admin, sheet(family())).headers["Location"].rpartition("/")[2])
    assert file.content_sealed
    assert "Rosa" not in file.content_sealed
    with app.app_context(), tenancy.acting_for(semilla.id):
        assert b"Rosa" in db.session.get_one(ImportFile, file.id).data()


def test_a_list_of_files_reads_nothing_of_what_they_hold(app: Flask, semilla: Ngo, admin: Browser) -> None:
    page = send(admin, sheet(family())).headers["Location"]
    answer_to(admin, page, "abandon")
    send(admin, sheet(family()))
    with app.app_context(), tenancy.acting_for(semilla.id):
        files = known.listed()
        assert [(one.status, waiting.is_waiting(one)) for one in files] == [("waiting", True), ("abandoned", False)]
        with pytest.raises(InvalidRequestError):
            files[0].data()
    text = admin.get("/imports/").text
    assert "Por confirmar" in text
    assert "Abandonado" in text


def test_problems_are_shown_by_row_and_column(admin: Browser) -> None:
    page = send(admin, sheet(family(ubigeo="999999"))).headers["Location"]
    text = admin.get(page).text
    assert "no hay distrito con ese código UBIGEO" in text
    assert ">ubigeo<" in text
    assert "Importar todo" not in text
    report = admin.get(f"{page}/report.csv").get_data().decode("utf-8-sig")
    assert report.splitlines()[1].startswith("2,ubigeo,error,no hay distrito")


def test_a_report_runs_no_formula(admin: Browser) -> None:
    page = send(admin, sheet({**family(), "=cmd|calc": "x"})).headers["Location"]
    assert "'=cmd" not in admin.get(page).text
    bad = send(admin, b"family_ref,=1+1\nx,\x07\n").headers["Location"]
    report = admin.get(f"{bad}/report.csv").get_data().decode("utf-8-sig")
    assert "'=1+1" in report
    assert ",=1+1" not in report


def test_a_bad_row_stops_all_until_the_person_says_so(app: Flask, semilla: Ngo, admin: Browser) -> None:
    page = send(admin, sheet(family(), family(family_ref="f2", caregiver_dni="1"))).headers["Location"]
    assert answer_to(admin, page, "confirm").status_code == 409
    assert count(app, semilla, Family) == 0
    assert answer_to(admin, page, "confirm", only_good="yes").status_code == 302
    assert count(app, semilla, Family) == 1


def test_what_changed_meanwhile_is_looked_at_again(app: Flask, semilla: Ngo, admin: Browser) -> None:
    first, second = (send(admin, sheet(family())).headers["Location"] for _ in range(2))
    seen = re.search(r'name="seen" value="([^"]*)"', admin.get(second).text)[1]
    answer_to(admin, first, "confirm")
    again = admin.post(f"{second}/confirm", second, seen=seen)
    assert again.status_code == 409
    assert "Algo cambió" in again.text
    assert count(app, semilla, Family) == 1


def test_an_abandoned_file_is_gone(app: Flask, semilla: Ngo, admin: Browser, kept: Kept) -> None:
    page = send(admin, sheet(family())).headers["Location"]
    assert answer_to(admin, page, "abandon").status_code == 302
    assert kept(ImportFile, page.rpartition("/")[2]).content_sealed is None
    assert answer_to(admin, page, "confirm").status_code == 404
    assert admin.get(f"{page}/report.csv").status_code == 404
    assert count(app, semilla, Family) == 0


def test_time_takes_the_file(app: Flask, semilla: Ngo, admin: Browser, kept: Kept) -> None:
    page = send(admin, sheet(family())).headers["Location"]
    later = clock.now() + waiting.WAITS + timedelta(seconds=1)
    with app.app_context(), tenancy.acting_for(semilla.id), clock.at(later):
        assert waiting.expire_due() == 1
        assert waiting.expire_due() == 0
        db.session.commit()
    file = kept(ImportFile, page.rpartition("/")[2])
    assert (file.status, file.content_sealed) == ("expired", None)


def test_the_trail_holds_who_imported_and_how_many(app: Flask, semilla: Ngo, admin: Browser) -> None:
    answer_to(admin, send(admin, sheet(provider()), "providers").headers["Location"], "confirm")
    with app.app_context(), tenancy.acting_for(semilla.id):
        entry = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "import")).one()
        assert (entry.author_name, entry.subject_type) == ("Ngo_Admin", "import_file")
        assert entry.reason == "Cuidadores: 1 nuevos, 0 cambiados, 0 sin tocar; filas con errores: 0"
        assert db.session.scalars(select(Provider)).one().status == "applied"


@pytest.mark.parametrize("more", [{"kind": "other"}, {"kind": ""}, {"worker": "x"}, {"worker": ""}])
def test_what_is_not_chosen_is_asked_again(admin: Browser, more: dict[str, str]) -> None:
    assert send(admin, sheet(family()), **more).status_code == 422


def test_no_file_is_asked_again(admin: Browser) -> None:
    answer = send(admin, b"", file=(BytesIO(b""), ""))
    assert answer.status_code == 422
    assert "Elija un archivo" in answer.text
    assert send(admin, b"").status_code == 422


def painted() -> bytes:
    out = BytesIO()
    Image.new("RGB", (8, 8), "red").save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize(("data", "words"), [
    (b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n", "No es CSV ni XLSX"), (painted(), "No es CSV ni XLSX"),
    (b"\xef\xbb\xbf<html><table><tr><td>x", "No es CSV ni XLSX"), (b" \r\n", "El archivo está vacío"),
    (as_workbook({"datos": []}), "El archivo está vacío"), (b"\xd0\xcf\x11\xe0rest", "Excel antiguo"),
    (as_workbook({"datos": [["family_ref"]]})[:-400], "El libro de Excel no se puede leer"),
])
@pytest.mark.parametrize("kind", ["families", "providers"])
def test_what_is_no_table_is_refused_and_not_kept(
    app: Flask, semilla: Ngo, admin: Browser, kind: str, data: bytes, words: str
) -> None:
    answer = send(admin, data, kind)
    assert answer.status_code == 422
    assert words in answer.text
    assert count(app, semilla, ImportFile) == 0


def test_a_table_of_something_else_is_looked_at_with_what_is_wrong(admin: Browser) -> None:
    shown = admin.get(send(admin, b"a,b\n1,2\n").headers["Location"]).text
    assert "La primera fila no tiene los títulos" in shown


def test_a_caseworker_is_not_let_in(log_in: Callable[[str], Browser]) -> None:
    worker = log_in("caseworker")
    assert worker.get("/imports/").status_code == 403
    assert "/imports/" not in worker.get("/").text
    assert "/imports/" in log_in("supervisor").get("/").text


@pytest.mark.parametrize("kind", ["families", "providers"])
@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_template_sent_back_imports_nothing_and_filled_in_imports(admin: Browser, kind: str, ending: str) -> None:
    data = admin.get(f"/imports/template/{kind}.{ending}").get_data()
    text = admin.get(send(admin, data, kind).headers["Location"]).text
    assert "es la fila de ejemplo" in text
    assert "Importar" not in text.partition('id="counts"')[2].partition("Borrar el archivo")[0].partition("actions")[2]
    filled = admin.get(send(admin, filled_in(data, ending), kind).headers["Location"]).text
    assert "Importar todo" in filled


@pytest.mark.parametrize(("language", "heading", "word"), [
    ("es", "Si son varios", "Juntos en el mismo lugar"), ("en", "If there are several", "Together in one place"),
])
def test_a_template_speaks_to_its_reader_and_comes_back_to_any(
    app: Flask, semilla: Ngo, admin: Browser, language: str, heading: str, word: str
) -> None:
    admin.post("/account/language", "/imports/", language=language)
    data = admin.get("/imports/template/families.csv").get_data()
    titles, example, *notes = csv.reader(StringIO(data.decode("utf-8-sig"), newline=""))
    assert dict(zip(titles, example, strict=True))[heading] == word
    assert word in next(note for (note,) in notes if note.startswith(f"# {heading}:"))
    book = load_workbook(BytesIO(admin.get("/imports/template/families.xlsx").get_data()))
    assert [cell.value for cell in book.worksheets[0][1]] == titles
    assert word in [row[2] for row in book.worksheets[1].values if row[0] == heading][0]
    admin.post("/account/language", "/imports/", language="es")
    answer_to(admin, send(admin, filled_in(data, "csv")).headers["Location"], "confirm")
    with app.app_context(), tenancy.acting_for(semilla.id):
        made = db.session.scalars(select(Family)).one()
        assert (made.siblings, made.sisfoh, made.languages) == ("together", "pobre", ["quy", "es"])
        assert made.children[0].schedule == "mon-fri 07:00-18:00; sat 08:00-13:00"


def filled_in(data: bytes, ending: str) -> bytes:
    """The example under another key."""
    if ending == "csv":
        return data.replace(b"EJEMPLO-1", b"mio-1")
    book, out = load_workbook(BytesIO(data)), BytesIO()
    book.worksheets[0]["A2"] = "mio-1"
    book.save(out)
    return out.getvalue()


def test_a_request_takes_a_thousand_rows(admin: Browser) -> None:
    data = sheet(*(provider(provider_ref=f"p{n}") for n in range(waiting.MOST_ROWS + 1)))
    text = admin.get(send(admin, data, "providers").headers["Location"]).text
    assert "El archivo pasa de 1000 filas" in text
    assert "Importar" not in text.partition('class="actions">\n')[2].partition("Borrar")[0]


def test_a_language_no_list_names_outlives_a_form(
    log_in: Callable[[str], Browser], made: Callable[..., str], kept: Kept
) -> None:
    case, worker = made(lambda world: world.family(status="draft", languages=["qxw", "es"])), log_in("caseworker")
    page = f"/intake/{case}/care"
    assert re.search(r'<option selected value="qxw">', worker.get(page).text)
    worker.post(page, page, language="qxw", other_languages="es", max_monthly_fee_pen="1", max_distance_km="1",
                siblings="together", priority="0")
    assert kept(Family, case).languages == ["qxw", "es"]
    row, admin = made(lambda world: world.provider(languages=["qxw"])), log_in("ngo_admin")
    assert re.search(r'value="qxw"[^>]*checked', admin.get(f"/providers/{row}/edit").text)


def test_an_unknown_template_is_not_found(admin: Browser) -> None:
    assert admin.get("/imports/template/users.csv").status_code == 404
    assert admin.get("/imports/template/families.exe").status_code == 404
