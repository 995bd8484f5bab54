"""A file between its upload and its import: sealed in the NGO's own table, and gone when that is over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from portal import clock
from portal.errors import ConflictError, InvalidInputError, NotFoundError, Refusal, TooLargeError
from portal.extensions import db
from portal.models import ImportFile
from portal.policy import Actor, Permission, require
from portal.queries import imports as known
from portal.services import imports
from portal.services.documents import Upload, tidy
from portal.services.imports import sheet
from portal.services.imports.columns import FAMILIES, KINDS_OF_FILE
from portal.services.imports.plan import Plan
from portal.services.imports.problems import UnreadableError
from portal.services.imports.sheet import MOST_BYTES
from portal.services.imports.spoken import Spoken

WAITS = timedelta(hours=2)
MOST_ROWS = 1_000  # in a request: while they are written nobody else writes to the embedded database


@dataclass(frozen=True)
class Answer:
    """What a person says to a plan: which one they saw, and whether its good lines are enough."""

    seen: str
    only_good: bool = False


def leave(actor: Actor, kind: str, upload: Upload, worker: UUID | None) -> ImportFile:
    """Keep a file until it is confirmed. Raises InvalidInputError by field, or for what is no table; TooLargeError."""
    require(actor, Permission.DATA_IMPORT)
    if kind not in KINDS_OF_FILE:
        raise InvalidInputError("choice_missing", {"kind": ["choice_missing"]})
    if len(upload.data) > MOST_BYTES:
        raise TooLargeError("file_too_large")
    try:
        sheet.refuse_other(upload.data)
    except UnreadableError as error:
        code = error.problem.code
        raise InvalidInputError(code, {"file": [code]}) from None
    file = ImportFile(
        kind=kind, caseworker_id=_worker(kind, worker), added_by_id=actor.id, added_at=clock.now(),
        until=clock.now() + WAITS,
    )
    file.name = tidy(upload.name) or kind
    file.keep(upload.data)
    db.session.add(file)
    db.session.flush()
    return file


def _worker(kind: str, worker: UUID | None) -> UUID | None:
    """Who answers for the families: a caseworker who works here."""
    if kind != FAMILIES:
        return None
    if worker not in {one.id for one in known.workers()}:
        raise InvalidInputError("worker_missing", {"worker": ["worker_missing"]})
    return worker


def is_waiting(file: ImportFile) -> bool:
    """May it still be confirmed? What it holds is not asked: it goes with the status, and a list has not read it."""
    return file.status == "waiting" and file.until > clock.now()


def plan(actor: Actor, file: ImportFile, spoken: Callable[[str], Spoken]) -> Plan:
    """What the file would do now; `spoken`: its kind in people's words. Raises NotFoundError when it waits no more."""
    if not is_waiting(file):
        raise NotFoundError
    return imports.examine(actor, spoken(file.kind), file.data(), MOST_ROWS)


def confirm(actor: Actor, file: ImportFile, spoken: Callable[[str], Spoken], answer: Answer) -> dict[str, int]:
    """Do what the person saw, and let the file go. Raises ConflictError when it would now do something else."""
    found = plan(actor, file, spoken)
    if answer.seen != seal_of(found):
        raise ConflictError("import_moved_on", [Refusal("import_moved_on")])
    file.counts = imports.carry_out(actor, found, file.caseworker_id, answer.only_good)
    _end(file, "done")
    return file.counts


def abandon(actor: Actor, file: ImportFile) -> None:
    """Let the file go without importing it."""
    require(actor, Permission.DATA_IMPORT)
    if file.status == "waiting":
        _end(file, "abandoned")


def expire_due() -> int:
    """Let every file go whose time is over. Returns how many; twice changes nothing."""
    due = select(ImportFile).where(ImportFile.status == "waiting", ImportFile.until <= clock.now())
    rows = list(db.session.scalars(due))
    for file in rows:
        _end(file, "expired")
    return len(rows)


def seal_of(found: Plan) -> str:
    """What a person saw of a plan, in a few signs: a plan that counts otherwise is another one."""
    return "-".join(f"{count}" for count in found.counts().values())


def _end(file: ImportFile, status: str) -> None:
    file.status, file.content = status, None
