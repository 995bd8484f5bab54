"""How a case, a provider, a suggestion, a proposal, a placement and a follow-up move: the only code that sets a status.

`FLOWS` says which moves exist. `advance` asks the policy, then every guard, then moves the row and writes the move
down. A guard looks at the row and at the facts its service gathered, and gives back every reason why not. A move that
is not in the table, or not from the present status, is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from portal import clock, outbox
from portal.errors import ConflictError, InvalidInputError, Refusal
from portal.extensions import db
from portal.models.transition import Transition
from portal.policy import Actor, Permission, allowed, require

Facts = Mapping[str, Any]
Guard = Callable[[Any, Facts], list[Refusal]]


@dataclass(frozen=True)
class Step:
    """Where a move leads, who may make it, what must hold, and what must be said."""

    to: str
    permission: Permission
    guards: tuple[Guard, ...] = ()
    reasons: tuple[str, ...] = ()  # one of these codes must be given
    needs_note: bool = False
    note_for: tuple[str, ...] = ()  # reasons that need a note, where others do not
    otherwise: str = ""  # where it leads when a guard says no, instead of being refused


@dataclass(frozen=True)
class Said:
    """What the person who moves the row gives with it, and what the service found out for the guards."""

    reason: str = ""
    note: str = ""
    facts: Facts = field(default_factory=dict)


def fact(name: str, code: str) -> Guard:
    """A guard: the service must have found `name` to be true."""

    def guard(row: Any, facts: Facts) -> list[Refusal]:
        return [] if facts.get(name) is True else [Refusal(code)]

    return guard


def listed(name: str) -> Guard:
    """A guard: the service's list `name` of refusals must be there and empty."""

    def guard(row: Any, facts: Facts) -> list[Refusal]:
        return list(facts[name]) if name in facts else [Refusal("not_checked")]

    return guard


intake_complete = listed("missing")
rules_pass = listed("rule_failures")
checklist_complete = listed("checklist_failures")
seat_held = fact("seat_held", "seat_not_held")
no_open_placement = fact("no_open_placement", "placement_open")
no_open_proposal = fact("no_open_proposal", "proposal_open")
end_planned = fact("end_planned", "no_end_planned")
end_reached = fact("end_reached", "end_not_reached")
start_reached = fact("start_reached", "start_not_reached")
sent_before = fact("sent_before", "not_checked")  # nobody hears of it: the move leads elsewhere
agreement_signed = fact("agreement_signed", "agreement_missing")
both_accepted = fact("both_accepted", "answer_missing")


def sharing_agreed(row: Any, facts: Facts) -> list[Refusal]:
    """A guard: the family agrees now that its carer is told. Once an offer was out, it has taken that back."""
    if facts.get("sharing_agreed") is True:
        return []
    return [Refusal({"approved": "sharing_missing", "planned": "sharing_lapsed"}.get(row.status, "sharing_withdrawn"))]


CLOSE_REASONS = (
    "aged_out", "moved", "no_longer_needs", "declined", "not_reachable", "not_eligible", "duplicate", "other",
)
PAUSE_REASONS = ("family_asked", "travel", "illness", "work_changed", "other")
NOT_ELIGIBLE_REASONS = ("outside_area", "outside_age", "no_consent", "other_programme", "other")
PROVIDER_REASONS = (
    "document_expired", "complaint", "visit_failed", "registry_check", "not_reachable", "own_wish", "other",
)
DISMISS_REASONS = (
    "family_distance", "family_trust", "family_hours", "family_other", "provider_full", "provider_declined",
    "provider_hours", "provider_other", "data_wrong", "other",
)
REJECT_REASONS = ("better_option", "rule_doubt", "need_not_met", "provider_doubt", "information_missing", "other")
DECLINE_REASONS = (
    "family_other_care", "family_distance", "family_cost", "family_trust", "family_no_longer", "provider_full",
    "provider_hours", "provider_need", "provider_stopped", "not_reachable", "other",
)
WITHDRAW_REASONS = ("case_closed", "provider_suspended", "other_accepted", "mistake", "family_asked", "other")
END_REASONS = {
    "planned": ("aged_out", "school", "goal_reached", "moved"),
    "unplanned": ("family_left", "provider_stopped", "safety", "cost", "distance", "behaviour", "not_attending"),
    "other": ("mistake", "other"),
}
EXPLAINED_ENDS = ("safety",)  # nobody ends care for these without saying what happened
ALL_END_REASONS = tuple(reason for group in END_REASONS.values() for reason in group)
INTERRUPT_REASONS = ("illness", "travel", "provider_leave", "other")
FOLLOWUP_CANCEL_REASONS = ("placement_ended", "replaced", "other")

