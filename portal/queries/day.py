"""What waits on a person today: short lists with their counts, each table asked once."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, func, literal, or_, select, union_all
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.interfaces import ORMOption

from portal import clock
from portal.extensions import db
from portal.models import Family, FollowUp, Invitation, Placement, Proposal, Provider, SuggestionRun
from portal.models.family import consents_now
from portal.models.placement import OPEN as OPEN_PLACEMENT
from portal.models.proposal import OPEN as OPEN_PROPOSAL
from portal.models.provider import STANDING
from portal.policy import Actor
from portal.queries import families, people, webhooks
from portal.queries.families import OPEN as OPEN_CASE
from portal.queries.people import Colleague
from portal.queries.sight import of_any, of_own, of_readable

SHOWN = 5
FULLEST = 12  # people whose load is listed
ENDING_DAYS = 7  # a pause that ends within so many days is worth a look
SOON = timedelta(hours=12)
STALLABLE = ("submitted", "needs_information", "eligible", "waiting", "matched")


@dataclass(frozen=True)
class Bucket:
    """One short list: which rows, in which order."""

    name: str
    which: ColumnElement[bool]
    order: ColumnElement[Any]
    newest_first: bool = False

    def sorted_by(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        return column.desc() if self.newest_first else column.asc()


@dataclass(frozen=True)
class Short:
    """The first rows of a bucket, and how many there are in all."""

    rows: tuple[Any, ...] = ()
    count: int = 0

    def __add__(self, other: Short) -> Short:
        return Short((*self.rows, *other.rows), self.count + other.count)


def short(kind: type, buckets: list[Bucket], *options: ORMOption) -> dict[str, Short]:
    """The first rows and the count of every bucket, by one statement however many there are."""
    firsts = union_all(*(_first(kind, bucket) for bucket in buckets)).subquery()
    counts = union_all(*(_count(kind, bucket) for bucket in buckets)).subquery()
    found = (
        select(kind, firsts.c.bucket, counts.c.total).join(firsts, firsts.c.id == kind.id)
        .join(counts, counts.c.bucket == firsts.c.bucket).order_by(firsts.c.bucket, firsts.c.place).options(*options)
    )
    lists: dict[str, list[Any]] = {bucket.name: [] for bucket in buckets}
    totals = dict.fromkeys(lists, 0)
    for row, bucket, total in db.session.execute(found).unique():
        lists[bucket].append(row)
        totals[bucket] = total
    return {name: Short(tuple(rows), totals[name]) for name, rows in lists.items()}


def _first(kind: type, bucket: Bucket) -> Any:
    """The ids of the first few and their places: numbered after the cut, so that the rest is never sorted."""
    few = (
        _joined(kind, select(kind.id.label("id"), bucket.order.label("key"))).where(bucket.which)
        .order_by(bucket.sorted_by(bucket.order)).limit(SHOWN).subquery()
    )
    place = func.row_number().over(order_by=bucket.sorted_by(few.c.key))
    return select(few.c.id, literal(bucket.name).label("bucket"), place.label("place"))


def _count(kind: type, bucket: Bucket) -> Any:
    counted = select(literal(bucket.name).label("bucket"), func.count().label("total")).select_from(kind)
    return _joined(kind, counted).where(bucket.which)


def _joined(kind: type, chosen: Select[Any]) -> Select[Any]:
    """With the family a condition may ask about."""
    if kind in (Placement, Proposal):
        return chosen.join(Family, Family.id == kind.family_id)
    if kind is FollowUp:
        by_placement = chosen.join(Placement, Placement.id == FollowUp.placement_id)
        return by_placement.join(Family, Family.id == Placement.family_id)
    return chosen


def cases(actor: Actor, decides: bool, stall_days: int, unable: Collection[UUID] = ()) -> dict[str, Short]:
    """Own drafts, questions, pauses that end, fresh suggestions; for who decides: intakes and stalled cases too, and
    open cases in the hands of people who can work none (`unable`).
    """
    today, own = clock.today(), of_own(actor)
    suggested = exists().where(SuggestionRun.family_id == Family.id, SuggestionRun.current.is_(True))
    fresh = suggested & Family.id.not_in(_in_proposal())
    buckets = [
        Bucket("needs_information", own & (Family.status == "needs_information"), Family.status_since),
        Bucket("drafts", own & (Family.status == "draft"), Family.status_since, newest_first=True),
        Bucket("pauses", own & (Family.status == "paused") & (
            or_(Family.paused_until.is_(None), Family.paused_until <= today + timedelta(days=ENDING_DAYS))
        ), Family.paused_until),
        Bucket("suggested", own & (Family.status == "waiting") & fresh, Family.waiting_since),
    ]
    if decides:
        since = clock.now() - timedelta(days=stall_days)
        readable = of_readable(actor)
        buckets += [
            Bucket("intakes", readable & (Family.status == "submitted"), Family.status_since),
            Bucket("stalled", readable & Family.status.in_(STALLABLE) & (Family.status_since < since)
                   & Family.id.not_in(_in_proposal()), Family.status_since),
            Bucket("unowned", readable & Family.status.in_(OPEN_CASE) & of_any(unable), Family.status_since),
        ]
    return short(Family, buckets, joinedload(Family.caregivers))


def _in_proposal() -> Any:
    return select(Proposal.family_id).where(Proposal.status.in_(OPEN_PROPOSAL))


def follow_ups(actor: Actor) -> dict[str, Short]:
    """Own follow-ups: overdue, and of today."""
    today, scheduled = clock.today(), of_own(actor) & (FollowUp.status == "scheduled")
    return short(
        FollowUp,
        [Bucket("overdue", scheduled & (FollowUp.due_on < today), FollowUp.due_on),
         Bucket("today", scheduled & (FollowUp.due_on == today), FollowUp.due_on)],
        joinedload(FollowUp.placement).options(
            joinedload(Placement.family), joinedload(Placement.child), joinedload(Placement.provider)
        ),
    )


def open_proposals(actor: Actor, decides: bool) -> dict[str, Short]:
    """Own proposals that came back, wait for a decision or an answer, run out, whose family took back that its carer is
    told; for who decides: the last of everybody, and what is to decide.
    """
    own, soon = of_own(actor), Proposal.hold_until <= clock.now() + SOON
    buckets = [
        Bucket("returned", own & (Proposal.status == "returned"), Proposal.hold_until),
        Bucket("undecided", own & (Proposal.status == "proposed"), Proposal.status_since),
        Bucket("expiring", own & Proposal.status.in_(("proposed", "approved")) & soon, Proposal.hold_until),
        Bucket("to_offer", own & (Proposal.status == "approved"), Proposal.hold_until),
        Bucket("unanswered", own & (Proposal.status == "offered"), Proposal.offer_until),
    ]
    if decides:
        readable = of_readable(actor)
        buckets += [
            Bucket("to_decide", readable & (Proposal.status == "proposed"), Proposal.hold_until),
            Bucket("declines", readable & (Proposal.status == "decline_pending"), Proposal.hold_until),
        ]
    told = Proposal.status.in_(("offered", "decline_pending")) & ~consents_now("sharing")
    buckets.append(Bucket("unshared", (of_readable(actor) if decides else own) & told, Proposal.hold_until))
    family = joinedload(Proposal.family).joinedload(Family.caregivers)
    return short(Proposal, buckets, family, joinedload(Proposal.provider))


def in_care(actor: Actor, decides: bool) -> dict[str, Short]:
    """Own placements to start or to resume, or whose family took back that its carer is told, which who decides sees of
    everybody; for who decides: unplanned ends to confirm.
    """
    today, own = clock.today(), of_own(actor)
    buckets = [
        Bucket("to_start", own & (Placement.status == "planned"), Placement.starts_on),
        Bucket("back", own & (Placement.status == "interrupted") & (Placement.return_expected_on <= today),
               Placement.return_expected_on),
    ]
    if decides:
        over = (Placement.status == "ending") & (Placement.ends_on <= today)  # before, nobody can confirm it
        buckets.append(Bucket("ends", of_readable(actor) & over, Placement.status_since))
    untold = (Placement.status == "planned") & ~consents_now("sharing")
    buckets.append(Bucket("unshared", (of_readable(actor) if decides else own) & untold, Placement.starts_on))
    return short(
        Placement, buckets, joinedload(Placement.family), joinedload(Placement.child), joinedload(Placement.provider)
    )


def to_renew(within_days: int, today: date) -> Short:
    """Providers whose vetting ends within so many days, the nearest first, whatever they may do until then."""
    ends = Provider.valid_until.between(today, today + timedelta(days=within_days))
    return short(Provider, [Bucket("to_renew", Provider.status.in_(STANDING) & ends, Provider.valid_until)])["to_renew"]


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
    cases_of = _per_worker(select(
        Family.caseworker_id, func.count(), func.count().filter(Family.status == "waiting")
    ).where(Family.status.not_in(("closed", "not_eligible"))))
    workers = [one for one in team if one.active and one.user_id in cases_of]
    fullest = sorted(workers, key=lambda one: (-cases_of[one.user_id][0], one.name))[:most]
    # Of everybody: indexes answer that in half the time that the list of the fullest costs SQLite.
    placed = select(Family.caseworker_id, func.count()).join(Placement, Placement.family_id == Family.id)
    in_care_of = _per_worker(placed.where(Placement.status.in_(OPEN_PLACEMENT)))
    overdue_of = _per_worker(
        placed.join(FollowUp, FollowUp.placement_id == Placement.id)
        .where(FollowUp.status == "scheduled", FollowUp.due_on < clock.today())
    )
    return Caseload([
        Load(one.name, *cases_of[one.user_id], *in_care_of.get(one.user_id, (0,)),
             *overdue_of.get(one.user_id, (0,)))
        for one in fullest
    ], len(workers))


def _per_worker(query: Any) -> dict[Any, tuple[int, ...]]:
    return {row[0]: tuple(row[1:]) for row in db.session.execute(query.group_by(Family.caseworker_id))}


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
