"""A file that a program sends: looked at, committed once, or abandoned; nothing is written before."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from openpyxl import Workbook
from sqlalchemy import func, select

from portal import clock, tenancy
from portal.audit import AuditEvent
from portal.extensions import db
from portal.models import Family, ImportFile, Provider
from portal.services.imports import sheet as limits
from portal.services.imports import waiting
from tests.ground import Ngo
from tests.portal.imports.conftest import family, provider, sheet
from tests.programs import Program


def count(app: Flask, ngo: Ngo, kind: type) -> int:
    with app.app_context(), tenancy.acting_for(ngo.id):
        return db.session.scalar(select(func.count()).select_from(kind)) or 0


@pytest.fixture
def file(semilla: Ngo) -> Callable[..., dict[str, Any]]:
    """`file(row, row)`: what is sent."""

    def made(*rows: dict[str, str], **more: Any) -> dict[str, Any]:
        kind = "providers" if "provider_ref" in rows[0] else "families"
        worker = {"worker": str(semilla.people["caseworker"])} if kind == "families" else {}
        return {"kind": kind, "content": sheet(*rows).decode(), "name": "mi lista.csv", **worker, **more}

    return made


def test_nothing_is_written_before_the_commit(app: Flask, semilla: Ngo, program: Program, file: Any) -> None:
    sent = program.post("/imports", file(family()))
    one = sent.headers["Location"].removeprefix("/api/v1")
    assert (sent.status_code, sent.json["status"], sent.json["name"]) == (201, "waiting", "mi lista.csv")
    assert sent.json["counts"] == {"made": 1, "changed": 0, "alone": 0, "complete": 1, "bad": 0}
    assert count(app, semilla, Family) == 0
    done = program.post(f"{one}/commit", {"seen": program.get(one).json["seen"]})
    assert (done.status_code, done.json["status"], done.json["seen"]) == (200, "done", None)
    assert done.json["counts"]["made"] == 1
    assert program.get(one).json == done.json
    with app.app_context(), tenancy.acting_for(semilla.id):
        made = db.session.scalars(select(Family)).one()
        assert (made.status, made.caseworker_id) == ("draft", semilla.people["caseworker"])
        assert db.session.scalars(select(ImportFile)).one().content_sealed is None
        entry = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "import")).one()
        assert entry.reason.startswith("Familias: 1 nuevas")


def test_providers_come_as_applicants(app: Flask, semilla: Ngo, works_for: Callable[..., Program], file: Any) -> None:
    admin = works_for("ngo_admin")
    sent = admin.post("/imports", file(provider())).json
    assert {one["code"] for one in sent["notices"]} == {"vetting_ignored"}
    assert admin.post(f"/imports/{sent['id']}/commit", {"seen": sent["seen"]}).status_code == 200
    with app.app_context(), tenancy.acting_for(semilla.id):
        assert db.session.scalars(select(Provider)).one().status == "applied"


def test_what_is_wrong_is_named_by_line_and_column(app: Flask, semilla: Ngo, program: Program, file: Any) -> None:
    sent = program.post("/imports", file(family(), family(family_ref="f2", caregiver_dni="1"))).json
    assert [(one["line"], one["column"], one["code"]) for one in sent["faults"]] == [(3, "caregiver_dni", "dni_format")]
    assert "8 cifras" in sent["faults"][0]["text"]
    commit = f"/imports/{sent['id']}/commit"
    refused = program.post(commit, {"seen": sent["seen"]})
    assert (refused.status_code, refused.json["reasons"][0]["code"]) == (409, "import_has_faults")
    assert count(app, semilla, Family) == 0
    assert program.post(commit, {"seen": sent["seen"], "only_good": True}).json["counts"]["made"] == 1
    assert count(app, semilla, Family) == 1


def test_what_is_no_table_says_so(program: Program, file: Any) -> None:
    sent = program.post("/imports", file(family(), content="hola"))
    assert (sent.status_code, [one["code"] for one in sent.json["faults"]]) == (201, ["header_unknown"])


def test_what_changed_meanwhile_is_looked_at_again(app: Flask, semilla: Ngo, program: Program, file: Any) -> None:
    first, second = (program.post("/imports", file(family())).json for _ in range(2))
    assert program.post(f"/imports/{first['id']}/commit", {"seen": first["seen"]}).status_code == 200
    again = program.post(f"/imports/{second['id']}/commit", {"seen": second["seen"]})
    assert (again.status_code, again.json["reasons"][0]["code"]) == (409, "import_moved_on")
    assert count(app, semilla, Family) == 1


def test_a_file_sent_twice_is_one_and_is_done_once(app: Flask, semilla: Ngo, program: Program, file: Any) -> None:
    first, again = (program.post("/imports", file(family()), Idempotency_Key="a") for _ in range(2))
    assert first.json == again.json
    assert count(app, semilla, ImportFile) == 1
    commit, seen = f"/imports/{first.json['id']}/commit", {"seen": first.json["seen"]}
    told = [program.post(commit, seen, Idempotency_Key="b") for _ in range(2)]
    assert told[0].json == told[1].json
    assert program.post(commit, seen).status_code == 404
    assert count(app, semilla, Family) == 1


def test_an_abandoned_file_is_gone(program: Program, file: Any) -> None:
    sent = program.post("/imports", file(family())).json
    told = program.post(f"/imports/{sent['id']}/abandon", None)
    assert (told.status_code, told.json["status"], told.json["seen"]) == (200, "abandoned", None)
    assert program.post(f"/imports/{sent['id']}/commit", {"seen": sent["seen"]}).status_code == 404


def test_a_file_waits_for_two_hours(program: Program, file: Any) -> None:
    sent = program.post("/imports", file(family())).json
    with clock.at(clock.now() + timedelta(hours=3)):
        assert program.get(f"/imports/{sent['id']}").json["status"] == "expired"
        assert program.post(f"/imports/{sent['id']}/commit", {"seen": sent["seen"]}).status_code == 404


def test_a_file_has_the_limits_of_the_page(
    app: Flask, program: Program, file: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "MOST_ROWS", 1)
    many = program.post("/imports", file(family(), family(family_ref="f2"))).json
    assert [one["code"] for one in many["faults"]] == ["rows_many"]
    large = program.post("/imports", file(provider(), content="x" * (limits.MOST_BYTES + 1)))
    assert (large.status_code, large.mimetype) == (413, "application/problem+json")


@pytest.mark.parametrize(("wrong", "pointer"), [
    ({"kind": "people"}, "/kind"), ({"worker": None}, "/worker"), ({"content": ""}, "/content"),
    ({"content": 5}, "/content"), ({"file": "x"}, "/file"),
])
def test_a_file_that_cannot_be_kept_is_refused(program: Program, file: Any, wrong: Any, pointer: str) -> None:
    refused = program.post("/imports", {**file(family()), **wrong})
    assert (refused.status_code, [one["pointer"] for one in refused.json["errors"]]) == (422, [pointer])


def test_families_need_a_worker(program: Program, file: Any) -> None:
    sent = {name: value for name, value in file(family()).items() if name != "worker"}
    refused = program.post("/imports", sent)
    assert (refused.status_code, [one["pointer"] for one in refused.json["errors"]]) == (422, ["/worker"])


def test_who_may_not_import_does_not(works_for: Callable[..., Program], program: Program, file: Any) -> None:
    sent = program.post("/imports", file(family())).json
    worker = works_for("caseworker")
    assert worker.post("/imports", file(family())).status_code == 403
    assert worker.get(f"/imports/{sent['id']}").status_code == 403
    reader = works_for("supervisor", "read:imports")
    assert reader.get(f"/imports/{sent['id']}").status_code == 200
    assert reader.post(f"/imports/{sent['id']}/commit", {"seen": sent["seen"]}).status_code == 403


def test_what_a_file_holds_is_not_told_again(program: Program, file: Any) -> None:
    sent = program.post("/imports", file(family(ubigeo="999999")))
    for word in ("Rosa", "41234567", "999999"):
        assert word not in sent.text


def book(*rows: dict[str, str]) -> bytes:
    """Rows as a workbook."""
    made, out = Workbook(), BytesIO()
    for cells in (list(rows[0]), *(list(row.values()) for row in rows)):
        made.active.append(cells)
    made.save(out)
    return out.getvalue()


def coded(data: bytes) -> dict[str, str]:
    return {"content": base64.b64encode(data).decode(), "encoding": "base64"}


@pytest.mark.parametrize("name", ["lista.xlsx", "lista.csv", ""])
@pytest.mark.parametrize("written", [book, sheet])
def test_a_workbook_comes_in_like_a_text_whatever_it_is_called(
    app: Flask, semilla: Ngo, program: Program, file: Any, written: Callable[..., bytes], name: str
) -> None:
    rows = family(), family(family_ref="f2", caregiver_dni="1")
    sent = program.post("/imports", file(*rows, name=name, **coded(written(*rows))))
    as_text = program.post("/imports", file(*rows))
    assert sent.status_code == 201
    for told in ("counts", "seen", "faults", "notices"):
        assert sent.json[told] == as_text.json[told]
    commit = {"seen": sent.json["seen"], "only_good": True}
    assert program.post(f"/imports/{sent.json['id']}/commit", commit).json["counts"]["made"] == 1
    assert count(app, semilla, Family) == 1


@pytest.mark.parametrize(("data", "words"), [
    (b"PK\x03\x04rest", "no se puede leer"), (book(family())[:-400], "no se puede leer"),
    (b"\xd0\xcf\x11\xe0rest", "Excel antiguo"), (b"%PDF-1.4\n%%EOF\n", "No es CSV ni XLSX"), (b"\n", "vacío"),
])
def test_what_is_no_table_is_one_problem_and_is_not_kept(
    app: Flask, semilla: Ngo, program: Program, file: Any, data: bytes, words: str
) -> None:
    refused = program.post("/imports", file(family(), **coded(data)))
    assert (refused.status_code, refused.mimetype) == (422, "application/problem+json")
    (error,) = refused.json["errors"]
    assert error["pointer"] == "/content"
    assert words in error["detail"]
    assert count(app, semilla, ImportFile) == 0


@pytest.mark.parametrize("content", ["no es base64", "QUJ", "=", " "])
def test_what_is_no_base64_is_refused(program: Program, file: Any, content: str) -> None:
    refused = program.post("/imports", file(family(), content=content, encoding="base64"))
    assert (refused.status_code, [one["pointer"] for one in refused.json["errors"]]) == (422, ["/content"])


def test_a_workbook_has_the_limits_of_the_page(
    program: Program, file: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "MOST_ROWS", 1)
    many = program.post("/imports", file(family(), **coded(book(family(), family(family_ref="f2"))))).json
    assert [one["code"] for one in many["faults"]] == ["rows_many"]
    fits = program.post("/imports", file(provider(), **coded(b"x" * limits.MOST_BYTES)))
    assert (fits.status_code, [one["code"] for one in fits.json["faults"]]) == (201, ["not_csv"])
    large = program.post("/imports", file(provider(), **coded(b"x" * (limits.MOST_BYTES + 1))))
    assert (large.status_code, large.mimetype) == (413, "application/problem+json")


def test_imports_are_listed_the_newest_first_and_page_by_page(program: Program, file: Any) -> None:
    start, sent = clock.now(), []
    for minutes in range(3):
        with clock.at(start + timedelta(minutes=minutes)):
            sent.append(program.post("/imports", file(family())).json["id"])
    seen, cursor = [], ""
    while cursor is not None:
        page = program.get(f"/imports?limit=2{cursor and '&cursor=' + cursor}").json
        seen += [one["id"] for one in page["items"]]
        cursor = page["next"]
    assert seen == sent[::-1]


def test_a_list_of_imports_tells_where_each_stands(program: Program, file: Any) -> None:
    def listed(status: str) -> list[str]:
        return [one["id"] for one in program.get(f"/imports?status={status}").json["items"]]

    waits, done, gone = (program.post("/imports", file(family())).json for _ in range(3))
    program.post(f"/imports/{done['id']}/commit", {"seen": done["seen"]})
    program.post(f"/imports/{gone['id']}/abandon", None)
    told = {one["id"]: one for one in program.get("/imports").json["items"]}
    assert [told[one["id"]]["status"] for one in (waits, done, gone)] == ["waiting", "done", "abandoned"]
    assert (told[waits["id"]]["counts"], told[done["id"]]["counts"]["made"]) == ({}, 1)
    assert told[done["id"]]["name"] == "mi lista.csv"
    assert "faults" not in told[waits["id"]]
    assert [listed(one) for one in ("waiting", "done", "abandoned", "expired")] == [
        [waits["id"]], [done["id"]], [gone["id"]], [],
    ]
    with clock.at(clock.now() + timedelta(hours=3)):
        assert (listed("waiting"), listed("expired")) == ([], [waits["id"]])
        assert program.get("/imports?status=expired").json["items"][0]["status"] == "expired"
    assert program.get("/imports?status=lost").status_code == 422


def test_a_list_of_imports_is_for_who_imports(works_for: Callable[..., Program]) -> None:
    assert works_for("caseworker").get("/imports").status_code == 403
    assert works_for("supervisor", "write:imports").get("/imports").status_code == 403
    assert works_for("ngo_admin", "read:imports").get("/imports").json == {"items": [], "next": None}
