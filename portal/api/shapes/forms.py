"""The fields of a portal's form as fields of a body, and a body checked by that form.

So a program is held to what a page is held to: lengths, choices and dates are said once, in `portal.forms`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any, TypeVar

from marshmallow import fields, missing, validate
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

Sent = TypeVar("Sent", bound=Form)
PLAIN = (
    (BooleanField, Flag), (DateField, Day), (DecimalField, Number), (FloatField, Number), (IntegerField, Whole),
)


SHAPES = {  # how a text is written, beyond its letters: (format, pattern); the form says the rest
    "ubigeo": ("ubigeo", ""), "dni": ("dni", r"^([0-9]{8}(-?[0-9A-K])?)?$"), "schedule": ("week-hours", ""),
    "phone": ("", r"^([^\x00-\x1f\x7f-\x9f]*[0-9][^\x00-\x1f\x7f-\x9f]*)?$"),
}


def fields_of(form: type[Form], names: Iterable[str]) -> dict[str, Any]:
    """Name → field of a schema, for some fields of a form."""
    return {name: _field(name, getattr(form, name)) for name in names}


def changes_of(form: type[Form], names: Iterable[str]) -> dict[str, Any]:
    """The same for a change: what is left out stays, and what may be empty is emptied by null."""
    found = fields_of(form, names)
    for one in found.values():
        one.allow_none = isinstance(one, Day | Number | Whole) and not one.required
        one.required, one.load_default = False, missing
    return found


def _field(name: str, unbound: UnboundField) -> fields.Field:
    rules = list(unbound.args[1] if len(unbound.args) > 1 else unbound.kwargs.get("validators", ()))
    required = any(isinstance(one, DataRequired | InputRequired) for one in rules)
    if issubclass(unbound.field_class, SelectMultipleField):
        inner = fields.String(validate=validate.OneOf(_codes(unbound)))
        return fields.List(inner, required=required, validate=validate.Length(max=len(_codes(unbound))))
    if issubclass(unbound.field_class, SelectField):
        return _choice(_codes(unbound))
    if issubclass(unbound.field_class, StringField):
        return _text(name, unbound, rules)
    kind = next(ours for theirs, ours in PLAIN if issubclass(unbound.field_class, theirs))
    return kind(required=required, validate=_checks(rules))


def _choice(codes: list[str]) -> fields.Field:
    """One of the codes. A page always sends one; a body may leave out what may be empty."""
    checks = validate.OneOf(codes)
    return fields.String(load_default="", validate=checks) if "" in codes else fields.String(
        required=True, validate=checks
    )


def _codes(unbound: UnboundField) -> list[str]:
    return [one.value for one in unbound.kwargs["choices"]]


def _text(name: str, unbound: UnboundField, rules: list[Any]) -> fields.Field:
    needed = any(isinstance(rule, DataRequired) for rule in rules)
    long = issubclass(unbound.field_class, TextAreaField)
    kind, pattern = SHAPES.get(name, ("", WRITTEN if long else SOME if needed else LINE))
    checks = [*_checks(rules), *([validate.Regexp(pattern)] if pattern else [])]
    return Text(required=needed, validate=checks, metadata={"format": kind} if kind else {})


def _checks(rules: list[Any]) -> list[Any]:
    """Lengths and ranges."""
    found: list[Any] = [validate.Length(max=rule.max) for rule in rules if isinstance(rule, Length)]
    return found + [validate.Range(rule.min, rule.max) for rule in rules if isinstance(rule, NumberRange)]


def checked(
    form: type[Form], given: Mapping[str, Any], place: str = "", above: Collection[str] = ()
) -> dict[str, Any]:
    """The values a form makes of these, as a service takes them. Raises as `filled` does."""
    return filled(form, given, place, above).values()


def filled(form: type[Sent], given: Mapping[str, Any], place: str = "", above: Collection[str] = ()) -> Sent:
    """The form with these values, which it found right.

    Raises InvalidInputError by field, each with its place in the body before it but for those that stand `above` it.
    """
    sent = form(formdata=MultiDict([pair for name, value in given.items() for pair in _pairs(name, value)]))
    if not sent.validate():
        wrong = {name if name in above else f"{place}{name}": texts for name, texts in sent.errors.items()}
        raise InvalidInputError("refused", {name: [str(text) for text in texts] for name, texts in wrong.items()})
    return sent


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
