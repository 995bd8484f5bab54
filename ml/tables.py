"""CSV in and out. A bad row is reported and left out; a file that is no table is refused; nothing is half-written."""

from __future__ import annotations

import csv
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from ml.schema import Column, read_row

csv.field_size_limit(64 * 1024 * 1024)
Report = Callable[[str], None]
Row = dict[str, Any]


class TableError(Exception):
    """The file cannot be read as a table; the message is one line that says why."""


def read(path: Path, columns: dict[str, Column], keys: Sequence[str], report: Report) -> tuple[list[Row], int]:
    """The good rows, each with its `_line`, and how many were bad. `keys` together are unique.

    Each fault is reported as `FILE:LINE column: what is wrong`. Raises TableError when the file is no such table.
    """
    rows: list[Row] = []
    seen: dict[tuple[Any, ...], int] = {}
    bad = 0
    for line, cells in _cells(path, columns):
        values, wrong = read_row(columns, cells)
        key = tuple(values.get(name) for name in keys)
        if not wrong and key in seen:
            wrong = [(keys[-1], f"the same as in line {seen[key]}")]
        for name, problem in wrong:
            report(f"{path.name}:{line} {name}: {problem}")
        if wrong:
            bad += 1
            continue
        seen[key] = line
        rows.append({**values, "_line": line})
    return rows, bad


def _cells(path: Path, columns: dict[str, Column]) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader((line.replace("\x00", " ") for line in file), strict=True)
            lacking = [name for name in columns if name not in (reader.fieldnames or [])]
            if lacking:
                raise TableError(f"{path.name}: the first line lacks the columns {', '.join(lacking)}")
            line = reader.line_num + 1
            for cells in reader:
                yield line, {name: value for name, value in cells.items() if isinstance(value, str)}
                line = reader.line_num + 1
    except UnicodeDecodeError as error:
        raise TableError(f"{path.name}: not UTF-8 (byte {error.start}); save it as CSV UTF-8") from None
    except csv.Error as error:
        raise TableError(f"{path.name}: not a CSV file: {error}") from None
    except OSError as error:
        raise TableError(f"{path.name}: cannot be read: {error.strerror}") from None


@contextmanager
def whole(path: Path, binary: bool = False) -> Iterator[IO[Any]]:
    """Write beside the file and put it in place at the end: either all of it is there, or what was there before."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") if binary else os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            yield file
        os.chmod(name, 0o666 & ~_umask())
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def write(path: Path, header: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> None:
    """A CSV file, whole or not at all."""
    with whole(path) as file:
        writer = csv.DictWriter(file, fieldnames=list(header), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
