"""A moment of a database, whichever kind it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from portal.backups.archive import Member
from portal.backups.facts import Facts


@dataclass(frozen=True)
class Snapshot:
    """Everything committed up to one moment. `members` gives it as files, while the snapshot lasts."""

    kind: str
    revision: str
    tables: dict[str, list[str]]  # table → columns, each table after those it refers to
    facts: Facts
    members: Callable[[], Iterator[Member]]
