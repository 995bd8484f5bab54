"""A file's bytes as a table: lines of cells by the column that their heading names. No row is understood here.

CSV (UTF-8 with or without a byte order mark, UTF-16 with one, else Windows-1252; commas, semicolons or tabs) or XLSX.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from portal.services.imports import text, workbook
from portal.services.imports.problems import Problem, UnreadableError
from portal.services.imports.spoken import Spoken

MOST_BYTES = 10 * 1024 * 1024
MOST_ROWS = 5_000
MOST_COLUMNS = 200
ARCHIVE, OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
DOCUMENTS = (b"%pdf-", b"{\\rtf", b"<!doctype", b"<html", b"<?xml")  # text, and no table
BLANK = b"\xef\xbb\xbf \t\r\n"
NO_TABLE = frozenset({"file_empty", "old_excel", "not_text", "not_workbook", "workbook_large"})
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")  # what a spreadsheet runs
REPLACED = "\ufffd"  # stands for a byte that means nothing
Cells = Sequence[str] | str  # the cells of a row, or the code of what is wrong with it


@dataclass(frozen=True)
class Line:
    """A row: where it stands, and its cells by column. A cell left empty is not among them."""

    number: int
    cells: dict[str, str]


@dataclass(frozen=True)
class Sheet:
    """The rows that are rows, what is wrong with the others, and what is worth a notice."""

    lines: tuple[Line, ...]
    faults: tuple[Problem, ...] = ()
    notices: tuple[Problem, ...] = ()
    titles: Mapping[str, str] = field(default_factory=dict)  # column → its heading, as the file has it


def read(data: bytes, spoken: Spoken, most_rows: int = MOST_ROWS) -> Sheet:
    """The table of a file with these columns. Raises UnreadableError for what is no such table."""
    rows, is_guessed = _opened(data, spoken.headings)
    found = _sheet(rows, spoken, most_rows)
    return replace(found, notices=(Problem(1, "", "read_as_windows"), *found.notices)) if is_guessed else found


def refuse_other(data: bytes) -> None:
    """Raise UnreadableError for what is no table at all; what is wrong within a table is for `read` to tell."""
    try:
        _header(_opened(data, ())[0])
    except UnreadableError as error:
        if error.problem.code in NO_TABLE:
            raise


def _opened(data: bytes, headings: Collection[str]) -> tuple[Iterator[tuple[int, Cells]], bool]:
    """The rows, and whether their encoding was guessed."""
    if not data.strip():
        raise UnreadableError("file_empty")
    if len(data) > MOST_BYTES:
        raise UnreadableError("file_large", values=(("megabytes", MOST_BYTES >> 20),))
    if data.startswith(OLD_EXCEL):
        raise UnreadableError("old_excel")
    if data.startswith(ARCHIVE):
        return workbook.rows(data), False
    if data[:1_000].lstrip(BLANK).lower().startswith(DOCUMENTS):
        raise UnreadableError("not_text")
    words, is_guessed = text.decoded(data)
    return text.rows(words, headings), is_guessed


def _sheet(rows: Iterator[tuple[int, Cells]], spoken: Spoken, most_rows: int) -> Sheet:
    number, written = _header(rows)
    header = [spoken.column(heading) for heading in written]
    _check_header(header, spoken, number)
    unknown = [name for name in header if name and name not in spoken.titles]
    found = [Problem(number, "", "columns_unknown", (("columns", ", ".join(unknown)[:300]),))] if unknown else []
    lines: list[Line] = []
    faults: list[Problem] = []
    for number, cells in rows:
        if len(lines) + len(faults) >= most_rows:
            raise UnreadableError("rows_many", number, (("rows", most_rows),))
        _take(number, cells, header, (lines, faults))
    if not lines and not faults:
        raise UnreadableError("rows_none")
    wanted = set(spoken.titles)
    kept = (Line(one.number, {name: cell for name, cell in one.cells.items() if name in wanted}) for one in lines)
    titles = {name: heading for name, heading in zip(header, written, strict=True) if name in wanted}
    return Sheet(tuple(kept), tuple(faults), tuple(found), titles)


def _header(rows: Iterator[tuple[int, Cells]]) -> tuple[int, list[str]]:
    for number, cells in rows:
        if isinstance(cells, str):
            raise UnreadableError(cells, number)
        if len(cells) > MOST_COLUMNS:
            raise UnreadableError("columns_many", number, (("columns", MOST_COLUMNS),))
        if any(cells):
            return number, [" ".join(cell.split()) for cell in cells]
    raise UnreadableError("file_empty")


def _check_header(header: list[str], spoken: Spoken, number: int) -> None:
    """A file of something else is told by its first line, and not a thousand times below it."""
    if not set(header) & set(spoken.titles):
        raise UnreadableError("header_unknown", number, (("columns", "; ".join(map(str, spoken.titles.values()))),))
    twice = next((name for name in spoken.titles if header.count(name) > 1), None)
    if twice:
        raise UnreadableError("column_twice", number, (("column", str(spoken.titles[twice])),))


def _take(number: int, cells: Cells, header: list[str], into: tuple[list[Line], list[Problem]]) -> None:
    """One row: a line, a fault, or nothing where it is empty or a note."""
    lines, faults = into
    if isinstance(cells, str):
        faults.append(Problem(number, "", cells))
    elif not any(cell.strip() for cell in cells) or cells[0].lstrip().startswith("#"):
        return
    elif len(cells) > len(header) and any(cell.strip() for cell in cells[len(header):]):
        faults.append(Problem(number, "", "cells_many", (("cells", len(cells)), ("columns", len(header)))))
    elif bad := next((name for name, cell in zip(header, cells, strict=False) if not is_plain(cell)), None):
        faults.append(Problem(number, bad[:80], "signs_unreadable"))
    else:
        named = ((name, unescaped(cell)) for name, cell in zip(header, cells, strict=False))
        lines.append(Line(number, {name: cell for name, cell in named if name and cell}))


def is_plain(cell: str) -> bool:
    """Is there no sign in it that nobody typed: a NUL, a control character, half of a pair, a byte that is no sign?"""
    if cell.isprintable():
        return REPLACED not in cell
    return not any(unicodedata.category(sign) in {"Cc", "Cs"} and sign not in "\t\n\r" for sign in cell)


def escaped(cell: object) -> str:
    """A cell as it is written to a sheet: what a spreadsheet would run as a formula begins with an apostrophe."""
    words = "" if cell is None else str(cell)
    return f"'{words}" if words.startswith(FORMULA) or words.lstrip().startswith(FORMULA) else words


def unescaped(cell: str) -> str:
    """The cell again, without what surrounds it."""
    words = cell.strip()
    return words[1:].strip() if words.startswith("'") and words[1:].lstrip().startswith(FORMULA) else words
