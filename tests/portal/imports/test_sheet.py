"""What is read as a table, and what any bytes at all do to the reader."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Iterable
from datetime import date
from io import BytesIO, StringIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from ml import schema
from portal.services.imports import columns, handed_out, sheet
from portal.services.imports.problems import UnreadableError
from portal.services.imports.sheet import Sheet
from portal.services.imports.spoken import Spoken

NAMES = ("family_ref", "story", "ubigeo")


def called(names: Iterable[str]) -> Spoken:
    """Columns that are called as they are."""
    own = {name: name for name in names}
    return Spoken("families", own, own, {}, {})


KNOWN = called(NAMES)
HEAD = "family_ref,story,ubigeo\n"


def cells(data: bytes) -> list[dict[str, str]]:
    return [one.cells for one in sheet.read(data, KNOWN).lines]


def refused(data: bytes) -> str:
    with pytest.raises(UnreadableError) as caught:
        sheet.read(data, KNOWN)
    return caught.value.problem.code


def book(*rows: list[object]) -> bytes:
    made, out = Workbook(), BytesIO()
    for row in rows:
        made.worksheets[0].append(row)
    made.save(out)
    return out.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "latin-1", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_spanish_is_read_whatever_wrote_it(encoding: str, separator: str) -> None:
    text = separator.join(NAMES) + "\r\n" + separator.join(["ñ1", "Mañana, niña", "150132"]).replace(
        "Mañana, niña", '"Mañana, niña; sí"') + "\r\n"
    found = sheet.read(text.encode(encoding), KNOWN)
    assert found.lines[0].cells == {"family_ref": "ñ1", "story": "Mañana, niña; sí", "ubigeo": "150132"}
    assert bool(found.notices) is (encoding in {"cp1252", "latin-1"})


def test_lines_are_counted_as_an_editor_does() -> None:
    found = sheet.read((HEAD + 'a,"uno\ndos",1\n\n# una nota\nb,x,2\n').encode(), KNOWN)
    assert [one.number for one in found.lines] == [2, 6]


def test_a_workbook_is_read_like_a_text() -> None:
    data = book(list(NAMES), ["f1", date(2026, 11, 23), 150132], [None, None, None], [2.5, True, ""])
    found = sheet.read(data, KNOWN)
    assert [one.cells for one in found.lines] == [
        {"family_ref": "f1", "story": "2026-11-23", "ubigeo": "150132"}, {"family_ref": "2.5", "story": "yes"},
    ]
    assert [one.number for one in found.lines] == [2, 4]


WHOLE = book(list(NAMES), ["f1", "x", 150132])


@pytest.mark.parametrize(("data", "code"), [
    (b"", "file_empty"), (b" \n ", "file_empty"), (b"\xd0\xcf\x11\xe0rest", "old_excel"), (b"a\0b", "not_text"),
    (b"PK\x03\x04rest", "not_workbook"), (b"a,b\n1,2\n", "header_unknown"), (HEAD.encode(), "rows_none"),
    (b"family_ref,family_ref\nx,y\n", "column_twice"), (b"story" + b",x" * 200 + b"\n", "columns_many"),
    (b"x" * (sheet.MOST_BYTES + 1), "file_large"), (HEAD.encode() + b"a,b,c\n" * 5_001, "rows_many"),
    (b"\n" * 300_000 + HEAD.encode(), "rows_many"),
])
def test_what_is_no_such_table_is_refused_with_a_reason(data: bytes, code: str) -> None:
    assert refused(data) == code


@pytest.mark.parametrize(("line", "code"), [
    ('"a"b,c,d', "not_csv"), ("a,b,c,d", "cells_many"), ("a\x07,b,c", "signs_unreadable"),
    ("a\ufffd,b,c", "signs_unreadable"),
])
def test_a_row_that_is_none_is_told_and_the_others_are_read(line: str, code: str) -> None:
    found = sheet.read(f"{HEAD}{line}\ngood,b,c\n".encode(), KNOWN)
    assert [(one.line, one.code) for one in found.faults] == [(2, code)]
    assert [one.cells["family_ref"] for one in found.lines] == ["good"]


def packed(parts: dict[str, bytes]) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


def with_sheet(xml: bytes) -> bytes:
    """A workbook whose first sheet is this."""
    with zipfile.ZipFile(BytesIO(book(["family_ref"]))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    return packed({**parts, "xl/worksheets/sheet1.xml": xml})


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    data = with_sheet(b"0" * (33 * 1024 * 1024))
    assert len(data) < 200_000
    assert refused(data) == "workbook_large"
    assert refused(packed({f"{n}": b"" for n in range(600)})) == "workbook_large"


def test_entities_are_not_expanded() -> None:
    laughs = b'<!DOCTYPE x [<!ENTITY a "ha">]><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    rows = b'<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>&a;</t></is></c></row></sheetData></worksheet>'
    assert refused(with_sheet(laughs + rows)) == "not_workbook"


def test_a_row_that_says_it_is_the_last_of_all_costs_nothing() -> None:
    space = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    far = b'<row r="1"><c r="A1" t="inlineStr"><is><t>family_ref</t></is></c></row><row r="99999999999"/></sheetData>'
    assert refused(with_sheet(space + far + b"</worksheet>")) == "rows_many"


WHOLE_FAMILY = called(columns.FAMILY)


def read_or_refused(data: bytes) -> Sheet | str:
    """The table, or the code of why it is none; any other error is a fault of the reader."""
    try:
        return sheet.read(data, WHOLE_FAMILY)
    except UnreadableError as error:
        return error.problem.code


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=3_000))
def test_any_bytes_are_a_table_or_refused(data: bytes) -> None:
    assert read_or_refused(data) is not None


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=400), st.integers(0, 4_000))
def test_a_workbook_with_a_wound_is_read_or_refused(wound: bytes, place: int) -> None:
    assert read_or_refused(WHOLE[:place] + wound + WHOLE[place + len(wound):]) is not None


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(st.text(st.characters(codec="utf-8"), max_size=12), min_size=3, max_size=3), max_size=5))
def test_any_cells_under_the_right_titles_are_lines_or_faults(rows: list[list[str]]) -> None:
    out = StringIO(newline="")
    csv.writer(out).writerows([list(columns.FAMILY)[:3], *rows])
    found = read_or_refused(out.getvalue().encode())
    if isinstance(found, str):
        assert found in {"rows_none", "not_text"}
        return
    for line in found.lines:
        assert columns.read(line, WHOLE_FAMILY).line == line.number


def test_ten_megabytes_are_read() -> None:
    story = "a" * 9_900
    data = (HEAD + "".join(f"f{n},{story},150132\n" for n in range(1_000))).encode()
    assert 9_000_000 < len(data) <= sheet.MOST_BYTES
    assert len(sheet.read(data, KNOWN).lines) == 1_000


RUN = ["=1+1", "+51987654321", "-2", "@x", " =1", "\t=1", "\uff1d1", "-- hola"]


@pytest.mark.parametrize("cell", RUN)
def test_no_cell_that_is_handed_out_is_a_formula(cell: str) -> None:
    rows = [["título", cell]]
    written = next(csv.reader(StringIO(handed_out.as_csv(rows).decode("utf-8-sig"), newline="")))
    assert written[1] == f"'{cell}"
    kept = load_workbook(BytesIO(handed_out.as_workbook({"datos": rows}))).worksheets[0]["B1"]
    assert (kept.value, kept.data_type) == (f"'{cell}", "s")
    assert cells(f"{HEAD}{written[1]},x,y\n".encode())[0]["family_ref"] == cell.strip()


@pytest.mark.parametrize("cell", ["Rosa", "12", "", None, "a=b", "O'Higgins"])
def test_what_is_no_formula_is_written_as_it_is(cell: str | None) -> None:
    assert sheet.escaped(cell) == (cell or "")


def test_the_columns_are_those_of_the_matchers_files() -> None:
    extra = {"consent_sharing", "consent_date", "consent_text_version"}
    assert [name for name in columns.FAMILY if name not in extra] == list(schema.FAMILIES)
    assert list(columns.PROVIDER) == list(schema.PROVIDERS)
