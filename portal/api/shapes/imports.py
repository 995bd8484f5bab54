"""A file on its way in: what it would do, what it did, and what is wrong with it cell by cell."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from portal import clock, wording
from portal.api.shapes.base import LINE, WRITTEN, Flag, Listing, Shape, Text, one_of, page, text
from portal.models import ImportFile
from portal.services.documents import NAME
from portal.services.imports import waiting
from portal.services.imports.columns import KINDS_OF_FILE
from portal.services.imports.plan import Plan
from portal.services.imports.problems import Problem

SEEN = 80  # characters
STATUSES = ("waiting", "done", "abandoned", "expired")


class ImportListing(Listing):
    """Which imports."""

    status = one_of(STATUSES)


class NewImport(Shape):
    """A CSV file as text, or any file (CSV or XLSX, told by what it holds) in base64.

    Nothing is imported before it is committed.
    """

    kind = one_of(tuple(KINDS_OF_FILE), required=True)
    worker = fields.UUID(metadata={"description": "The caseworker who answers for new families; none for providers"})
    name = text(NAME, load_default="", metadata={"description": "Of the file"})
    content = Text(
        required=True, validate=[validate.Length(min=1), validate.Regexp(WRITTEN)],
        metadata={"description": "CSV or, in base64, XLSX: the first sheet, with the columns of the portal's template"},
    )
    encoding = one_of(("text", "base64"), load_default="text", metadata={"description": "Of the content"})


class Commit(Shape):
    """What was seen of the plan; where lines are bad, whether the good ones are enough."""

    seen = Text(required=True, validate=[validate.Length(max=SEEN), validate.Regexp(LINE)])
    only_good = Flag(load_default=False)


class Counts(Schema):
    """Families or providers that are made, changed or left alone; complete: of the made ones; bad: lines left out."""

    made = fields.Integer()
    changed = fields.Integer()
    alone = fields.Integer()
    complete = fields.Integer()
    bad = fields.Integer()


class CellProblem(Schema):
    """A cell, or with an empty column a whole line, that cannot be used or is worth a look."""

    line = fields.Integer(required=True)
    column = fields.String(required=True)
    code = fields.String(required=True)
    text = fields.String(required=True)


class ImportLine(Schema):
    """A file in a list."""

    id = fields.UUID(required=True)
    kind = fields.String(required=True)
    name = fields.String()
    status = fields.String(required=True, metadata={"enum": list(STATUSES)})
    size = fields.Integer(metadata={"description": "bytes"})
    worker = fields.UUID(allow_none=True)
    added_at = fields.DateTime()
    until = fields.DateTime(metadata={"description": "It waits no longer than this"})
    counts = fields.Nested(Counts, required=True, metadata={"description": "In a list: empty until it is imported"})


class ImportShape(ImportLine):
    """A file, and what it would do now or has done."""

    seen = fields.String(allow_none=True, metadata={"description": "What a commit names; null where none is possible"})
    faults = fields.List(fields.Nested(CellProblem), required=True)
    notices = fields.List(fields.Nested(CellProblem), required=True)


ImportPage = page(ImportLine, "ImportPage")


def line(file: ImportFile) -> dict[str, Any]:
    """A file without what it holds."""
    plain = {name: getattr(file, name) for name in ("id", "kind", "name", "size", "added_at", "until", "counts")}
    is_late = file.status == "waiting" and file.until <= clock.now()
    return {**plain, "worker": file.caseworker_id, "status": "expired" if is_late else file.status}


def told(file: ImportFile, plan: Plan | None) -> dict[str, Any]:
    """A file with its plan, while it waits."""
    if plan is None:
        return {**line(file), "seen": None, "faults": [], "notices": []}
    return {
        **line(file), "counts": plan.counts(), "seen": waiting.seal_of(plan),
        "faults": _problems(plan.faults), "notices": _problems(plan.notices),
    }


def _problems(found: tuple[Problem, ...]) -> list[dict[str, Any]]:
    return [
        {"line": one.line, "column": one.column, "code": one.code, "text": wording.problem(one.code, dict(one.values))}
        for one in found
    ]
