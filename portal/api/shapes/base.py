"""The fields every shape is made of. JSON has types, so `"5"` is no number and `1` no yes."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from marshmallow import RAISE, Schema, fields, validate

from portal.workflow import FLOWS

LINE = r"^[^\x00-\x1f\x7f-\x9f]*$"  # one line of text
WRITTEN = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]*$"  # text with line ends
SOME = r"^[^\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f]*$"  # a line that is not blank
WHY = r"^[^\s\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f]{3,198}[^\s\x00-\x1f\x7f-\x9f]$"
DAY = re.compile(r"^\d{4}-\d{2}-\d{2}$", re.ASCII)


class Shape(Schema):
    """A body; a field it does not know is refused, as a typing error would otherwise pass unseen."""

    class Meta:
        unknown = RAISE
        ordered = True


class Flag(fields.Boolean):
    """`true` or `false`, nothing that only looks like it."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class Text(fields.String):
    """A text that can be written down: half a surrogate pair, which JSON lets pass, cannot."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        found = super()._deserialize(value, attr, data, **options)
        try:
            found.encode()
        except UnicodeEncodeError:
            raise self.make_error("invalid_utf8") from None
        if "\0" in found:  # PostgreSQL keeps none
            raise self.make_error("invalid_utf8")
        return found


class Whole(fields.Integer):
    """A whole number."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int | float) or value != value // 1:
            raise self.make_error("invalid", input=value)
        return int(value)


class Number(fields.Float):
    """A number, with decimals or without."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.make_error("invalid", input=value)
        return super()._deserialize(value, attr, data, **options)


class Day(fields.Date):
    """A calendar day, `2026-11-24`."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> date:
        if not isinstance(value, str) or not DAY.match(value):
            raise self.make_error("invalid", input=value, obj_type="date")
        return super()._deserialize(value, attr, data, **options)


def text(longest: int, required: bool = False, pattern: str = "", **options: Any) -> Text:
    """A text of at most `longest` characters; a required one is not blank."""
    checks = [validate.Length(max=longest), validate.Regexp(pattern or (SOME if required else LINE))]
    return Text(required=required, validate=checks, **options)


def one_of(codes: tuple[str, ...], **options: Any) -> fields.String:
    """One of these codes."""
    return fields.String(validate=validate.OneOf(codes), **options)


def states(flow: str) -> tuple[str, ...]:
    """Every status of a flow."""
    return tuple(dict.fromkeys(state for (start, _), step in FLOWS[flow].items() for state in (start, step.to)))


def note(**options: Any) -> Text:
    """What a person adds in words."""
    return Text(validate=[validate.Length(max=2000), validate.Regexp(WRITTEN)], **{"load_default": "", **options})


def why() -> Text:
    """What a sealed value is needed for: it stays in the trail."""
    return Text(required=True, validate=[validate.Length(5, 200), validate.Regexp(WHY)])


def has(sealed: str) -> fields.Function:
    """Is there a value, sealed?"""
    return fields.Function(lambda one: getattr(one, f"{sealed}_sealed") is not None, metadata={"type": "boolean"})


def page(of: type[Schema], name: str) -> type[Schema]:
    """Some of a list, and where it goes on."""
    return Schema.from_dict({
        "items": fields.List(fields.Nested(of), required=True), "next": fields.String(required=True, allow_none=True),
    }, name=name)


class Listing(Shape):
    """How a list is asked for."""

    limit = fields.Integer(load_default=25, validate=validate.Range(1, 100))
    cursor = fields.String(metadata={"description": "The `next` of the page before"})
