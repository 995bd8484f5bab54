"""The rows of an XLSX file's first sheet, read with limits on what it unpacks to; its XML is read defused."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from datetime import datetime
from io import BytesIO
from zipfile import BadZipFile, ZipFile

import openpyxl

from portal.errors import UnavailableError
from portal.services.imports.problems import UnreadableError

MOST_UNPACKED = 32 * 1024 * 1024  # bytes
MOST_PARTS = 500  # files in the archive
MOST_COLUMNS = 200
MOST_LINES = 20_000  # lines that are looked at, the empty ones among them


def rows(data: bytes) -> Iterator[tuple[int, Sequence[str]]]:
    """(line, cells). Raises UnreadableError for what is no workbook, or one that unpacks to too much."""
    if not openpyxl.DEFUSEDXML:
        raise UnavailableError("defusedxml")
    _check_archive(data)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of parts of a workbook that are not read here
            return iter(list(_rows(data)))  # read whole, so that the warnings are quiet here and nowhere else
    except UnreadableError:
        raise
    except Exception:  # a foreign parser on foreign bytes: whatever it stumbles over, the file is at fault
        raise UnreadableError("not_workbook") from None


def _check_archive(data: bytes) -> None:
    try:
        with ZipFile(BytesIO(data)) as archive:
            parts = archive.infolist()
    except (BadZipFile, ValueError, NotImplementedError, EOFError, OSError):
        raise UnreadableError("not_workbook") from None
    # A part never unpacks to more than it declares: the reader stops there.
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise UnreadableError("workbook_large")


def _rows(data: bytes) -> Iterator[tuple[int, Sequence[str]]]:
    book = openpyxl.load_workbook(BytesIO(data), read_only=True, data_only=True, keep_links=False)
    try:
        if not book.worksheets:
            raise UnreadableError("not_workbook")
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what it says of its own size is not believed
        for number, cells in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS + 1, values_only=True), start=1):
            if number > MOST_LINES:
                raise UnreadableError("rows_many", number, (("rows", MOST_LINES),))
            found = [_words(cell) for cell in cells]
            while found and not found[-1]:
                found.pop()
            if found:
                yield number, found
    finally:
        book.close()


def _words(cell: object) -> str:
    """A cell's value as it would stand in a CSV file."""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        return f"{cell:.10f}".rstrip("0").rstrip(".")
    day = cell.date() if isinstance(cell, datetime) else cell
    return "" if day is None else str(day)