P = Permission
_OPEN_CASE = ("draft", "submitted", "needs_information", "eligible", "not_eligible", "waiting", "paused")
_IN_CARE = ("active", "interrupted")
_OPEN_PROPOSAL = ("proposed", "returned", "approved", "offered", "decline_pending")


def _from_each(starts: tuple[str, ...], action: str, step: Step) -> dict[tuple[str, str], Step]:
    return {(start, action): step for start in starts}


FAMILY: dict[tuple[str, str], Step] = {
    ("draft", "submit"): Step("submitted", P.INTAKE_SUBMIT, (intake_complete,)),
    ("draft", "close_duplicate"): Step("closed", P.INTAKE_SUBMIT, reasons=("duplicate",)),
    ("submitted", "ask"): Step("needs_information", P.INTAKE_DECIDE, needs_note=True),
    ("needs_information", "submit"): Step("submitted", P.INTAKE_SUBMIT, (intake_complete,)),
    ("submitted", "accept"): Step("eligible", P.INTAKE_DECIDE),
    ("submitted", "refuse"): Step("not_eligible", P.INTAKE_DECIDE, reasons=NOT_ELIGIBLE_REASONS),
    ("eligible", "wait"): Step("waiting", P.CASE_MOVE),
    ("waiting", "pause"): Step("paused", P.CASE_PAUSE, reasons=PAUSE_REASONS),
    ("paused", "resume"): Step("waiting", P.CASE_PAUSE),
    ("waiting", "match"): Step("matched", P.CASE_MOVE),
    ("matched", "place"): Step("placed", P.CASE_MOVE),
    ("matched", "fall_through"): Step("waiting", P.CASE_MOVE),
    ("placed", "wait_again"): Step("waiting", P.CASE_PAUSE, (no_open_placement,)),
    ("not_eligible", "reopen"): Step("submitted", P.CASE_CLOSE, needs_note=True),
    ("closed", "reopen"): Step("submitted", P.CASE_CLOSE, (sent_before,), needs_note=True, otherwise="draft"),
    **_from_each((*_OPEN_CASE, "matched", "placed"), "close", Step(
        "closed", P.CASE_CLOSE, (no_open_placement, no_open_proposal), CLOSE_REASONS, needs_note=True
    )),
}

PROVIDER: dict[tuple[str, str], Step] = {
    ("invited", "apply"): Step("applied", P.VETTING_WORK),
    ("applied", "start_vetting"): Step("in_vetting", P.VETTING_WORK),
    ("in_vetting", "approve_with_conditions"): Step("conditional", P.PROVIDER_APPROVE, needs_note=True),
    **_from_each(("in_vetting", "conditional"), "approve", Step("approved", P.PROVIDER_APPROVE, (checklist_complete,))),
    **_from_each(("in_vetting", "conditional", "applied"), "reject", Step(
        "rejected", P.PROVIDER_DECIDE, reasons=PROVIDER_REASONS
    )),
    ("approved", "renewal_due"): Step("recertification_due", P.PROVIDER_MOVE),
    ("recertification_due", "renew"): Step("approved", P.VETTING_WORK, (checklist_complete,)),
    **_from_each(("approved", "recertification_due", "on_leave"), "suspend", Step(
        "suspended", P.PROVIDER_DECIDE, reasons=PROVIDER_REASONS
    )),
    **_from_each(("approved", "recertification_due", "conditional", "on_leave"), "lapse", Step(
        "suspended", P.PROVIDER_MOVE, reasons=("document_expired",)
    )),
    ("suspended", "reinstate"): Step("approved", P.PROVIDER_APPROVE, (checklist_complete,)),
    **_from_each(("approved", "recertification_due"), "leave", Step("on_leave", P.VETTING_WORK)),
    ("on_leave", "come_back"): Step("approved", P.VETTING_WORK, (checklist_complete,)),
    ("rejected", "reopen"): Step("in_vetting", P.PROVIDER_DECIDE, needs_note=True),
    **_from_each(
        ("invited", "applied", "in_vetting", "conditional", "approved", "recertification_due", "suspended", "rejected",
         "on_leave"),
        "close", Step("closed", P.PROVIDER_CLOSE, (no_open_placement, no_open_proposal), PROVIDER_REASONS),
    ),
}

