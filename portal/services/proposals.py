"""Proposals: from a suggestion to an answer of both sides, with seats held on the way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from portal import clock, outbox, workflow
from portal.errors import ConflictError, InvalidInputError, Refusal
from portal.extensions import db
from portal.models import Child, Placement, Proposal, ProposalChild, Suggestion
from portal.models.child import band_on
from portal.models.family import consent_now
from portal.models.placement import OPEN as OPEN_PLACEMENT
from portal.models.proposal import OPEN
from portal.policy import SYSTEM, Actor
from portal.queries import tenants
from portal.services import matching, placements, seats
from portal.workflow import Said


def propose(actor: Actor, suggestion: Suggestion, starts_on: date, note: str = "") -> Proposal:
    """Propose a shortlisted suggestion: the rules hold now, no other proposal is open, and a seat is held.

    Raises ConflictError with every reason why not, InvalidInputError for a start in the past.
    """
    if starts_on < clock.today():
        raise InvalidInputError("date_past", {"starts_on": ["date_past"]})
    workflow.advance(suggestion, "propose", actor)
    children = _children(suggestion)
    _refuse(children, suggestion, starts_on)
    proposal = Proposal(
        family_id=suggestion.family_id, provider_id=suggestion.provider_id, suggestion_id=suggestion.id,
        proposer_id=actor.id, starts_on=starts_on, note=note.strip()[:2000],
        snapshot=matching.snapshot(suggestion.family, suggestion.provider),
    )
    proposal.children = [
        ProposalChild(proposal_id=proposal.id, child_id=child.id, band=band_on(child.birth_date, starts_on) or "")
        for child in children
    ]
    proposal.hold_until = clock.now() + timedelta(hours=tenants.setting("hold_hours"))
    db.session.add(proposal)
    db.session.flush()
    seats.hold(proposal, proposal.hold_until)
    outbox.happened("proposal.made", proposal)
    return proposal


def earliest_start(children: Sequence[Child]) -> date:
    """The day the first of some children needs care, today where that has passed or is not known."""
    return max(min((one.start_date for one in children if one.start_date), default=clock.today()), clock.today())


def _children(suggestion: Suggestion) -> list[Child]:
    wanted = [UUID(one) for one in suggestion.children]
    return list(db.session.scalars(select(Child).where(Child.id.in_(wanted)).order_by(Child.birth_date)))


def _refuse(children: list[Child], suggestion: Suggestion, starts_on: date) -> None:
    refusals = list(matching.refusals(suggestion.family, children, suggestion.provider, starts_on))
    if suggestion.family.status not in {"waiting", "matched"}:
        refusals.append(Refusal("family_not_waiting", (("status", suggestion.family.status),)))
    refusals += [
        Refusal("child_has_open_proposal", (("child", child.given_names),)) for child in children if _is_busy(child)
    ]
    if refusals:
        raise ConflictError("refused", refusals)


def _is_busy(child: Child) -> bool:
    """Is the child in an open proposal or placed already?"""
    proposed = (
        select(Proposal.id).join(ProposalChild, ProposalChild.proposal_id == Proposal.id)
        .where(ProposalChild.child_id == child.id, Proposal.status.in_(OPEN))
    )
    placed = select(Placement.id).where(Placement.child_id == child.id, Placement.status.in_(OPEN_PLACEMENT))
    return any(db.session.scalars(found).first() is not None for found in (proposed, placed))


NOTHING_HOLDS: dict[str, Any] = {"seat_held": False, "rule_failures": [], "sharing_agreed": False}  # once it is over


def facts_now(proposal: Proposal) -> dict[str, Any]:
    """What the guards ask: is the seat still held, do the rules still pass, may the offer tell about the family?"""
    children = [one.child for one in proposal.children]
    failures = matching.refusals(proposal.family, children, proposal.provider, proposal.starts_on, holding=proposal)
    return {"seat_held": seats.is_held(proposal), "rule_failures": failures, **_to_offer(proposal)}


def _to_offer(proposal: Proposal) -> dict[str, bool]:
    return {"sharing_agreed": consent_now(proposal.family, "sharing")}


def approve(actor: Actor, proposal: Proposal, note: str = "") -> None:
    """The supervisor's yes: the family counts as matched, and the offer can go out."""
    workflow.advance(proposal, "approve", actor, Said(note=note, facts=facts_now(proposal)))
    proposal.hold_until = clock.now() + timedelta(hours=tenants.setting("offer_hours"))
    seats.extend(proposal, proposal.hold_until)
    if proposal.family.status == "waiting":
        workflow.advance(proposal.family, "match", SYSTEM)


def give_back(actor: Actor, proposal: Proposal, note: str) -> None:
    """Return it to the caseworker with a note; the seat stays held until its deadline."""
    workflow.advance(proposal, "return", actor, Said(note=note))


