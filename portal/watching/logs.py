"""The log: one line of JSON an event on stdout, or readable lines on a person's own machine.

`get(__name__).warning("score_refused", version=…)` writes a line. Its event is a code and its values are codes,
numbers and ids: `plain.FIELDS` is the list of what may be said. A process calls `configure` once, before anything else.
"""

from __future__ import annotations

import logging
import sys
import threading
from types import TracebackType
from typing import Any, TextIO

import structlog
from structlog.stdlib import BoundLogger, ProcessorFormatter, add_log_level, add_logger_name

from portal.watching import plain

OWN = ("portal", "ayni")
STAMP = structlog.processors.TimeStamper(fmt="iso", utc=True, key="at")
BEFORE = (add_log_level, add_logger_name, plain.at_work, plain.exception, plain.known)


class Stdout(logging.StreamHandler[TextIO]):
    """Writes to what is stdout at the moment, which is not always what it was at the start."""

    def __init__(self) -> None:
        super().__init__(sys.stdout)

    @property
    def stream(self) -> TextIO:
        return sys.stdout

    @stream.setter
    def stream(self, _: TextIO) -> None:
        """It is always stdout."""


def get(name: str) -> Any:
    """The logger of a module."""
    chain = [structlog.stdlib.filter_by_level, *BEFORE, ProcessorFormatter.wrap_for_formatter]
    return structlog.wrap_logger(logging.getLogger(name), processors=chain, wrapper_class=BoundLogger)


def formatter(readable: bool = False) -> ProcessorFormatter:
    """Lines of JSON, or lines for people; of our own loggers and of every library's alike."""
    return ProcessorFormatter(
        foreign_pre_chain=[add_log_level, plain.foreign, plain.at_work],
        processors=[STAMP, plain.exception, ProcessorFormatter.remove_processors_meta, *_last(readable)],
        use_get_message=False, pass_foreign_args=True,
    )


def _last(readable: bool) -> list[Any]:
    if not readable:
        return [structlog.processors.JSONRenderer(sort_keys=False, ensure_ascii=False)]
    return [_unfold, structlog.dev.ConsoleRenderer(colors=False, pad_event_to=16)]


def _unfold(_: Any, __: str, line: plain.Line) -> plain.Line:
    """The errors of a line below it, as people read them."""
    told = [f"{one['kind']}\n    " + "\n    ".join(one["stack"]) for one in line.pop("errors", [])]
    return {**line, "exception": "\n".join(told)} if told else line


def configure(readable: bool = False) -> None:
    """Send everything this process says to stdout: the portal from `info` on, libraries from `warning` on."""
    handler = Stdout()
    handler.setFormatter(formatter(readable))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for name in OWN:
        logging.getLogger(name).setLevel(logging.INFO)
    for name in ("gunicorn.error", "gunicorn.access"):  # they bring a handler of their own
        logging.getLogger(name).handlers[:] = []
        logging.getLogger(name).propagate = True
    sys.excepthook = _uncaught
    threading.excepthook = lambda found: _uncaught(found.exc_type, found.exc_value, found.exc_traceback)


def _uncaught(kind: type[BaseException], error: BaseException | None, _: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    get("portal.process").critical("uncaught", exc_info=error)
