"""Placements: from the accepted offer to the end of care, with attendance and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from portal import clock, outbox, workflow
from portal.errors import ConflictError, InvalidInputError, Refusal
from portal.extensions import db
from portal.models import AttendanceDay, FollowUp, Outcome, Placement, Proposal, Transition
from portal.models.child import band_on
from portal.models.family import consent_now
from portal.models.placement import ATTENDANCE, OPEN
from portal.policy import SYSTEM, Actor
from portal.services import followups, matching, seats
from portal.workflow import END_REASONS, Said

IN_CARE = ("active", "interrupted", "ending", "ended")  # care has begun
HELD_DAYS = 90  # a placement that lasted this long counts as held, unless it ended for one of the next reasons
NEVER_HELD = ("safety",)
NOTICE_DAYS = 90  # how far ahead a last day may lie
SIGNED_BEFORE_DAYS = 30  # how long before the proposal an agreement may have been signed


@dataclass(frozen=True)
class Ending:
    """When and why care ends; `ends_on` is the day the seat is free again."""

    ends_on: date
    reason: str
    note: str = ""


def plan(proposal: Proposal) -> list[Placement]:
    """A planned placement for each child of an accepted proposal; the held seats become taken ones."""
    seats.take(proposal)
    made = [
        Placement(
            family_id=proposal.family_id, provider_id=proposal.provider_id, child_id=one.child_id,
            proposal_id=proposal.id, band=one.band, starts_on=proposal.starts_on,
        )
        for one in proposal.children
    ]
    db.session.add_all(made)
    db.session.flush()
    for placement in made:
        outbox.happened("placement.planned", placement)
    return made


def sign(actor: Actor, placement: Placement, signed_on: date) -> None:
    """The agreement between family and provider is signed: not long before the proposal, not in the future."""
    workflow.require(actor, workflow.P.PLACEMENT_MANAGE, placement)
    if signed_on > clock.today():
        raise InvalidInputError("date_future", {"signed_on": ["date_future"]})
    if signed_on < _proposal(placement).made_at.astimezone(clock.LIMA).date() - timedelta(days=SIGNED_BEFORE_DAYS):
        raise InvalidInputError("signed_too_early", {"signed_on": ["signed_too_early"]})
    placement.agreement_signed_on = signed_on


def move_start(actor: Actor, placement: Placement, starts_on: date) -> None:
    """A planned placement begins another day, under the rules of a proposal; its follow-ups count from that day.

    The seat is taken in the band of the child's age on that day. Raises ConflictError with every reason why not,
    InvalidInputError for a day in the past.
    """
    wrong = "date_past" if starts_on < clock.today() else "start_unchanged" if starts_on == placement.starts_on else ""
    if wrong:
        raise InvalidInputError(wrong, {"starts_on": [wrong]})
    said = Said(note=f"{placement.starts_on.isoformat()} → {starts_on.isoformat()}")
    workflow.advance(placement, "move_start", actor, said)
    refusals = matching.refusals(placement.family, [placement.child], placement.provider, starts_on, placement)
    if refusals:
        raise ConflictError("refused", refusals)
    band = band_on(placement.child.birth_date, starts_on) or placement.band
    if band != placement.band:
        seats.change_band(placement, band)
    placement.starts_on = starts_on


def _proposal(placement: Placement) -> Proposal:
    return db.session.scalars(select(Proposal).where(Proposal.id == placement.proposal_id)).one()


def start(actor: Actor, placement: Placement) -> None:
    """Care begins: the family counts as placed, and the follow-ups are planned. Refused while the family does not agree
    any more that its carer is told about it.
    """
    facts = {
        "start_reached": placement.starts_on <= clock.today(),
        "agreement_signed": placement.agreement_signed_on is not None, **_to_tell(placement),
    }
    workflow.advance(placement, "start", actor, Said(facts=facts))
    followups.plan(placement)
    if placement.family.status == "matched":
        workflow.advance(placement.family, "place", SYSTEM)


def _to_tell(placement: Placement) -> dict[str, bool]:
    return {"sharing_agreed": consent_now(placement.family, "sharing")}


def unshared(actor: Actor, placement: Placement) -> list[Refusal]:
    """Why care may not begin for want of the family's agreement to sharing, for who might begin it."""
    if "start" not in workflow.moves(placement, actor):
        return []
    return workflow.sharing_agreed(placement, _to_tell(placement))


