"""Providers, as programs read them."""

from __future__ import annotations

from marshmallow import Schema, fields

from portal.api.shapes.base import Listing, Shape, has, one_of, page, states, why
from portal.models.provider import KINDS
from portal.services.providers import SEALED


class ProviderListing(Listing):
    """Which providers."""

    status = one_of(states("provider"))
    kind = one_of(KINDS)


class ProviderReveal(Shape):
    """Which sealed value, and what for: the reason stays in the trail."""

    field = one_of(SEALED, required=True)
    reason = why()


class Seats(Schema):
    """Seats of an age band."""

    band = fields.String(required=True)
    capacity = fields.Integer(required=True)
    held = fields.Integer(required=True)
    taken = fields.Integer(required=True)
    free = fields.Function(lambda one: one.capacity - one.held - one.taken, metadata={"type": "integer"})


class ProviderLine(Schema):
    """A provider in a list."""

    id = fields.UUID(required=True)
    code = fields.String(required=True)
    name = fields.String(required=True)
    kind = fields.String(required=True)
    status = fields.String(required=True)
    status_since = fields.DateTime()
    ubigeo = fields.String()
    valid_until = fields.Date(allow_none=True)
    seats = fields.List(fields.Nested(Seats))
    version = fields.Integer()


class ProviderShape(ProviderLine):
    """A provider. What is sealed is only named here."""

    contact_name = fields.String()
    email = fields.String()
    latitude = fields.Float(allow_none=True)
    longitude = fields.Float(allow_none=True)
    languages = fields.List(fields.String())
    monthly_fee_pen = fields.Float(allow_none=True)
    accepts_subsidy = fields.Boolean()
    schedule = fields.String()
    special_needs = fields.List(fields.String())
    profile = fields.String()
    vacancies_confirmed_on = fields.Date(allow_none=True)
    leave_from = fields.Date(allow_none=True)
    leave_until = fields.Date(allow_none=True)
    has_dni = has("dni")
    has_phone = has("phone")


ProviderPage = page(ProviderLine, "ProviderPage")
