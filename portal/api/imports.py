"""Imports: a file is sent, looked at, and then committed or abandoned, as on the screen."""

from __future__ import annotations

import base64
from typing import Any
from uuid import UUID

from flask import g, url_for
from flask_babel import lazy_gettext as _l

from portal import audit, wording
from portal.api import paging, repeats
from portal.api.interface import Needs, Resource
from portal.api.shapes import imports as shapes
from portal.errors import InvalidInputError
from portal.forms.columns import spoken
from portal.models import ImportFile
from portal.policy import Permission
from portal.queries import programs
from portal.services.documents import Upload
from portal.services.imports import waiting
from portal.views.base import load

resource = Resource("api-imports", __name__, url_prefix="/api/v1/imports", description=_l("Importaciones"))
ONE = "/<uuid:import_id>"
READ = Needs(Permission.DATA_IMPORT, "read:imports")
WRITE = Needs(Permission.DATA_IMPORT, "write:imports")
BEYOND = (paging.instant, UUID)
Told = dict[str, Any]


@resource.at("", READ, _l("Las importaciones, la más nueva primero"))
@resource.arguments(shapes.ImportListing, location="query")
@resource.response(200, shapes.ImportPage)
def listed(asked: dict[str, Any]) -> Told:
    """Those of the NGO, without what the files hold."""
    found = programs.imports(asked, paging.key(asked.get("cursor"), BEYOND), asked["limit"])
    return {"items": [shapes.line(one) for one in found.rows], "next": paging.word(found.after)}


@resource.at("", WRITE, _l("Enviar un archivo CSV o XLSX y ver qué haría"), "POST")
@repeats.once
@resource.arguments(shapes.NewImport)
@resource.tells(shapes.ImportShape, 201)
def leave(given: dict[str, Any]) -> tuple[Told, dict[str, str]]:
    """Nothing is imported yet. The file waits sealed, for two hours at most. What is no table is not kept."""
    upload = Upload(_bytes(given), given["name"])
    try:
        file = waiting.leave(g.actor, given["kind"], upload, given.get("worker"))
    except InvalidInputError as error:  # what a form sends as a file is here the content
        fields = {"content" if name == "file" else name: codes for name, codes in error.fields.items()}
        raise InvalidInputError(str(error), fields) from None
    plan = waiting.plan(g.actor, file, spoken)
    return shapes.told(file, plan), {"Location": url_for("api-imports.one", import_id=file.id)}


@resource.at(ONE, READ, _l("Qué haría o qué hizo un archivo, fila por fila"))
@resource.tells(shapes.ImportShape)
def one(import_id: UUID) -> Told:
    """While it waits: what it would do now, with everything that is wrong with it."""
    return _told(load(ImportFile, import_id, Permission.DATA_IMPORT))


@resource.at(f"{ONE}/commit", WRITE, _l("Importar lo que se vio"), "POST")
@repeats.once
@resource.arguments(shapes.Commit)
@resource.tells(shapes.ImportShape)
def commit(given: dict[str, Any], import_id: UUID) -> Told:
    """Refused when it would now do something else than was seen, and when lines are bad unless the good ones do."""
    file = load(ImportFile, import_id, Permission.DATA_IMPORT)
    waiting.confirm(g.actor, file, spoken, waiting.Answer(given["seen"], given["only_good"]))
    audit.record("import", file, reason=wording.told(file.kind, file.counts))
    return _told(file)


@resource.at(f"{ONE}/abandon", WRITE, _l("Dejar un archivo sin importarlo"), "POST")
@repeats.once
@resource.tells(shapes.ImportShape)
def abandon(import_id: UUID) -> Told:
    """The file is gone; what was imported stays."""
    file = load(ImportFile, import_id, Permission.DATA_IMPORT)
    waiting.abandon(g.actor, file)
    return _told(file)


def _bytes(given: dict[str, Any]) -> bytes:
    """The file. Raises InvalidInputError for what is no base64."""
    if given["encoding"] == "text":
        return given["content"].encode()
    try:
        found = base64.b64decode("".join(given["content"].split()), validate=True)
    except ValueError:
        raise InvalidInputError("base64_format", {"content": ["base64_format"]}) from None
    return found


def _told(file: ImportFile) -> Told:
    return shapes.told(file, waiting.plan(g.actor, file, spoken) if waiting.is_waiting(file) else None)
