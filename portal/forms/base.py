"""The base of the portal's forms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, SelectChoice, SelectField, SelectMultipleField
from wtforms.validators import ValidationError

from portal import places, wording


def options(kind: str, blank: object = None, codes: tuple[str, ...] | None = None) -> list[SelectChoice]:
    """The choices of a select field: codes of a kind (all, or `codes`) with their words, an empty `blank` first."""
    return [SelectChoice(code, words) for code, words in wording.choices(kind, codes, blank)]


def keep(codes: Iterable[str], *fields: SelectField | SelectMultipleField) -> None:
    """Let fields offer what a row holds already, though their list does not name it: saving the form loses nothing."""
    for field in fields:
        known = {choice.value for choice in field.choices}
        field.choices = [*field.choices, *(SelectChoice(code, code) for code in codes if code not in known)]


def known_district(field: Field) -> None:
    """Refuse what is the code of no district, a name typed and not chosen among them."""
    if field.data and places.district(field.data) is None:
        raise ValidationError(_l("Elija el distrito de la lista, o escriba su código UBIGEO de 6 cifras."))


class Form(FlaskForm):
    """A form of the portal. Its forgery token is checked by the guard, with every other write.

    Where a page has several forms, NAME keeps the ids of their fields apart, so that each label finds its own field.
    """

    NAME = ""

    class Meta:
        csrf = False

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        for field in self if self.NAME else ():
            field.id = field.label.field_id = f"{self.NAME}-{field.name}"

    def values(self) -> dict[str, Any]:
        """Field → value, as the service takes it."""
        return dict(self.data)

    def add_errors(self, fields: Mapping[str, Sequence[str]]) -> None:
        """Put a service's error codes beside their fields, in words; codes of no field stand above the form."""
        for name, codes in fields.items():
            texts = [wording.message(code) for code in codes]
            if name in self._fields:
                field = self._fields[name]
                field.errors = [*field.errors, *texts]
            else:
                self.form_errors.extend(texts)
