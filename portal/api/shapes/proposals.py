"""Proposals and what is decided about them."""

from __future__ import annotations

from marshmallow import Schema, fields

from portal.api.shapes.base import Day, Listing, Shape, note, one_of, page, states
from portal.api.shapes.suggestions import Short
from portal.workflow import REJECT_REASONS

DECISIONS = ("approve", "return", "reject")


class ProposalListing(Listing):
    """Which proposals."""

    status = one_of(states("proposal"))
    family_id = fields.UUID()
    proposer_id = fields.UUID(metadata={"description": "Who proposed"})


class NewProposal(Shape):
    """A shortlisted suggestion, and the day care begins: today or later."""

    suggestion_id = fields.UUID(required=True)
    starts_on = Day(required=True)
    note = note()


class Decision(Shape):
    """Approve; return, with a note; or reject, with a reason."""

    decision = one_of(DECISIONS, required=True)
    reason = one_of(("", *REJECT_REASONS), load_default="")
    note = note()


class ProposedChild(Schema):
    """A child in a proposal, and the age band it takes a seat in."""

    child_id = fields.UUID(required=True)
    band = fields.String(required=True)


class ProposalShape(Schema):
    """These children to that provider, with seats held."""

    id = fields.UUID(required=True)
    family_id = fields.UUID(required=True)
    provider = fields.Nested(Short, required=True)
    suggestion_id = fields.UUID(allow_none=True)
    proposer_id = fields.UUID()
    status = fields.String(required=True)
    status_since = fields.DateTime()
    made_at = fields.DateTime()
    starts_on = fields.Date(required=True)
    hold_until = fields.DateTime(allow_none=True)
    offer_until = fields.DateTime(allow_none=True)
    family_answer = fields.String()
    provider_answer = fields.String()
    children = fields.List(fields.Nested(ProposedChild))
    version = fields.Integer()


class ProposalOne(ProposalShape):
    """A proposal with its note, and what this token's person may do with it now."""

    note = fields.String()
    moves = fields.List(fields.String(), metadata={"description": "What the person may try now"})


ProposalPage = page(ProposalShape, "ProposalPage")
