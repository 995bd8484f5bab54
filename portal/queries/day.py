"""What waits on a person today: short lists with their counts, each table asked once."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, exists, func, literal, or_, select
from sqlalchemy.orm import aliased, joinedload, load_only

from portal import clock
from portal.extensions import db
from portal.models import Family, FollowUp, Invitation, Placement, Proposal, Provider, SuggestionRun
from portal.models.family import consents_now
from portal.models.followup import AGAIN_DAYS, BADLY, KNOWN
from portal.models.placement import OPEN as OPEN_PLACEMENT
from portal.models.provider import STANDING
from portal.policy import Actor
from portal.queries import brief, families, people, shorts, webhooks
from portal.queries.families import OPEN as OPEN_CASE
from portal.queries.people import Colleague
from portal.queries.shorts import Asked, Bucket, Short
from portal.queries.sight import owned_by, readable_by, reads_all

ME, TODAY = bindparam("me"), bindparam("today")
FULLEST = 12  # people whose load is listed
ENDING_DAYS = 7  # a pause that ends within so many days is worth a look
SOON = timedelta(hours=12)


def cases(actor: Actor, decides: bool, stall_days: int, unable: Collection[UUID] = ()) -> dict[str, Short]:
    """Own drafts, questions, pauses that end, fresh suggestions; for who decides: intakes and stalled cases too, and
    open cases in the hands of people who can work none (`unable`).
    """
    return shorts.read(
        _cases(reads_all(actor), decides), me=actor.id, unable=list(unable),
        ending=clock.today() + timedelta(days=ENDING_DAYS), stalled=clock.now() - timedelta(days=stall_days),
    )


@cache
def _cases(all_read: bool, decides: bool) -> Asked:
    own = owned_by(ME)
    suggested = exists().where(SuggestionRun.family_id == Family.id, SuggestionRun.current.is_(True))
    fresh = suggested & Family.id.not_in(families.in_proposal())
    ending = or_(Family.paused_until.is_(None), Family.paused_until <= bindparam("ending"))
    buckets = [
        Bucket("needs_information", own & (Family.status == "needs_information"), Family.status_since),
        Bucket("drafts", own & (Family.status == "draft"), Family.status_since, newest_first=True),
        Bucket("pauses", own & (Family.status == "paused") & ending, Family.paused_until),
        Bucket("suggested", own & (Family.status == "waiting") & fresh, Family.waiting_since),
    ]
    if decides:
        readable = readable_by(ME, all_read)
        unowned = Family.status.in_(OPEN_CASE) & Family.caseworker_id.in_(bindparam("unable", expanding=True))
        buckets += [
            Bucket("intakes", readable & (Family.status == "submitted"), Family.status_since),
            Bucket("stalled", readable & families.stalled(bindparam("stalled")), Family.status_since),
            Bucket("unowned", readable & unowned, Family.status_since),
        ]
    return shorts.ask(Family, buckets, load_only(*brief.FAMILY), brief.people())


def follow_ups(actor: Actor, decides: bool) -> dict[str, Short]:
    """Own follow-ups: overdue, of today, and of children who were not well when somebody last knew; for who decides:
    the last of everybody, and everybody's overdue ones (`team_overdue`), the longest overdue first.
    """
    again = clock.today() + timedelta(days=AGAIN_DAYS)
    return shorts.read(_follow_ups(reads_all(actor), decides), me=actor.id, today=clock.today(), again=again)


@cache
def _follow_ups(all_read: bool, decides: bool) -> Asked:
    own, pending = owned_by(ME), FollowUp.status == "scheduled"
    scheduled = own & pending
    unwell = pending & (FollowUp.due_on <= bindparam("again")) & _was_unwell()
    readable, family = readable_by(ME, all_read), joinedload(Placement.family).load_only(*brief.FAMILY)
    buckets = [
        Bucket("overdue", scheduled & (FollowUp.due_on < TODAY), shorts.unindexed(FollowUp.due_on)),
        Bucket("today", scheduled & (FollowUp.due_on == TODAY), FollowUp.due_on),
        Bucket("unwell", (readable if decides else own) & unwell, FollowUp.due_on),
    ]
    if decides:
        late = readable & pending & (FollowUp.due_on < TODAY)
        buckets.append(Bucket("team_overdue", late, FollowUp.due_on, alone=all_read))
        family = family.options(brief.people(), joinedload(Family.caseworker))
    placement = joinedload(FollowUp.placement)
    child, provider = brief.child(joinedload(Placement.child)), brief.provider(joinedload(Placement.provider))
    return shorts.ask(FollowUp, buckets, placement.options(family, child, provider))


def _was_unwell() -> Any:
    """Whether the last answer that knew how the child is said badly. One such answer always has a follow-up to come.

    It starts from the few bad answers, by the index that holds them alone: the statement has to name the value as the
    index does. Asking each follow-up to come for the last answer takes a supervisor of 10,000 children 80 ms more.
    """
    last, later = aliased(FollowUp), aliased(FollowUp)
    known = exists().where(
        later.placement_id == last.placement_id, later.status == "done", later.status_since > last.status_since,
        later.wellbeing.in_(KNOWN),
    )
    return FollowUp.placement_id.in_(
        select(last.placement_id).where(last.wellbeing == literal(BADLY, literal_execute=True), ~known)
    )


def open_proposals(actor: Actor, decides: bool) -> dict[str, Short]:
    """Own proposals that came back, wait for a decision or an answer, run out, whose family took back that its carer is
    told; for who decides: the last of everybody, and what is to decide.
    """
    return shorts.read(_open_proposals(reads_all(actor), decides), me=actor.id, soon=clock.now() + SOON)


@cache
def _open_proposals(all_read: bool, decides: bool) -> Asked:
    own, readable, soon = owned_by(ME), readable_by(ME, all_read), Proposal.hold_until <= bindparam("soon")
    buckets = [
        Bucket("returned", own & (Proposal.status == "returned"), Proposal.hold_until),
        Bucket("undecided", own & (Proposal.status == "proposed"), Proposal.status_since),
        Bucket("expiring", own & Proposal.status.in_(("proposed", "approved")) & soon, Proposal.hold_until),
        Bucket("to_offer", own & (Proposal.status == "approved"), Proposal.hold_until),
        Bucket("unanswered", own & (Proposal.status == "offered"), Proposal.offer_until),
    ]
    if decides:
        buckets += [
            Bucket("to_decide", readable & (Proposal.status == "proposed"), Proposal.hold_until),
            Bucket("declines", readable & (Proposal.status == "decline_pending"), Proposal.hold_until),
        ]
    told = Proposal.status.in_(("offered", "decline_pending")) & ~consents_now("sharing")
    buckets.append(Bucket("unshared", (readable if decides else own) & told, Proposal.hold_until))
    return shorts.ask(
        Proposal, buckets, brief.family(joinedload(Proposal.family)), brief.provider(joinedload(Proposal.provider))
    )


def in_care(actor: Actor, decides: bool) -> dict[str, Short]:
    """Own placements to start or to resume, or whose family took back that its carer is told, which who decides sees of
    everybody; for who decides: unplanned ends to confirm.
    """
    return shorts.read(_in_care(reads_all(actor), decides), me=actor.id, today=clock.today())


@cache
def _in_care(all_read: bool, decides: bool) -> Asked:
    own, readable = owned_by(ME), readable_by(ME, all_read)
    buckets = [
        Bucket("to_start", own & (Placement.status == "planned"), Placement.starts_on),
        Bucket("back", own & (Placement.status == "interrupted") & (Placement.return_expected_on <= TODAY),
               Placement.return_expected_on),
    ]
    if decides:
        over = (Placement.status == "ending") & (Placement.ends_on <= TODAY)  # before, nobody can confirm it
        buckets.append(Bucket("ends", readable & over, Placement.status_since))
    untold = (Placement.status == "planned") & ~consents_now("sharing")
    buckets.append(Bucket("unshared", (readable if decides else own) & untold, Placement.starts_on))
    return shorts.ask(
        Placement, buckets, joinedload(Placement.family).load_only(*brief.FAMILY),
        brief.child(joinedload(Placement.child)), brief.provider(joinedload(Placement.provider)),
    )


def to_renew(within_days: int, today: date) -> Short:
    """Providers whose vetting ends within so many days, the nearest first, whatever they may do until then."""
    return shorts.read(_to_renew(), today=today, last=today + timedelta(days=within_days))["to_renew"]


@cache
def _to_renew() -> Asked:
    ends = Provider.valid_until.between(TODAY, bindparam("last"))
    return shorts.ask(Provider, [Bucket("to_renew", Provider.status.in_(STANDING) & ends, Provider.valid_until)])


@dataclass(frozen=True)
class Load:
    """What one worker carries: open cases, of these waiting ones, children in care, overdue follow-ups."""

    name: str
    open: int
    waiting: int
    in_care: int
    overdue: int


@dataclass(frozen=True)
class Caseload:
    """What the fullest carry, and how many people answer for cases in all."""

    fullest: list[Load]
    people: int


def caseload(team: list[Colleague], most: int = FULLEST) -> Caseload:
    """The active members of a team who answer for the most cases, the fullest first."""
    of_cases, of_care, of_overdue = _loads()
    cases_of = _per_worker(of_cases)
    workers = [one for one in team if one.active and one.user_id in cases_of]
    fullest = sorted(workers, key=lambda one: (-cases_of[one.user_id][0], one.name))[:most]
    in_care_of, overdue_of = _per_worker(of_care), _per_worker(of_overdue, today=clock.today())
    return Caseload([
        Load(one.name, *cases_of[one.user_id], *in_care_of.get(one.user_id, (0,)),
             *overdue_of.get(one.user_id, (0,)))
        for one in fullest
    ], len(workers))


@cache
def _loads() -> tuple[Select[Any], Select[Any], Select[Any]]:
    """By worker: cases with those that wait, children in care, overdue follow-ups.

    Of everybody: indexes answer that in half the time that the list of the fullest costs SQLite.
    """
    cases = select(Family.caseworker_id, func.count(), func.count().filter(Family.status == "waiting"))
    placed = select(Family.caseworker_id, func.count()).join(Placement, Placement.family_id == Family.id)
    overdue = placed.join(FollowUp, FollowUp.placement_id == Placement.id).where(
        FollowUp.status == "scheduled", FollowUp.due_on < TODAY
    )
    asked = (
        cases.where(Family.status.not_in(("closed", "not_eligible"))),
        placed.where(Placement.status.in_(OPEN_PLACEMENT)), overdue,
    )
    of_cases, of_care, of_overdue = (one.group_by(Family.caseworker_id) for one in asked)
    return of_cases, of_care, of_overdue


def _per_worker(asked: Select[Any], **values: Any) -> dict[Any, tuple[int, ...]]:
    return {row[0]: tuple(row[1:]) for row in db.session.execute(asked, values)}


@dataclass(frozen=True)
class Office:
    """What the administration of an NGO looks after."""

    members: int
    unowned: int  # open cases in the hands of people who can work none
    invitations: int
    expired_invitations: int
    broken_webhooks: int


def office(team: list[Colleague]) -> Office:
    """People, cases of who can work none, open invitations, webhooks that were switched off."""
    members, unowned = sum(one.active for one in team), families.open_of(people.unable(team))
    pending = Invitation.accepted_at.is_(None) & Invitation.revoked_at.is_(None)
    opened, expired = db.session.execute(select(
        func.count().filter(pending & (Invitation.expires_at > clock.now())),
        func.count().filter(pending & (Invitation.expires_at <= clock.now())),
    ).select_from(Invitation)).one()
    return Office(members, unowned, opened, expired, webhooks.broken())
