"""Sheets the portal hands out: the templates, and what is wrong with a file. No cell of them is ever a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from io import BytesIO, StringIO

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from portal.services.imports.sheet import escaped

Rows = Iterable[Sequence[object]]
WIDTH = 22  # characters a column shows


def as_csv(rows: Rows) -> bytes:
    """UTF-8 with a byte order mark, by which spreadsheets know it."""
    out = StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows([escaped(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def as_workbook(sheets: dict[str, Rows]) -> bytes:
    """An XLSX file of one sheet or more; the first row of each is its heading. Every cell is text."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for number, row in enumerate(rows, start=1):
            for column, value in enumerate(row, start=1):
                cell = sheet.cell(number, column, escaped(value))
                cell.number_format = "@"
                if number == 1:
                    cell.font, cell.alignment = Font(bold=True), Alignment(wrap_text=True, vertical="top")
                    sheet.column_dimensions[get_column_letter(column)].width = WIDTH
        sheet.freeze_panes = "A2"
    out = BytesIO()
    book.save(out)
    return out.getvalue()
