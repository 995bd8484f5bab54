"""A file on its way in: what it would do, what it did, and what is wrong with it cell by cell."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from portal import wording
from portal.api.shapes.base import LINE, WRITTEN, Flag, Shape, Text, one_of, text
from portal.models import ImportFile
from portal.services.documents import NAME
from portal.services.imports import waiting
from portal.services.imports.columns import KINDS_OF_FILE
from portal.services.imports.plan import Plan
from portal.services.imports.problems import Problem

SEEN = 80  # characters


class NewImport(Shape):
    """A CSV file as text. Nothing is imported before it is committed."""

    kind = one_of(tuple(KINDS_OF_FILE), required=True)
    worker = fields.UUID(metadata={"description": "The caseworker who answers for new families; none for providers"})
    name = text(NAME, load_default="", metadata={"description": "Of the file"})
    content = Text(
        required=True, validate=[validate.Length(min=1), validate.Regexp(WRITTEN)],
        metadata={"description": "CSV with the columns of the portal's template"},
    )


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


class ImportShape(Schema):
    """A file, and what it would do now or has done."""

    id = fields.UUID(required=True)
    kind = fields.String(required=True)
    name = fields.String()
    status = fields.String(required=True, metadata={"description": "waiting | done | abandoned | expired"})
    size = fields.Integer(metadata={"description": "bytes"})
    worker = fields.UUID(allow_none=True)
    added_at = fields.DateTime()
    until = fields.DateTime(metadata={"description": "It waits no longer than this"})
    counts = fields.Nested(Counts, required=True)
    seen = fields.String(allow_none=True, metadata={"description": "What a commit names; null where none is possible"})
    faults = fields.List(fields.Nested(CellProblem), required=True)
    notices = fields.List(fields.Nested(CellProblem), required=True)


def told(file: ImportFile, plan: Plan | None) -> dict[str, Any]:
    """A file with its plan, while it waits."""
    plain = {name: getattr(file, name) for name in ("id", "kind", "name", "size", "added_at", "until")}
    known = {**plain, "worker": file.caseworker_id}
    if plan is None:
        status = "expired" if file.status == "waiting" else file.status
        return {**known, "status": status, "counts": file.counts, "seen": None, "faults": [], "notices": []}
    return {
        **known, "status": file.status, "counts": plan.counts(), "seen": waiting.seal_of(plan),
        "faults": _problems(plan.faults), "notices": _problems(plan.notices),
    }


def _problems(found: tuple[Problem, ...]) -> list[dict[str, Any]]:
    return [
        {"line": one.line, "column": one.column, "code": one.code, "text": wording.problem(one.code, dict(one.values))}
        for one in found
    ]
