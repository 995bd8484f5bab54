"""The trail: who did, saw or was refused what. Names of fields, never their values."""

from __future__ import annotations

from typing import Any

from flask import g, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal import wording
from portal.audit import AuditEvent
from portal.forms.trail import TrailFilter
from portal.policy import SYSTEM, Permission
from portal.queries import trail
from portal.views.base import PortalModelView
from portal.views.language import moment

Column = Any


class Trail(PortalModelView):
    """Read only, newest first."""

    permissions = {"index_view": Permission.TRAIL_READ}
    list_template = "trail/list.html"
    page_size = 50
    column_list = ("number", "at", "author_name", "action", "subject_type", "fields", "reason")
    column_sortable_list = ()
    column_default_sort = ("number", True)
    column_labels = {
        "number": _l("N.º"), "at": _l("Cuándo"), "author_name": _l("Quién"), "action": _l("Qué hizo"),
        "subject_type": _l("Sobre qué"), "fields": _l("Datos"), "reason": _l("Motivo"),
    }
    column_formatters = {
        "author_name": lambda view, context, row, name: _author(row),
        "at": lambda view, context, row, name: moment(row.at, seconds=True),
        "action": lambda view, context, row, name: wording.label("action_taken", row.action),
        "subject_type": lambda view, context, row, name: _subject(row),
        "fields": lambda view, context, row, name: _fields(row),
        "reason": lambda view, context, row, name: _reason(row),
    }

    def get_query(self) -> Any:
        return trail.narrowed(super().get_query(), TrailFilter(request.args).wanted())

    def get_count_query(self) -> Any:
        return trail.counted(super().get_count_query(), TrailFilter(request.args).wanted())

    def get_list(self, page: int | None, *args: Any, **kwargs: Any) -> Any:
        count, rows = super().get_list(page, *args, **kwargs)
        g.trail_codes = trail.codes(rows)
        return count, rows

    def render(self, template: str, **names: Any) -> str:
        return super().render(template, form=TrailFilter(request.args).with_people(), **names)


def _author(row: AuditEvent) -> str:
    return _("sistema") if row.author_name == SYSTEM.name else row.author_name


def _reason(row: AuditEvent) -> str:
    """A code in words; what was refused stays the portal's own."""
    if row.action == "hand_over":
        return wording.label("hand_over_reason", row.reason)
    return "" if row.action == "refused" else row.reason


def _subject(row: AuditEvent) -> str:
    words = wording.label("subject", row.subject_type)
    if words == row.subject_type:
        return _("Una pantalla de la ONG")
    code = g.trail_codes.get(row.subject_id)
    return f"{words} {code}" if code else words


def _fields(row: AuditEvent) -> str:
    """The fields that have a name for readers; what is machinery is left out."""
    words = dict(wording.choices("field"))
    return ", ".join(dict.fromkeys(str(words[name]) for name in row.fields if name in words))
