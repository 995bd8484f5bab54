"""A file that is brought in."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import FileField, RadioField, SelectField
from wtforms.validators import InputRequired, Optional, ValidationError

from portal import wording
from portal.forms.base import Form, options
from portal.queries.imports import Worker


class ImportForm(Form):
    """What the file holds, the file, and who answers for the families in it."""

    kind = RadioField(_l("Qué trae el archivo"), choices=options("import_kind"), validators=[InputRequired()])
    file = FileField(_l("Archivo CSV o Excel (.xlsx)"))
    worker = SelectField(_l("Quién llevará las familias nuevas"), choices=(), validators=[Optional()])

    @classmethod
    def among(cls, workers: list[Worker], **values: Any) -> ImportForm:
        """The form with the caseworkers to choose from; the one with the fewest open cases first."""
        form = cls(**values)
        form.worker.choices = [(str(one.id), f"{one.name} ({one.open})") for one in workers]
        return form

    def validate_file(self, field: Any) -> None:
        if not getattr(field.data, "filename", ""):
            raise ValidationError(wording.message("file_missing"))
