"""What may stand in a line of the log, and what is taken out of it before it is written.

A line of our own holds the names of `FIELDS` alone. A line of a library holds its template without the values that
belong into it, since a value may be an address, a statement or what somebody typed; a text that was put together
before it came here cannot be told from its values and is left out, but for the libraries that run the processes.
An error is its kind and where it arose, for each error behind it too, without its text.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from logging import LogRecord
from pathlib import Path
from typing import Any

from portal.config import ROOT
from portal.watching import work

Line = dict[str, Any]
FIELDS = frozenset({
    "event", "level", "logger", "at", "request", "tenant", "person", "job", "route", "method", "status", "seconds",
    "statements", "outcome", "attempt", "errors", "place", "part", "version", "file", "count", "head",
})
RUNNERS = ("gunicorn", "huey", "celery", "alembic")  # their finished texts name processes, signals and migrations
WITHHELD = "(text withheld)"
DEEPEST = 40  # frames of one error that are kept: the innermost
MOST = 8  # errors behind an error


def errors(error: BaseException | None) -> list[Line]:
    """The error and those behind it, the outermost first: kind, and `file:line function` of each frame."""
    return [{"kind": _kind(one), "stack": _stack(one)} for one in _chain(error)]


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen and len(seen) < MOST:
        seen.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _kind(error: BaseException) -> str:
    kind = type(error)
    return kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"


def _stack(error: BaseException) -> list[str]:
    frames = traceback.extract_tb(error.__traceback__)[-DEEPEST:]
    return [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames]


def _short(name: str) -> str:
    """A file of the portal from its folder on, one of a library from its package on."""
    path = Path(name)
    if "site-packages" in path.parts:
        return "/".join(path.parts[path.parts.index("site-packages") + 1:])
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else path.name


def exception(_: Any, __: str, line: Line) -> Line:
    """The error of a line, told without its text."""
    found = line.pop("exc_info", None)
    error = found[1] if isinstance(found, tuple) else found
    line.pop("stack_info", None)
    return {**line, "errors": errors(error)} if isinstance(error, BaseException) else line


def at_work(_: Any, __: str, line: Line) -> Line:
    """Whose request or job the line belongs to."""
    now = work.current()
    return {**(now.told() if now else {}), **line}


def known(_: Any, __: str, line: Line) -> Line:
    """Only the fields there are; a name nobody has thought about is not written."""
    return {name: value for name, value in line.items() if name in FIELDS or name.startswith("_")}


def foreign(_: Any, __: str, line: Line) -> Line:
    """A library's line: the template without its values, and where it was written."""
    record: LogRecord = line["_record"]
    values = line.pop("positional_args", None)
    told = _template(record, bool(values))
    return {**line, "event": told, "logger": record.name, "place": f"{record.module}:{record.lineno}"}


def _template(record: LogRecord, has_values: bool) -> str:
    trusted = has_values or record.name.partition(".")[0] in RUNNERS
    return record.msg if trusted and isinstance(record.msg, str) else WITHHELD
