"""The NGO's checklist, as Flask-Admin's own list and form."""

from __future__ import annotations

from typing import Any

from flask import Response, after_this_request
from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, SelectField, SelectMultipleField, StringField
from wtforms.validators import DataRequired, Length, NumberRange, Optional

from portal import wording
from portal.errors import InvalidInputError
from portal.forms.base import options
from portal.models import ChecklistItem
from portal.policy import Permission
from portal.services import checklist
from portal.views.base import PortalModelView


class KindsField(SelectMultipleField):
    """The kinds of provider a line applies to, kept as one text; none chosen means all."""

    def process_data(self, value: Any) -> None:
        self.data = value.split(",") if value else []

    def populate_obj(self, obj: Any, name: str) -> None:
        setattr(obj, name, ",".join(self.data or ()))


class Checklist(PortalModelView):
    """Lines are made, changed and put out of use; none is deleted, since verified papers refer to them."""

    permissions = {
        "index_view": Permission.SETTINGS_MANAGE,
        "create_view": Permission.SETTINGS_MANAGE,
        "edit_view": Permission.SETTINGS_MANAGE,
    }
    can_create = can_edit = True
    column_display_actions = True
    column_list = ("position", "title", "kind", "mandatory", "validity_days", "applies_to", "active")
    column_sortable_list = ("position", "title", "kind", "mandatory", "active")
    column_searchable_list = ("title",)
    column_default_sort = "position"
    column_labels = {
        "title": _l("Requisito"), "kind": _l("Tipo"), "mandatory": _l("Obligatorio"),
        "validity_days": _l("Vigencia (días)"), "position": _l("Orden"), "active": _l("En uso"),
        "applies_to": _l("Para"),
    }
    column_formatters = {
        "kind": lambda view, context, row, name: wording.label("checklist_kind", row.kind),
        "applies_to": lambda view, context, row, name: _kinds(row.applies_to),
        "mandatory": lambda view, context, row, name: wording.label("yes_no", "yes" if row.mandatory else "no"),
        "active": lambda view, context, row, name: wording.label("yes_no", "yes" if row.active else "no"),
        "validity_days": lambda view, context, row, name: row.validity_days or str(_l("No vence")),
    }
    form_columns = ("title", "kind", "mandatory", "validity_days", "position", "active", "applies_to")
    form_overrides = {
        "title": StringField, "kind": SelectField, "validity_days": IntegerField,
        "position": IntegerField, "applies_to": KindsField,
    }
    form_args = {
        "title": {"validators": [DataRequired(), Length(max=200)]},
        "kind": {"choices": options("checklist_kind"), "validators": [DataRequired()]},
        "validity_days": {"validators": [Optional(), NumberRange(1, 3660)],
                          "description": _l("En blanco: no vence.")},
        "position": {"validators": [Optional(), NumberRange(0, 999)], "default": 0},
        "applies_to": {"choices": options("kind"), "validators": [],
                       "description": _l("Ninguno marcado: para todos.")},
    }

    def validate_form(self, form: Any) -> bool:
        """A form that is not taken answers 422, so that nothing of it is written."""
        return bool(super().validate_form(form)) or self._refused(form)

    def _refused(self, form: Any) -> bool:
        if form.is_submitted():
            after_this_request(_unprocessable)
        return False

    def create_model(self, form: Any) -> Any:
        return self._save(form, None)

    def update_model(self, form: Any, model: ChecklistItem) -> bool:
        return self._save(form, model) is not False

    def _save(self, form: Any, row: ChecklistItem | None) -> Any:
        """Through the service, never by a commit of its own."""
        values = {name: form[name].data for name in self.form_columns}
        values |= {"applies_to": ",".join(form.applies_to.data or ()), "position": form.position.data or 0}
        try:
            return checklist.save(self.actor, row, values)
        except InvalidInputError as error:
            for name, codes in error.fields.items():
                form[name].errors = [*form[name].errors, *(wording.message(code) for code in codes)]
            return self._refused(form)


def _unprocessable(answer: Response) -> Response:
    answer.status_code = 422
    return answer


def _kinds(applies_to: str) -> str:
    return ", ".join(wording.label("kind", kind) for kind in applies_to.split(",")) if applies_to else str(_l("Todos"))