SUGGESTION: dict[tuple[str, str], Step] = {
    ("suggested", "shortlist"): Step("shortlisted", P.SUGGESTION_USE),
    ("shortlisted", "unlist"): Step("suggested", P.SUGGESTION_USE),
    **_from_each(("suggested", "shortlisted"), "dismiss", Step(
        "dismissed", P.SUGGESTION_USE, reasons=DISMISS_REASONS
    )),
    ("dismissed", "restore"): Step("suggested", P.SUGGESTION_USE),
    ("shortlisted", "propose"): Step("proposed", P.PROPOSAL_MAKE),
    ("proposed", "unpropose"): Step("shortlisted", P.PROPOSAL_MOVE),
}

PROPOSAL: dict[tuple[str, str], Step] = {
    ("proposed", "approve"): Step("approved", P.PROPOSAL_DECIDE, (seat_held, rules_pass)),
    ("proposed", "return"): Step("returned", P.PROPOSAL_DECIDE, needs_note=True),
    ("proposed", "reject"): Step("rejected", P.PROPOSAL_DECIDE, reasons=REJECT_REASONS),
    ("returned", "propose_again"): Step("proposed", P.PROPOSAL_MAKE, (seat_held, rules_pass)),
    ("approved", "offer"): Step("offered", P.OFFER_RECORD, (sharing_agreed,)),
    ("offered", "agree"): Step("accepted", P.OFFER_RECORD, (both_accepted, seat_held, sharing_agreed)),
    ("offered", "decline"): Step("decline_pending", P.OFFER_RECORD, reasons=DECLINE_REASONS),
    ("decline_pending", "confirm_decline"): Step("declined", P.DECLINE_CONFIRM),
    ("decline_pending", "overrule"): Step("offered", P.DECLINE_CONFIRM, (sharing_agreed,), needs_note=True),
    **_from_each(_OPEN_PROPOSAL, "expire", Step("expired", P.PROPOSAL_MOVE)),
    **_from_each(_OPEN_PROPOSAL, "withdraw", Step("withdrawn", P.PROPOSAL_MAKE, reasons=WITHDRAW_REASONS)),
}

PLACEMENT: dict[tuple[str, str], Step] = {
    ("planned", "move_start"): Step("planned", P.PLACEMENT_MANAGE),
    ("planned", "start"): Step("active", P.PLACEMENT_MANAGE, (start_reached, agreement_signed, sharing_agreed)),
    ("planned", "cancel"): Step("cancelled", P.PLACEMENT_CONFIRM, reasons=DECLINE_REASONS),
    ("active", "interrupt"): Step("interrupted", P.PLACEMENT_MANAGE, reasons=INTERRUPT_REASONS),
    ("interrupted", "resume"): Step("active", P.PLACEMENT_MANAGE),
    **_from_each(_IN_CARE, "end", Step("ended", P.PLACEMENT_MANAGE, reasons=(
        *END_REASONS["planned"], *END_REASONS["other"]
    ))),
    **{(status, "plan_end"): Step(status, P.PLACEMENT_MANAGE, reasons=(
        *END_REASONS["planned"], *END_REASONS["other"]
    )) for status in _IN_CARE},
    **{(status, "drop_end"): Step(status, P.PLACEMENT_MANAGE, (end_planned,)) for status in _IN_CARE},
    **_from_each(_IN_CARE, "end_due", Step("ended", P.PLACEMENT_MOVE, (end_reached,), (
        *END_REASONS["planned"], *END_REASONS["other"]
    ))),
    **_from_each(_IN_CARE, "end_early", Step(
        "ending", P.PLACEMENT_MANAGE, reasons=END_REASONS["unplanned"], note_for=EXPLAINED_ENDS
    )),
    ("ending", "confirm_end"): Step(
        "ended", P.PLACEMENT_CONFIRM, (end_reached,), ALL_END_REASONS, note_for=EXPLAINED_ENDS
    ),
    ("ending", "overrule_end"): Step("active", P.PLACEMENT_CONFIRM, needs_note=True),
    ("ended", "correct"): Step("active", P.PLACEMENT_CONFIRM, (fact("same_day", "day_passed"),), needs_note=True),
}

