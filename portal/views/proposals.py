"""The page of a proposal: need and offer side by side, the rules asked again, and the moves that are open."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal import audit, wording, workflow
from portal.errors import Refusal
from portal.forms.proposal import AnswerForm
from portal.models import Proposal
from portal.models.proposal import OPEN
from portal.policy import Permission, allowed
from portal.queries import frames
from portal.queries import proposals as queries
from portal.services import changes, proposals, told
from portal.views.access import screen
from portal.views.attempt import Obstacle, attempt, expect_version, one_of
from portal.views.base import PortalView, as_id, load
from portal.views.comparison import how_far, side_by_side
from portal.views.links import page_of
from portal.views.queue import DECIDES
from portal.workflow import Said

Answer = Response | tuple[str, int]
# The rules in the order in which a reader asks them.
RULES = ("vetting", "seats", "hours", "fee", "special_needs", "distance", "language", "conflict")
ASK_SHARING = frozenset(
    action for (_status, action), step in workflow.PROPOSAL.items() if workflow.sharing_agreed in step.guards
)
NOTED = ("return", "overrule")  # moves that need a note


class Proposals(PortalView):
    """One proposal, for everybody concerned."""

    def is_visible(self) -> bool:
        """Queues and families lead here, no menu."""
        return False

    @screen("/<proposal_id>", Permission.PROPOSAL_READ)
    def index(self, proposal_id: str) -> str:
        """Everything one needs to decide, on one page."""
        proposal = load(Proposal, proposal_id, Permission.PROPOSAL_READ, *queries.WHOLE)
        return self.render("proposals/show.html", **self._page(proposal), obstacle=None, form=AnswerForm(formdata=None),
                           following=self._following())

    @screen("/<proposal_id>/answer", Permission.PROPOSAL_READ, ("POST",))
    def answer(self, proposal_id: str) -> Answer:
        """What the family or the provider said to the offer."""
        proposal = load(Proposal, proposal_id, Permission.PROPOSAL_READ, *queries.WHOLE)
        form = AnswerForm()

        def record() -> None:
            expect_version(proposal)
            said = Said(form.reason.data or "", form.note.data or "")
            proposals.record_answer(self.actor, proposal, form.side.data, form.answer.data, said)

        if not form.validate():
            return self._again(proposal_id, Obstacle((wording.message("choice_missing"),), {}, 422), form)
        return self._after(proposal_id, attempt(record), form)

    @screen("/<proposal_id>/move", Permission.PROPOSAL_READ, ("POST",))
    def move(self, proposal_id: str) -> Answer:
        """Any other move; the workflow asks who may."""
        proposal = load(Proposal, proposal_id, Permission.PROPOSAL_READ, *queries.WHOLE)
        reason, note = request.form.get("reason", ""), request.form.get("note", "")
        do = one_of(request.form.get("action", ""), {
            "approve": lambda: proposals.approve(self.actor, proposal, note),
            "return": lambda: proposals.give_back(self.actor, proposal, note),
            "reject": lambda: proposals.reject(self.actor, proposal, reason, note),
            "propose_again": lambda: proposals.propose_again(self.actor, proposal, note),
            "offer": lambda: proposals.offer(self.actor, proposal),
            "confirm_decline": lambda: proposals.confirm_decline(self.actor, proposal),
            "overrule": lambda: proposals.overrule_decline(self.actor, proposal, note),
            "withdraw": lambda: proposals.withdraw(self.actor, proposal, reason, note),
        })

        def try_it() -> None:
            expect_version(proposal)
            do()

        decided = proposal.status in queries.TO_DECIDE
        return self._after(proposal_id, attempt(try_it), AnswerForm(formdata=None), decided)

    def _after(self, proposal_id: str, obstacle: Obstacle | None, form: AnswerForm, decided: bool = False) -> Answer:
        if obstacle is not None:
            return self._again(proposal_id, obstacle, form)
        flash(_("Guardado."), "success")
        after = self._next() if decided else {}
        return redirect(url_for("proposals.index", proposal_id=proposal_id, **after))

    def _again(self, proposal_id: str, obstacle: Obstacle, form: AnswerForm) -> tuple[str, int]:
        """The page as it is now, with every reason and what was typed."""
        proposal = load(Proposal, proposal_id, Permission.PROPOSAL_READ, *queries.WHOLE)
        if obstacle.fields:
            form.add_errors(obstacle.fields)
        page = self._page(proposal)
        return self.render("proposals/show.html", **page, obstacle=obstacle, form=form), obstacle.status

    def _next(self) -> dict[str, Any]:
        """What is left for this person to decide: how many, and the first. Asked by the decision, not by its page."""
        left = [one for one in queries.waiting(self.actor) if allowed(self.actor, DECIDES[one.status], one)]
        return {"left": len(left), "next": left[0].id if left else None}

    def _following(self) -> dict[str, Any] | None:
        """The same, read off the address of the page after a decision; None on any other."""
        left = request.args.get("left", type=int)
        if left is None or not allowed(self.actor, Permission.PROPOSAL_QUEUE):
            return None
        found = request.args.get("next")
        return {"left": left, "url": url_for("proposals.index", proposal_id=as_id(found)) if found else ""}

    def _page(self, proposal: Proposal) -> dict[str, Any]:
        audit.record("read", proposal.family)
        is_open = proposal.status in OPEN
        facts = proposals.facts_now(proposal) if is_open else proposals.NOTHING_HOLDS
        moves = [one for one in workflow.moves(proposal, self.actor) if one not in {"agree", "decline", "expire"}]
        return {
            "proposal": proposal, "family": proposal.family, "provider": proposal.provider, "is_open": is_open,
            "suggestion": proposal.suggestion, "comparison": side_by_side(proposal), "moves": moves,
            "reasons_for": lambda action: workflow.reasons_for(proposal, action), "noted": NOTED,
            "may_answer": "agree" in workflow.moves(proposal, self.actor), "typed": request.form,
            "is_own": self.actor.id in proposal.proposer_ids, "page_of": page_of, "seat_held": facts["seat_held"],
            "centred": frames.from_centre(proposal.family, proposal.provider), "how_far": how_far(proposal),
            "sharing_agreed": facts["sharing_agreed"], "unshared": self._unshared(proposal, facts),
            "rules": _rules(facts["rule_failures"]), "changes": changes.since(proposal) if is_open else [],
            "basis": changes.basis(proposal),
            "history": queries.moves_of(proposal.id), "told": told.unticked(proposal.family) if is_open else [],
            "placements": queries.placements_of(proposal.id) if proposal.status == "accepted" else [],
        }

    def _unshared(self, proposal: Proposal, facts: dict[str, Any]) -> list[Refusal]:
        """Why a move that is open to this person would be refused for want of the family's agreement to sharing."""
        open_moves = ASK_SHARING.intersection(workflow.moves(proposal, self.actor))
        return workflow.sharing_agreed(proposal, facts) if open_moves else []


def _rules(failures: list[Any]) -> list[dict[str, Any]]:
    """Every rule with the failure that stands now, if any."""
    failed = {str(dict(one.values).get("rule")): dict(one.values) for one in failures}
    return [{"code": rule, "failure": failed.get(rule)} for rule in RULES]
