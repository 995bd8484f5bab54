"""What is at work in this thread: one request or one job, and what a line of the log may say of it.

The number of a request comes from the proxy in front where it sends a well-formed one, and goes on to the jobs the
request leaves behind, so that one number finds all lines about one click.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from sqlalchemy import Engine, event

# As nginx (`$request_id`) and most proxies write it. Shorter ones are not taken: a DNI or a phone would fit in.
_FOREIGN = re.compile(r"[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass
class Work:
    """One request or job. `tenant` and `person` are ids, "" where there is none."""

    request: str
    tenant: str = ""
    person: str = ""
    route: str = ""
    event: str = ""
    statements: int = 0

    def told(self) -> dict[str, str]:
        """What every line says of it."""
        known = {"request": self.request, "tenant": self.tenant, "person": self.person, "job": self.event}
        return {name: value for name, value in known.items() if value}


_work: ContextVar[Work | None] = ContextVar("work", default=None)


def number(offered: str = "") -> str:
    """The number offered, if it is one; else twelve new hexadecimal digits."""
    return offered if _FOREIGN.fullmatch(offered) else uuid4().hex[:12]


def current() -> Work | None:
    """What is at work here, or None."""
    return _work.get()


def request_number() -> str:
    """The number of what is at work, "" outside any request or job."""
    work = _work.get()
    return work.request if work else ""


def acting(tenant: object = "", person: object = "") -> None:
    """Say for whom it works, once that is known."""
    work = _work.get()
    if work is not None:
        work.tenant, work.person = str(tenant or ""), str(person or "")


@contextmanager
def working(work: Work) -> Iterator[Work]:
    """Lines and statements inside belong to this work."""
    token = _work.set(work)
    try:
        yield work
    finally:
        _work.reset(token)


def _count(*_: Any) -> None:
    work = _work.get()
    if work is not None:
        work.statements += 1


def init_app(_: Any) -> None:
    """Count the statements of every engine. Listening twice is harmless."""
    if not event.contains(Engine, "before_cursor_execute", _count):
        event.listen(Engine, "before_cursor_execute", _count)