FOLLOW_UP: dict[tuple[str, str], Step] = {
    ("scheduled", "complete"): Step("done", P.FOLLOWUP_DO),
    ("scheduled", "not_reached"): Step("could_not_reach", P.FOLLOWUP_DO),
    ("scheduled", "cancel"): Step("cancelled", P.FOLLOWUP_DO, reasons=FOLLOWUP_CANCEL_REASONS),
}

FLOWS: dict[str, dict[tuple[str, str], Step]] = {
    "family": FAMILY,
    "provider": PROVIDER,
    "suggestion": SUGGESTION,
    "proposal": PROPOSAL,
    "placement": PLACEMENT,
    "follow_up": FOLLOW_UP,
}

_NOTHING = Said()


def advance(row: Any, action: str, actor: Actor, said: Said = _NOTHING) -> Transition:
    """Move `row` by `action`, or refuse.

    Raises NotAllowedError when the policy says no, ConflictError with every reason when the row has moved on or a
    guard refuses, InvalidInputError when the coded reason or the note is missing.
    """
    step = _step(row, action)
    require(actor, step.permission, row)
    _check_said(step, said)
    refusals = [refusal for guard in step.guards for refusal in guard(row, said.facts)]
    if refusals and not step.otherwise:
        raise ConflictError("refused", refusals)
    return _move(row, action, step.otherwise if refusals else step.to, actor, said)


def _step(row: Any, action: str) -> Step:
    step = FLOWS[row.__tablename__].get((row.status, action))
    if step is None:
        raise ConflictError("moved_on", [Refusal("moved_on", (("status", row.status), ("action", action)))])
    return step


def _check_said(step: Step, said: Said) -> None:
    wrong: dict[str, list[str]] = {}
    if step.reasons and said.reason not in step.reasons:
        wrong["reason"] = ["reason_missing"]
    if (step.needs_note or said.reason in step.note_for) and not said.note.strip():
        wrong["note"] = ["note_missing"]
    if wrong:
        raise InvalidInputError("reason_or_note_missing", wrong)


def _move(row: Any, action: str, to: str, actor: Actor, said: Said) -> Transition:
    before, row.status = row.status, to
    if hasattr(row, "status_since"):
        row.status_since = clock.now()
    move = Transition(
        flow=row.__tablename__, subject_id=row.id, action=action, before=before, after=to, actor_id=actor.id,
        actor_name=actor.name, at=clock.now(), reason=said.reason, note=said.note.strip()[:2000],
    )
    db.session.add(move)
    db.session.flush()
    outbox.moved(row, action)
    return move


def moves(row: Any, actor: Actor) -> list[str]:
    """The actions this person may try on this row now (guards are asked only when it is tried)."""
    return [
        action
        for (status, action), step in FLOWS[row.__tablename__].items()
        if status == row.status and allowed(actor, step.permission, row)
    ]


def barred(row: Any, actor: Actor) -> set[Permission]:
    """What this person decides of other rows as they are now, and not of this one."""
    asked = {step.permission for (status, _), step in FLOWS[row.__tablename__].items() if status == row.status}
    return {one for one in asked if allowed(actor, one) and not allowed(actor, one, row)}


def reasons_for(row: Any, action: str) -> tuple[str, ...]:
    """The coded reasons one of which the move needs; empty when it needs none."""
    step = FLOWS[row.__tablename__].get((row.status, action))
    return step.reasons if step else ()
