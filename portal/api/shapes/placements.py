"""Placements: children in care."""

from __future__ import annotations

from marshmallow import Schema, fields

from portal.api.shapes.base import Listing, one_of, page, states


class PlacementListing(Listing):
    """Which placements."""

    status = one_of(states("placement"))
    family_id = fields.UUID()


class PlacementShape(Schema):
    """One child at one provider."""

    id = fields.UUID(required=True)
    family_id = fields.UUID(required=True)
    provider_id = fields.UUID(required=True)
    child_id = fields.UUID(required=True)
    proposal_id = fields.UUID(required=True)
    band = fields.String()
    status = fields.String(required=True)
    status_since = fields.DateTime()
    starts_on = fields.Date(required=True)
    ends_on = fields.Date(allow_none=True, metadata={"description": "The day the seat is free again"})
    end_group = fields.String()
    end_reason = fields.String()
    return_expected_on = fields.Date(allow_none=True)
    agreement_signed_on = fields.Date(allow_none=True)
    version = fields.Integer()


PlacementPage = page(PlacementShape, "PlacementPage")