def cancel(actor: Actor, placement: Placement, reason: str, note: str = "") -> None:
    """A planned placement that will not begin: the seat is free, the family waits again."""
    workflow.advance(placement, "cancel", actor, Said(reason=reason, note=note))
    placement.ends_on = clock.today()
    seats.free(placement)
    if placement.family.status == "matched" and not _others_open(placement):
        workflow.advance(placement.family, "fall_through", SYSTEM)


def interrupt(actor: Actor, placement: Placement, reason: str, returns_on: date | None) -> None:
    """A pause of care, with the day it is expected to go on."""
    workflow.advance(placement, "interrupt", actor, Said(reason=reason))
    placement.return_expected_on = returns_on


def resume(actor: Actor, placement: Placement) -> None:
    """Care goes on."""
    workflow.advance(placement, "resume", actor)
    placement.return_expected_on = None


def end(actor: Actor, placement: Placement, ending: Ending) -> None:
    """End care. A planned reason ends it on its last day, at once where that has come (`end_due` does it later);
    an unplanned one waits for the supervisor. Until it ended, the seat is taken and the follow-ups go on."""
    _check_last_day(placement, ending.ends_on)
    action = "plan_end" if ending.ends_on > clock.today() else "end"
    if ending.reason in END_REASONS["unplanned"]:
        action = "end_early"
    workflow.advance(placement, action, actor, Said(reason=ending.reason, note=ending.note))
    placement.ends_on, placement.end_reason = ending.ends_on, ending.reason
    placement.end_group = group_of(ending.reason)
    if placement.status == "ended":
        _settle(actor, placement)


def _check_last_day(placement: Placement, day: date) -> None:
    wrong = ""
    if day < placement.starts_on:
        wrong = "end_before_start"
    elif day > clock.today() + timedelta(days=NOTICE_DAYS):
        wrong = "end_too_far"
    if wrong:
        raise InvalidInputError(wrong, {"ends_on": [wrong]})


def drop_end(actor: Actor, placement: Placement) -> None:
    """Care goes on after all: the planned end is taken back."""
    workflow.advance(placement, "drop_end", actor, Said(facts={"end_planned": placement.ends_on is not None}))
    _forget_end(placement)


def end_due() -> int:
    """End the placements whose planned last day has come. Returns how many; twice changes nothing."""
    due = db.session.scalars(
        select(Placement).where(Placement.status.in_(("active", "interrupted")), Placement.ends_on <= clock.today())
    ).all()
    for placement in due:
        workflow.advance(placement, "end_due", SYSTEM, Said(placement.end_reason, facts=_end_facts(placement)))
        _settle(SYSTEM, placement)
    return len(due)


def confirm_end(actor: Actor, placement: Placement, reason: str, note: str = "") -> None:
    """The supervisor confirms an unplanned end once its last day has come, with the reason as it was found to be."""
    workflow.advance(placement, "confirm_end", actor, Said(reason, note, _end_facts(placement)))
    placement.end_reason, placement.end_group = reason, group_of(reason)
    _settle(actor, placement)


def end_reached(placement: Placement) -> bool:
    """Has its last day come?"""
    return placement.ends_on is not None and placement.ends_on <= clock.today()


def _end_facts(placement: Placement) -> dict[str, bool]:
    return {"end_reached": end_reached(placement)}


def _forget_end(placement: Placement) -> None:
    placement.ends_on, placement.end_reason, placement.end_group = None, "", ""


def overrule_end(actor: Actor, placement: Placement, note: str) -> None:
    """The supervisor has care go on."""
    workflow.advance(placement, "overrule_end", actor, Said(note=note))
    _forget_end(placement)


def correct(actor: Actor, placement: Placement, note: str) -> None:
    """Undo an end on the day it was recorded: the seat is taken again, the follow-ups go on, no outcome remains."""
    if _child_open_elsewhere(placement):
        raise ConflictError("placement_open")
    seats.retake(placement)
    workflow.advance(placement, "correct", actor, Said(note=note, facts={"same_day": ended_today(placement)}))
    _forget_end(placement)
    for outcome in db.session.scalars(select(Outcome).where(Outcome.placement_id == placement.id)).all():
        db.session.delete(outcome)
    followups.plan_again(placement)


def _child_open_elsewhere(placement: Placement) -> bool:
    found = select(Placement.id).where(
        Placement.child_id == placement.child_id, Placement.id != placement.id, Placement.status.in_(OPEN)
    )
    return db.session.scalars(found).first() is not None


