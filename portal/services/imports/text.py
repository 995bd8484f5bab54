"""The rows of a CSV file: which encoding, which separator."""

from __future__ import annotations

import csv
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Collection, Iterator, Sequence
from io import StringIO

from portal.places import fold
from portal.services.imports.problems import UnreadableError

SEPARATORS = ",;\t"
LARGEST_CELL = 128 * 1024  # characters
MOST_LINES = 200_000  # lines that are looked at, the empty ones among them


def decoded(data: bytes) -> tuple[str, bool]:
    """The text, and whether its encoding was guessed (Windows-1252, of which Latin-1 is the part people use).

    Raises UnreadableError for what is no text.
    """
    try:
        if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
            return _text(data.decode("utf-16")), False
        return _text(data.decode("utf-8-sig")), False
    except UnicodeDecodeError:
        return _text(data.decode("cp1252", "replace")), True


def _text(words: str) -> str:
    if "\0" in words:
        raise UnreadableError("not_text")
    return words


def rows(words: str, headings: Collection[str]) -> Iterator[tuple[int, Sequence[str] | str]]:
    """(line where it begins, cells) or (line, the code of what is wrong with the row); empty lines are left out."""
    csv.field_size_limit(LARGEST_CELL)  # one for the whole process: another reader may have left its own
    reader = csv.reader(StringIO(words, newline=""), delimiter=_separator(words, headings), strict=True)
    line = 1
    while True:
        try:
            cells: Sequence[str] | str = next(reader)
        except StopIteration:
            return
        except csv.Error:
            cells = "not_csv"  # the reader goes on with the next line
        if reader.line_num > MOST_LINES:
            raise UnreadableError("rows_many", line, (("rows", MOST_LINES),))
        if cells:
            yield line, cells
        line = reader.line_num + 1


def _separator(words: str, headings: Collection[str]) -> str:
    """The one that finds most of the headings, which are folded, in the first line that says something."""
    first = next((line for line in words[:100_000].splitlines() if line.strip()), "")

    def found(separator: str) -> int:
        cells = {fold(cell.strip().strip('"')) for cell in first.split(separator)}
        return len(cells & set(headings))

    return max(SEPARATORS, key=found)
