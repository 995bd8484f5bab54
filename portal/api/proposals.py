"""Proposals: the list, a new one, one of them, and the decision."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import g, url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import joinedload

from portal import audit, workflow
from portal.api import paging, repeats, versions
from portal.api.interface import Needs, Resource
from portal.api.shapes import proposals as shapes
from portal.extensions import db
from portal.models import Proposal, ProposalChild, Suggestion
from portal.policy import Permission
from portal.queries import programs
from portal.services import proposals
from portal.views.base import load

WHOLE = (
    joinedload(Proposal.family), joinedload(Proposal.provider),
    joinedload(Proposal.children).joinedload(ProposalChild.child),
)
resource = Resource("api-proposals", __name__, url_prefix="/api/v1/proposals", description=_l("Propuestas"))
ONE = "/<uuid:proposal_id>"
BEYOND = (paging.instant, UUID)
Told = dict[str, Any]


@resource.at("", Needs(Permission.PROPOSAL_READ, "read:proposals"), _l("Las propuestas, la más nueva primero"))
@resource.arguments(shapes.ProposalListing, location="query")
@resource.response(200, shapes.ProposalPage)
def listed(asked: dict[str, Any]) -> dict[str, Any]:
    """Those about families this person may read."""
    found = programs.proposals(g.actor, asked, paging.key(asked.get("cursor"), BEYOND), asked["limit"])
    return {"items": found.rows, "next": paging.word(found.after)}


@resource.at(
    "", Needs(Permission.PROPOSAL_MAKE, "write:proposals"), _l("Proponer una sugerencia preseleccionada"), "POST"
)
@repeats.once
@resource.arguments(shapes.NewProposal)
@resource.tells(shapes.ProposalOne, 201)
def propose(given: dict[str, Any]) -> tuple[Told, dict[str, str]]:
    """A seat is held while it is decided; refused with every reason why not."""
    suggestion = load(Suggestion, given["suggestion_id"], Permission.SUGGESTION_USE)
    made = proposals.propose(g.actor, suggestion, given["starts_on"], given["note"])
    db.session.flush()
    proposal = load(Proposal, made.id, Permission.PROPOSAL_READ, *WHOLE)
    audit.record("read", proposal.family)
    return _told(proposal), {"Location": url_for("api-proposals.one", proposal_id=made.id)}


@resource.at(ONE, Needs(Permission.PROPOSAL_READ, "read:proposals"), _l("Una propuesta"))
@resource.tells(shapes.ProposalOne)
def one(proposal_id: UUID) -> Told:
    """With the moves that are open to this person; the trail notes that its family was read."""
    proposal = load(Proposal, proposal_id, Permission.PROPOSAL_READ, *WHOLE)
    audit.record("read", proposal.family)
    return _told(proposal)


@resource.at(
    f"{ONE}/decision", Needs(Permission.PROPOSAL_DECIDE, "decide:proposals"), _l("Aprobar, devolver o rechazar"), "POST"
)
@repeats.once
@versions.guarded
@resource.arguments(shapes.Decision)
@resource.tells(shapes.ProposalOne)
def decide(given: dict[str, Any], proposal_id: UUID) -> Told:
    """As on the screen: nobody decides on their own proposal, and the rules are asked again."""
    proposal = load(Proposal, proposal_id, Permission.PROPOSAL_READ, *WHOLE)
    versions.expect(shapes.ProposalOne, _told(proposal))
    if given["decision"] == "approve":
        proposals.approve(g.actor, proposal, given["note"])
    elif given["decision"] == "return":
        proposals.give_back(g.actor, proposal, given["note"])
    else:
        proposals.reject(g.actor, proposal, given["reason"], given["note"])
    db.session.flush()
    audit.record("read", proposal.family)
    return _told(proposal)


def _told(proposal: Proposal) -> Told:
    body = {name: getattr(proposal, name) for name in shapes.ProposalOne().fields if name != "moves"}
    return {**body, "note": proposal.note or "", "moves": workflow.moves(proposal, g.actor)}
