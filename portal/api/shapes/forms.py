"""The fields of a portal's form as fields of a body, and a body checked by that form.

So a program is held to what a page is held to: lengths, choices and dates are said once, in `portal.forms`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any

from marshmallow import fields, validate
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    DateField,
    DecimalField,
    FloatField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.core import UnboundField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

from portal.api.shapes.base import LINE, SOME, WRITTEN, Day, Flag, Number, Text, Whole
from portal.errors import InvalidInputError
from portal.forms.base import Form

PLAIN = (
    (BooleanField, Flag), (DateField, Day), (DecimalField, Number), (FloatField, Number), (IntegerField, Whole),
    (StringField, Text),
)


def fields_of(form: type[Form], names: Iterable[str], optional: bool = False) -> dict[str, Any]:
    """Name → field of a schema, for some fields of a form; `optional` asks for none of them."""
    return {name: _field(getattr(form, name), optional) for name in names}


def _field(unbound: UnboundField, optional: bool) -> fields.Field:
    rules = list(unbound.args[1] if len(unbound.args) > 1 else unbound.kwargs.get("validators", ()))
    required = not optional and any(isinstance(one, DataRequired | InputRequired) for one in rules)
    if issubclass(unbound.field_class, SelectMultipleField):
        inner = fields.String(validate=validate.OneOf(_codes(unbound)))
        return fields.List(inner, required=required, validate=validate.Length(max=len(_codes(unbound))))
    if issubclass(unbound.field_class, SelectField):
        return _choice(_codes(unbound), optional)
    kind = next(ours for theirs, ours in PLAIN if issubclass(unbound.field_class, theirs))
    return kind(required=required, validate=_checks(unbound, rules))


def _choice(codes: list[str], optional: bool) -> fields.Field:
    """One of the codes. A page always sends one; a body may leave out what may be empty."""
    checks = validate.OneOf(codes)
    if "" in codes and not optional:
        return fields.String(load_default="", validate=checks)
    return fields.String(required=not optional, validate=checks)


def _codes(unbound: UnboundField) -> list[str]:
    return [one.value for one in unbound.kwargs["choices"]]


def _checks(unbound: UnboundField, rules: list[Any]) -> list[Any]:
    found: list[Any] = []
    for rule in rules:
        if isinstance(rule, Length):
            found.append(validate.Length(max=rule.max))
        if isinstance(rule, NumberRange):
            found.append(validate.Range(rule.min, rule.max))
    if issubclass(unbound.field_class, StringField):
        needed = any(isinstance(rule, DataRequired) for rule in rules)
        long = issubclass(unbound.field_class, TextAreaField)
        found.append(validate.Regexp(WRITTEN if long else SOME if needed else LINE))
    return found


def checked(form: type[Form], given: Mapping[str, Any], within: str = "") -> dict[str, Any]:
    """The values a form makes of these, as a service takes them. Raises InvalidInputError by field, `within` before."""
    filled = form(formdata=MultiDict([pair for name, value in given.items() for pair in _pairs(name, value)]))
    if not filled.validate():
        wrong = {f"{within}{name}": [str(text) for text in found] for name, found in filled.errors.items()}
        raise InvalidInputError("refused", wrong)
    return filled.values()


@contextmanager
def within(place: str) -> Iterator[None]:
    """What a service finds wrong inside is told with its place in the body."""
    try:
        yield
    except InvalidInputError as error:
        raise InvalidInputError(str(error), {f"{place}{name}": codes for name, codes in error.fields.items()}) from None


def _pairs(name: str, value: Any) -> list[tuple[str, str]]:
    """A value as a page would send it."""
    if value is None or value is False:
        return [] if value is False else [(name, "")]
    if isinstance(value, list | tuple):
        return [(name, str(one)) for one in value]
    if isinstance(value, bool):
        return [(name, "y")]
    return [(name, value.isoformat() if isinstance(value, date) else str(value))]