def group_of(reason: str) -> str:
    """planned, unplanned or other."""
    return next((group for group, reasons in END_REASONS.items() if reason in reasons), "other")


def free_due() -> int:
    """Free the seats of placements that were recorded as ended before their last day, which has come.

    Ends are carried out on their day now (`end_due`); rows from before that still wait for theirs. Returns how many.
    """
    due = db.session.scalars(
        select(Placement).where(
            Placement.status == "ended", Placement.seat_freed.is_(False), Placement.ends_on <= clock.today()
        )
    ).all()
    for placement in due:
        seats.free(placement)
    return len(due)


def _settle(actor: Actor, placement: Placement) -> None:
    seats.free(placement)
    followups.cancel_open(placement, actor)
    _record_outcome(placement)


def _record_outcome(placement: Placement) -> None:
    days = ((placement.ends_on or clock.today()) - placement.starts_on).days
    answers = _last_answers(placement)
    db.session.add(
        Outcome(
            placement_id=placement.id, days=days, end_group=placement.end_group, end_reason=placement.end_reason,
            held=_held(placement, days), works_after=answers.get("works") or "unknown",
            hours_after=answers.get("weekly_hours"), income_change_pen=answers.get("income_change"),
        )
    )


def _held(placement: Placement, days: int) -> bool:
    if placement.end_reason in NEVER_HELD:
        return False
    return placement.end_group == "planned" or days >= HELD_DAYS


def _last_answers(placement: Placement) -> dict[str, object]:
    found = (
        select(FollowUp).where(FollowUp.placement_id == placement.id, FollowUp.status == "done")
        .order_by(FollowUp.due_on.desc())
    )
    last = db.session.scalars(found).first()
    return last.answers if last else {}


def _others_open(placement: Placement) -> bool:
    found = select(Placement.id).where(
        Placement.family_id == placement.family_id, Placement.id != placement.id, Placement.status.in_(OPEN)
    )
    return db.session.scalars(found).first() is not None


def record_day(actor: Actor, placement: Placement, day: date, value: str) -> None:
    """What is known of one day: present, excused, absent, or "" for unknown (which is never absence)."""
    workflow.require(actor, workflow.P.ATTENDANCE_RECORD, placement)
    if not may_record(placement, day) or (value and value not in ATTENDANCE):
        raise InvalidInputError("day_not_recordable", {"day": ["day_not_recordable"]})
    found = select(AttendanceDay).where(AttendanceDay.placement_id == placement.id, AttendanceDay.day == day)
    row = db.session.scalars(found).one_or_none()
    if row is not None and not value:
        db.session.delete(row)
    elif row is not None:
        row.value, row.recorded_by_id = value, actor.id
    elif value:
        db.session.add(AttendanceDay(placement_id=placement.id, day=day, value=value, recorded_by_id=actor.id))


def may_record(placement: Placement, day: date) -> bool:
    """Was the child in care on that day, as far as it is known today?"""
    last = min(placement.ends_on or clock.today(), clock.today())
    return placement.status in IN_CARE and placement.starts_on <= day <= last


def days(placement: Placement, first: date, count: int) -> list[tuple[date, str]]:
    """What is known of `count` days from the first: (day, value), "" where nothing is known."""
    last = first + timedelta(days=count)
    found = select(AttendanceDay).where(
        AttendanceDay.placement_id == placement.id, AttendanceDay.day >= first, AttendanceDay.day < last
    )
    known = {row.day: row.value for row in db.session.scalars(found)}
    return [(first + timedelta(days=n), known.get(first + timedelta(days=n), "")) for n in range(count)]


def moves_now(actor: Actor, placement: Placement) -> list[str]:
    """The moves this person may try, without those that wait for their day or whose day has passed."""
    fits = {
        "correct": ended_today, "confirm_end": end_reached, "drop_end": lambda one: one.ends_on is not None,
    }
    return [one for one in workflow.moves(placement, actor) if one not in fits or fits[one](placement)]


def ended_today(placement: Placement) -> bool:
    """Did care end by a move of today? Only then can it be undone."""
    found = (
        select(Transition).where(Transition.flow == "placement", Transition.subject_id == placement.id)
        .order_by(Transition.at.desc())
    )
    last = db.session.scalars(found).first()
    return last is not None and last.after == "ended" and last.at.astimezone(clock.LIMA).date() == clock.today()
