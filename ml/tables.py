"""CSV in and out. A bad row is reported and left out; a file that is no table is refused; nothing is half-written."""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from ml.schema import Column, read_row

LARGEST_CELL = 64 * 1024 * 1024  # characters; longer ones are reported by the column that holds them
UNREADABLE = re.compile(r"[\x00\ud800-\udfff]")  # NUL, and bytes that are no UTF-8
Report = Callable[[str], None]
Row = dict[str, Any]


class TableError(Exception):
    """The file cannot be read as a table; the message is one line that says why."""


def read(path: Path, columns: Mapping[str, Column], keys: Sequence[str], report: Report) -> tuple[list[Row], int]:
    """The good rows, each with its `_line`, and how many were bad; as `each` otherwise."""
    rows = list(each(path, columns, keys, report))
    good = [row for row in rows if row is not None]
    return good, len(rows) - len(good)


def each(
    path: Path, columns: Mapping[str, Column], keys: Sequence[str], report: Report
) -> Iterator[Row | None]:
    """The rows one by one, each with its `_line`, None for a bad one. `keys` together are unique.

    Each fault is reported as `FILE:LINE column: what is wrong`. Raises TableError when the file is no such table.
    """
    seen: dict[tuple[Any, ...], int] = {}
    for line, cells in _lines(path, columns):
        values, wrong = ({}, [("row", cells)]) if isinstance(cells, str) else read_row(columns, cells)
        key = tuple(values.get(name) for name in keys)
        if not wrong and key in seen:
            wrong = [(keys[-1], f"the same as in line {seen[key]}")]
        for name, problem in wrong:
            report(f"{path.name}:{line} {name}: {problem}")
        if not wrong:
            seen[key] = line
        yield None if wrong else {**values, "_line": line}


def _lines(path: Path, columns: Mapping[str, Column]) -> Iterator[tuple[int, dict[str, str] | str]]:
    """(line, cells by column), or (line, what is wrong with the row)."""
    try:
        with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
            csv.field_size_limit(LARGEST_CELL)
            reader = csv.reader(file, strict=True)
            header = _header(path, reader, columns)
            line = reader.line_num + 1
            for cells in _cells(reader):
                if cells != []:  # an empty line is no row
                    yield line, _named(header, cells)
                line = reader.line_num + 1
    except OSError as error:
        raise TableError(f"{path.name}: cannot be read: {error.strerror}") from None


def _header(path: Path, reader: Iterator[list[str]], columns: Mapping[str, Column]) -> list[str]:
    try:
        header = [name.strip() for name in next(reader, [])]
    except csv.Error as error:
        raise TableError(f"{path.name}:1 row: not CSV: {error}") from None
    lacking = [name for name in columns if name not in header]
    if lacking:
        raise TableError(f"{path.name}:1 {lacking[0]}: the first line lacks the columns {', '.join(lacking)}")
    twice = [name for name in columns if header.count(name) > 1]
    if twice:
        raise TableError(f"{path.name}:1 {twice[0]}: the first line names it twice")
    return header


def _cells(reader: Iterator[list[str]]) -> Iterator[list[str] | str]:
    while True:
        try:
            yield next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield f"not CSV: {error}"  # the reader goes on with the next line


def _named(header: list[str], cells: list[str] | str) -> dict[str, str] | str:
    if isinstance(cells, str):
        return cells
    if len(cells) != len(header):
        return f"{len(cells)} cells; {len(header)} like the first line are expected"
    unreadable = [name for name, cell in zip(header, cells, strict=True) if UNREADABLE.search(cell)]
    if unreadable:
        return f"{unreadable[0]} holds a NUL or bytes that are not UTF-8"
    return dict(zip(header, cells, strict=True))


@contextmanager
def whole(path: Path, binary: bool = False) -> Iterator[IO[Any]]:
    """Write beside the file and put it in place at the end: either all of it is there, or what was there before."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with beside.open("wb") if binary else beside.open("w", encoding="utf-8", newline="") as file:
            yield file
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def write(path: Path, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """A CSV file, whole or not at all."""
    with whole(path) as file:
        write_to(file, header, rows)


def write_to(file: IO[str], header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Header and rows into an open file."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
