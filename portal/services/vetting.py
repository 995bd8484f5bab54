"""Vetting: the NGO's checklist asked of one provider, and what time does to it.

A provider becomes matchable only through the checklist (`failures` is the guard of every way to `approved`), and
`lapse_due` takes that back by itself when a mandatory item expires. `Provider.valid_until` is the earliest expiry among
the mandatory items: whatever touches an item sets it again (`refresh`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from portal import clock, events, workflow
from portal.errors import InvalidInputError, Refusal
from portal.extensions import db
from portal.models import ChecklistItem, Document, FollowUp, Proposal, Provider, VettingItem
from portal.models.proposal import OPEN as OPEN_PROPOSAL
from portal.models.provider import STANDING
from portal.policy import SYSTEM, Actor, Permission, require
from portal.queries import vetting
from portal.services import proposals
from portal.workflow import Said

NEVER = date(2999, 12, 31)  # the end of what does not expire
CHECKED = frozenset({"approve", "renew", "reinstate", "come_back"})  # moves that ask the whole checklist
BEGUN = (*STANDING, "in_vetting", "suspended")
VISIT_RESULTS = ("passed", "failed")


@dataclass(frozen=True)
class Proof:
    """What the verifier saw: the day of the paper or of the visit, a note, and for a visit how it went."""

    day: date
    note: str = ""
    result: str = ""  # of a visit: passed | failed


# The checklist of a provider ------------------------------------------------------------------------------------------


def failures(provider: Provider, day: date) -> list[Refusal]:
    """Every mandatory item that does not hold on that day, by title and state; empty when the checklist is complete."""
    asked = [item for item in vetting.checklist() if item.mandatory and applies(item, provider)]
    if not asked:
        return [Refusal("checklist_empty")]
    have = {item.checklist_item_id: item for item in provider.items}
    states = [(item.title, standing(have.get(item.id), day)) for item in asked]
    return [Refusal("checklist", (("item", title), ("state", state))) for title, state in states if state != "verified"]


def applies(item: ChecklistItem, provider: Provider) -> bool:
    """Is this asked of this kind of provider?"""
    return item.is_asked_of(provider.kind)


def standing(item: VettingItem | None, day: date) -> str:
    """The state an item counts with on a day.

    A renewal that waits to be read does not end what was verified before: that proof holds until it expires.
    """
    if item is None:
        return "missing"
    if item.verified_at is None or item.state not in {"verified", "received"}:
        return item.state
    if item.expires_on is not None and item.expires_on < day:
        return "expired" if item.state == "verified" else "received"
    return "verified"


def ask(provider: Provider) -> None:
    """Give the provider a row for each active item of the checklist that it lacks."""
    have = {item.checklist_item_id for item in provider.items}
    for item in vetting.checklist():
        if item.id not in have and applies(item, provider):
            provider.items.append(VettingItem(provider_id=provider.id, checklist_item_id=item.id))
    db.session.flush()


def refresh(provider: Provider) -> None:
    """Set `valid_until` from the mandatory items: a rejected one ended it yesterday, one never given does not."""
    by_id = {item.id: item for item in vetting.checklist() if item.mandatory and applies(item, provider)}
    ends = [_end(item) for item in provider.items if item.checklist_item_id in by_id]
    known = [end for end in ends if end is not None]
    provider.valid_until = min(known, default=None)


def _end(item: VettingItem) -> date | None:
    if item.state == "rejected":
        return clock.today() - timedelta(days=1)
    return (item.expires_on or NEVER) if item.verified_at is not None else None


# What people do with an item ------------------------------------------------------------------------------------------


def receive(actor: Actor, item: VettingItem, document: Document | None, note: str = "") -> None:
    """The paper is here, to be read. The proof before it holds until it expires."""
    require(actor, Permission.VETTING_WORK, item.provider)
    item.state, item.note = "received", note.strip()
    if document is not None:
        item.document_id = document.id
    _changed(item)


def verify(actor: Actor, item: VettingItem, proof: Proof) -> None:
    """Somebody saw it and it holds; for a visit, it took place, and its result decides.

    Raises InvalidInputError for a day to come, a paper that has expired, a document that is not there, a visit without
    result.
    """
    require(actor, Permission.VETTING_WORK, item.provider)
    _check(item, proof)
    if proof.result == "failed":
        _reject(actor, item, proof.note)
        item.issued_on = proof.day
        _changed(item)
        return
    item.state, item.issued_on, item.expires_on = "verified", proof.day, expiry(item.checklist_item, proof.day)
    item.verifier_id, item.verified_at, item.warned_days = actor.id, clock.now(), None
    item.note = proof.note.strip()
    _changed(item)


def expiry(item: ChecklistItem, issued: date) -> date | None:
    """The last day an item holds that was issued on a day; None when it does not expire."""
    return None if item.validity_days is None else issued + timedelta(days=item.validity_days)


def _check(item: VettingItem, proof: Proof) -> None:
    wrong: dict[str, list[str]] = {}
    end = expiry(item.checklist_item, proof.day)
    if proof.day > clock.today():
        wrong["day"] = ["date_future"]
    elif end is not None and end < clock.today():
        wrong["day"] = ["document_expired_already"]
    if item.checklist_item.kind == "document" and item.document_id is None:
        wrong["file"] = ["file_missing"]
    if item.checklist_item.kind == "visit" and proof.result not in VISIT_RESULTS:
        wrong["result"] = ["choice_missing"]
    if proof.result == "failed" and not proof.note.strip():
        wrong["note"] = ["note_missing"]
    if wrong:
        raise InvalidInputError("refused", wrong)


def reject(actor: Actor, item: VettingItem, note: str) -> None:
    """It does not hold, and the note says why. Rejecting a renewal leaves the proof before it as it was."""
    require(actor, Permission.VETTING_WORK, item.provider)
    if not note.strip():
        raise InvalidInputError("note_missing", {"note": ["note_missing"]})
    if item.state == "received" and standing(item, clock.today()) == "verified":
        item.state, item.note = "verified", note.strip()
    else:
        _reject(actor, item, note)
    _changed(item)


def _reject(actor: Actor, item: VettingItem, note: str) -> None:
    item.state, item.note = "rejected", note.strip()
    item.verifier_id, item.verified_at, item.expires_on, item.warned_days = actor.id, None, None, None


def _changed(item: VettingItem) -> None:
    """Only what may change who is suggested is told to the matcher."""
    db.session.flush()
    before = item.provider.valid_until
    refresh(item.provider)
    if item.provider.status in STANDING and item.provider.valid_until != before:
        events.announce("provider.changed", provider=item.provider_id)


# The states of a provider ---------------------------------------------------------------------------------------------


def move(actor: Actor, provider: Provider, action: str, said: Said) -> None:
    """Make one move of the flow "provider", with what its guards ask, and what follows from it."""
    facts = said.facts or facts_now(provider, action)
    workflow.advance(provider, action, actor, Said(said.reason, said.note, facts))
    if action == "start_vetting":
        provider.vetting_officer_id = actor.id
        ask(provider)
    if action in CHECKED:
        provider.leave_from = provider.leave_until = None
    if action in {"suspend", "lapse"}:
        _withdraw_open(actor, provider)
        _have_placements_reviewed(provider)
    refresh(provider)
    events.announce("provider.changed", provider=provider.id)


def facts_now(provider: Provider, action: str) -> dict[str, Any]:
    """What the guards of a move ask."""
    if action in CHECKED:
        return {"checklist_failures": failures(provider, clock.today())}
    if action == "close":
        return {
            "no_open_placement": not vetting.has_open_placement(provider.id),
            "no_open_proposal": not vetting.has_open_proposal(provider.id),
        }
    return {}


def go_on_leave(actor: Actor, provider: Provider, until: date, note: str = "") -> None:
    """No care from today to that day; the provider comes back by itself on the day after."""
    if until < clock.today():
        raise InvalidInputError("date_past", {"until": ["date_past"]})
    move(actor, provider, "leave", Said(note=note))
    provider.leave_from, provider.leave_until = clock.today(), until


def _withdraw_open(actor: Actor, provider: Provider) -> None:
    found = select(Proposal).where(Proposal.provider_id == provider.id, Proposal.status.in_(OPEN_PROPOSAL))
    for proposal in db.session.scalars(found).all():
        proposals.withdraw(actor, proposal, "provider_suspended")


def _have_placements_reviewed(provider: Provider) -> None:
    """Each child who is there now is asked about today."""
    for placement in vetting.running_placements(provider.id):
        after = (clock.today() - placement.starts_on).days
        db.session.add(FollowUp(placement_id=placement.id, due_on=clock.today(), after_days=after))


# What time brings -----------------------------------------------------------------------------------------------------


def lapse_due() -> int:
    """Suspend every provider whose checklist ran out. Returns how many; doing it twice changes nothing."""
    due = vetting.run_out(STANDING, clock.today())
    for provider in due:
        move(SYSTEM, provider, "lapse", Said(reason="document_expired"))
    return len(due)


def return_from_leave_due() -> int:
    """Bring back who was on leave until yesterday; who no longer meets the checklist is suspended. Returns how many."""
    due = vetting.leave_over(clock.today())
    for provider in due:
        if failures(provider, clock.today()):
            move(SYSTEM, provider, "lapse", Said(reason="document_expired"))
        else:
            move(SYSTEM, provider, "come_back", Said())
    return len(due)


def spread(item: ChecklistItem) -> None:
    """A line of the checklist is new or changed: whoever is being vetted or was has a row for it."""
    for provider in vetting.with_items(BEGUN):
        if item.active and applies(item, provider) and item.id not in {one.checklist_item_id for one in provider.items}:
            provider.items.append(VettingItem(provider_id=provider.id, checklist_item_id=item.id))
        refresh(provider)


def own(provider: Provider, item_id: UUID) -> VettingItem | None:
    """The provider's own item of that id."""
    return next((item for item in provider.items if item.id == item_id), None)
