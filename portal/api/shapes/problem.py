"""An error, as RFC 9457 has it."""

from __future__ import annotations

from marshmallow import fields

from portal.api.shapes.base import Shape


class Fault(Shape):
    """A field that is wrong, and why."""

    place = fields.String(data_key="in", metadata={"description": "body | query | headers"})
    pointer = fields.String(metadata={"description": "JSON pointer"})
    detail = fields.String()


class Reason(Shape):
    """A reason why something is refused now."""

    code = fields.String()
    what = fields.String(metadata={"description": "Of `missing`: what, as in a case's own list"})
    detail = fields.String()


class Problem(Shape):
    """application/problem+json"""

    type = fields.String()
    title = fields.String()
    status = fields.Integer()
    detail = fields.String()
    reference = fields.String(metadata={"description": "The request, as the log names it"})
    errors = fields.List(fields.Nested(Fault))
    reasons = fields.List(fields.Nested(Reason))