def propose_again(actor: Actor, proposal: Proposal, note: str = "") -> None:
    """Answer a returned proposal: to the supervisor again. Nobody decides on it who ever proposed it."""
    workflow.advance(proposal, "propose_again", actor, Said(note=note, facts=facts_now(proposal)))
    proposal.earlier_proposers = sorted({*proposal.earlier_proposers, str(proposal.proposer_id)})
    proposal.proposer_id = actor.id


def reject(actor: Actor, proposal: Proposal, reason: str, note: str = "") -> None:
    """The supervisor's no, with its coded reason; the seat is free again."""
    workflow.advance(proposal, "reject", actor, Said(reason=reason, note=note))
    _let_go(proposal)


def offer(actor: Actor, proposal: Proposal) -> None:
    """The family and the provider were told; their answers are awaited. Refused unless the family agreed to that."""
    workflow.advance(proposal, "offer", actor, Said(facts=_to_offer(proposal)))
    _await_answers(proposal)


def _await_answers(proposal: Proposal) -> None:
    proposal.offer_until = clock.now() + timedelta(hours=tenants.setting("offer_hours"))
    proposal.hold_until = proposal.offer_until
    seats.extend(proposal, proposal.offer_until)


def record_answer(actor: Actor, proposal: Proposal, side: str, answer: str, said: Said | None = None) -> None:
    """One side's answer, `accepted` or `declined` (with its coded reason). Both yes: the placement is planned.

    Refused on the second yes while the family does not agree any more that its carer is told about it.
    """
    if side not in {"family", "provider"} or answer not in {"accepted", "declined"}:
        raise InvalidInputError("choice_missing", {"answer": ["choice_missing"]})
    workflow.require(actor, workflow.P.OFFER_RECORD, proposal)
    if proposal.status != "offered":
        raise ConflictError("moved_on")
    if answer == "declined":
        workflow.advance(proposal, "decline", actor, said or Said())
    setattr(proposal, f"{side}_answer", answer)
    if proposal.family_answer == proposal.provider_answer == "accepted":
        _accept(actor, proposal)


def _accept(actor: Actor, proposal: Proposal) -> None:
    facts = {"both_accepted": True, "seat_held": seats.is_held(proposal), **_to_offer(proposal)}
    workflow.advance(proposal, "agree", actor, Said(facts=facts))
    placements.plan(proposal)
    children = {one.child_id for one in proposal.children}
    for other in _open_of_family(proposal):
        if children & {one.child_id for one in other.children}:
            withdraw(actor, other, "other_accepted")


def _open_of_family(proposal: Proposal) -> list[Proposal]:
    found = select(Proposal).where(
        Proposal.family_id == proposal.family_id, Proposal.id != proposal.id, Proposal.status.in_(OPEN)
    )
    return list(db.session.scalars(found))


def confirm_decline(actor: Actor, proposal: Proposal) -> None:
    """The supervisor accepts the refusal of one side."""
    workflow.advance(proposal, "confirm_decline", actor)
    _let_go(proposal)


def overrule_decline(actor: Actor, proposal: Proposal, note: str) -> None:
    """The supervisor has the offer made again."""
    workflow.advance(proposal, "overrule", actor, Said(note=note, facts=_to_offer(proposal)))
    proposal.family_answer = proposal.provider_answer = ""
    _await_answers(proposal)


def withdraw(actor: Actor, proposal: Proposal, reason: str, note: str = "") -> None:
    """Take an open proposal back."""
    workflow.advance(proposal, "withdraw", actor, Said(reason=reason, note=note))
    _let_go(proposal)


def expire_due() -> int:
    """End every open proposal whose hold is over. Returns how many; doing it twice changes nothing."""
    due = db.session.scalars(
        select(Proposal).where(Proposal.status.in_(OPEN), Proposal.hold_until <= clock.now())
    ).all()
    for proposal in due:
        workflow.advance(proposal, "expire", SYSTEM)
        _let_go(proposal)
    return len(due)


def _let_go(proposal: Proposal) -> None:
    """Free the seats, put the suggestion back on the list, let the family wait again if nothing else is on."""
    seats.release(proposal)
    if proposal.suggestion is not None and proposal.suggestion.status == "proposed":
        workflow.advance(proposal.suggestion, "unpropose", SYSTEM)
    family = proposal.family
    if family.status == "matched" and not _still_matched(proposal):
        workflow.advance(family, "fall_through", SYSTEM)


def _still_matched(proposal: Proposal) -> bool:
    others = [one for one in _open_of_family(proposal) if one.status in {"approved", "offered", "decline_pending"}]
    planned = select(Placement.id).where(
        Placement.family_id == proposal.family_id, Placement.status.in_(OPEN_PLACEMENT)
    )
    return bool(others) or db.session.scalars(planned).first() is not None
