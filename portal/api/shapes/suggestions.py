"""Suggestions with their reasons, and the rules that keep the other providers off the list."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from portal import wording
from portal.api.shapes.base import Listing, Shape, note, one_of, page
from portal.models import Suggestion
from portal.queries import frames
from portal.workflow import DISMISS_REASONS

MOVES = ("shortlist", "unlist", "dismiss", "restore")


class Move(Shape):
    """What becomes of a suggestion; setting it aside needs a reason."""

    action = one_of(MOVES, required=True)
    reason = one_of(("", *DISMISS_REASONS), load_default="")
    note = note()


class Short(Schema):
    """A provider by name."""

    id = fields.UUID(required=True)
    code = fields.String()
    name = fields.String()
    kind = fields.String()


class Told(Schema):
    """A reason: its code, and the sentence a person reads."""

    code = fields.String(required=True)
    text = fields.String(required=True)


class Sentences(Schema):
    """Two sentences side by side, and why they are shown."""

    kind = fields.String(metadata={"description": "nearest | answers | refuses"})
    need = fields.String()
    offer = fields.String()


class SuggestionShape(Schema):
    """A provider for one child or for all siblings together."""

    id = fields.UUID(required=True)
    provider = fields.Nested(Short, required=True)
    children = fields.List(fields.UUID())
    status = fields.String(required=True)
    rank = fields.Integer(required=True)
    score = fields.Float(required=True)
    band = fields.String()
    text_score = fields.Float()
    distance_km = fields.Float()
    contributions = fields.Dict(keys=fields.String(), values=fields.Float())
    favour = fields.List(fields.Nested(Told), required=True)
    against = fields.List(fields.Nested(Told), required=True)
    unknown = fields.List(fields.Nested(Told), metadata={"description": "Rules that passed though nobody knows"})
    sentences = fields.List(fields.Nested(Sentences))


class Suggestions(Schema):
    """The list of a family as it is now."""

    pending = fields.Boolean(required=True, metadata={"description": "Is the list being made anew?"})
    made_at = fields.DateTime(allow_none=True)
    model_version = fields.String(allow_none=True)
    removed = fields.Dict(keys=fields.String(), values=fields.Integer(), metadata={"description": "rule → providers"})
    items = fields.List(fields.Nested(SuggestionShape), required=True)


class WhyNotListing(Listing):
    """Where in the list of those that fail a rule."""


class Failure(Schema):
    """A rule, what was needed and what there is."""

    rule = fields.String(required=True)
    name = fields.Function(lambda one: wording.rule(one["rule"]), metadata={"type": "string"})
    result = fields.String()
    needed = fields.Function(lambda one: wording.needed(one), metadata={"type": "string"})
    offered = fields.Function(lambda one: wording.offered(one, one["from_centre"]), metadata={"type": "string"})
    children = fields.List(fields.UUID())


class WhyNot(Schema):
    """A provider near enough, and each rule that keeps it off the list."""

    provider = fields.Nested(Short, required=True)
    distance_km = fields.Float(allow_none=True)
    rules = fields.List(fields.Nested(Failure), required=True)


WhyNotPage = page(WhyNot, "WhyNotPage")


def told(row: Suggestion) -> dict[str, Any]:
    """A suggestion with its reasons in words."""
    plain = (
        "id", "provider", "children", "status", "rank", "score", "band", "text_score", "distance_km", "contributions",
    )
    return {
        **{name: getattr(row, name) for name in plain},
        "favour": _reasons(row, "for"), "against": _reasons(row, "against"),
        "unknown": [{"code": one["rule"], "text": wording.rule(one["rule"])} for one in row.warnings],
        "sentences": [{**pair, "kind": kind} for kind, pair in row.sentences.items()],
    }


def _reasons(row: Suggestion, side: str) -> list[dict[str, str]]:
    centred = frames.from_centre(row.family, row.provider)
    return [
        {"code": one["code"], "text": wording.fact(one, side == "for", centred)} for one in row.facts.get(side, [])
    ]
