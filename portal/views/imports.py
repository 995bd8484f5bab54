"""Families and providers from a file: upload, look, confirm. Nothing is written before the confirmation."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from portal import audit, clock, wording
from portal.errors import InvalidInputError, NotFoundError
from portal.forms.columns import spoken
from portal.forms.importing import ImportForm
from portal.models import ImportFile
from portal.policy import Permission
from portal.queries import imports as known
from portal.queries import people
from portal.services.documents import Upload
from portal.services.imports import handed_out, waiting
from portal.services.imports.columns import EXAMPLE, KINDS_OF_FILE
from portal.services.imports.plan import Plan
from portal.views.access import screen
from portal.views.attempt import attempt
from portal.views.base import PortalView, load

SHOWN = 200  # problems on the page; the report holds all
MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
Answer = AnyResponse | tuple[str, int]


class Imports(PortalView):
    """The way in for what an NGO has in spreadsheets."""

    @screen("/", Permission.DATA_IMPORT, ("GET", "POST"))
    def index(self) -> Answer:
        """Send a file, and see those before it."""
        workers = known.workers()
        form = ImportForm.among(workers)
        if form.validate_on_submit():
            try:
                file = waiting.leave(self.actor, form.kind.data, _upload(form), _chosen(form))
            except InvalidInputError as error:
                form.add_errors(error.fields)
            else:
                return redirect(url_for(".preview", import_id=file.id))
        names = {one.user_id: one.name for one in people.colleagues()}
        page = self.render(
            "imports/index.html", form=form, files=known.listed(), names=names, is_waiting=waiting.is_waiting,
            workers=workers, rows=waiting.MOST_ROWS, hours=int(waiting.WAITS.total_seconds() // 3600),
        )
        return page, 422 if form.is_submitted() else 200

    @screen("/<import_id>", Permission.DATA_IMPORT)
    def preview(self, import_id: str) -> str:
        """What the file would do, or did."""
        return self._page(load(ImportFile, import_id, Permission.DATA_IMPORT))

    @screen("/<import_id>/confirm", Permission.DATA_IMPORT, ("POST",))
    def confirm(self, import_id: str) -> Answer:
        """Do it: all of it, or, when the person says so, what is good of it."""
        file = load(ImportFile, import_id, Permission.DATA_IMPORT)
        answer = waiting.Answer(request.form.get("seen", ""), request.form.get("only_good") == "yes")
        obstacle = attempt(lambda: waiting.confirm(self.actor, file, spoken, answer))
        if obstacle is not None:
            again = load(ImportFile, import_id, Permission.DATA_IMPORT)
            return self._page(again, problems=obstacle.texts), obstacle.status
        audit.record("import", file, reason=wording.told(file.kind, file.counts))
        flash(_("Importado. El archivo ya no se guarda."), "success")
        return redirect(url_for(".preview", import_id=file.id))

    @screen("/<import_id>/abandon", Permission.DATA_IMPORT, ("POST",))
    def abandon(self, import_id: str) -> Answer:
        """Let the file go."""
        waiting.abandon(self.actor, load(ImportFile, import_id, Permission.DATA_IMPORT))
        flash(_("El archivo se borró; no se importó nada."), "success")
        return redirect(url_for(".index"))

    @screen("/<import_id>/report.csv", Permission.DATA_IMPORT)
    def report(self, import_id: str) -> Response:
        """Everything that is wrong with the file, a line each."""
        file = load(ImportFile, import_id, Permission.DATA_IMPORT)
        found = waiting.plan(self.actor, file, spoken)
        lines = [(one["line"], one["column"], one["kind"], one["text"]) for one in _told(found)]
        heading = (_("Línea"), _("Columna"), _("Qué es"), _("Qué pasa y qué hacer"))
        return _download(handed_out.as_csv([heading, *lines]), "csv", "informe")

    @screen("/template/<kind>.<ending>", Permission.DATA_IMPORT)
    def template(self, kind: str, ending: str) -> Response:
        """A sheet to fill in: the titles, an example row that is never taken, and what each column is."""
        if kind not in KINDS_OF_FILE or ending not in MEDIA:
            raise NotFoundError
        rows, notes = _template(kind)
        if ending == "xlsx":
            heading = (_("Columna"), _("Qué se escribe"), _("Valores"))
            sheets = {_("datos"): rows, _("notas"): [heading, *notes]}
            return _download(handed_out.as_workbook(sheets), ending, f"plantilla-{kind}")
        told = [(f"# {title}: {text} {allowed}".rstrip(),) for title, text, allowed in notes]
        return _download(handed_out.as_csv([*rows, *told]), ending, f"plantilla-{kind}")

    def _page(self, file: ImportFile, problems: tuple[str, ...] = ()) -> str:
        found = waiting.plan(self.actor, file, spoken) if waiting.is_waiting(file) else None
        counts = found.counts() if found else file.counts
        return self.render(
            "imports/show.html", file=file, plan=found, counts=counts, told=_told(found)[:SHOWN] if found else [],
            shown=SHOWN, seen=waiting.seal_of(found) if found else "", problems=problems, example=EXAMPLE,
            names={one.user_id: one.name for one in people.colleagues()}, now=clock.now(),
        )


def _template(kind: str) -> tuple[list[tuple[str, ...]], list[tuple[str, ...]]]:
    """Titles and example row, and of each column its title, what is written in it and the words it may hold."""
    words = spoken(kind)
    titles = {name: str(title) for name, title in words.titles.items()}
    columns = KINDS_OF_FILE[kind]
    examples = {name: words.worded(name, column.example) for name, column in columns.items()}
    examples["schedule"] = wording.hours(columns["schedule"].example)
    notes = [(title, wording.column(name), words.allowed(name)) for name, title in titles.items()]
    return [tuple(titles.values()), tuple(examples[name] for name in titles)], notes


def _upload(form: ImportForm) -> Upload:
    return Upload(form.file.data.read(), form.file.data.filename)


def _chosen(form: ImportForm) -> UUID | None:
    return UUID(form.worker.data) if form.worker.data else None


def _told(found: Plan) -> list[dict[str, Any]]:
    """Faults and then notices, in words."""
    listed = [(one, _("error")) for one in found.faults] + [(one, _("aviso")) for one in found.notices]
    return [
        {"line": one.line, "column": one.column, "kind": kind, "is_fault": place < len(found.faults),
         "text": wording.problem(one.code, dict(one.values))}
        for place, (one, kind) in enumerate(listed)
    ]


def _download(data: bytes, ending: str, name: str) -> Response:
    answer = Response(data, mimetype=MEDIA[ending].partition(";")[0])
    answer.headers["Content-Type"] = MEDIA[ending]
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.{ending}"'
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "no-store"
    return answer
