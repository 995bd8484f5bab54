"""Families: the list, the page of one, and those that may be the same."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, ColumnElement, Select, and_, func, null, select, union_all
from sqlalchemy.orm import joinedload, selectinload

from portal import clock
from portal.extensions import db
from portal.models import Caregiver, Child, Family, Placement, Proposal, Transition
from portal.models.proposal import OPEN as OPEN_PROPOSAL
from portal.places import fold
from portal.policy import Actor
from portal.queries import people, search, shorts, sight, tenants

PAGE = 25
MOST_ALIKE = 5  # by each of:
ALIKE_BY = ("phone", "child")
NOT_A_CHILD = (null().label("given_names"), null().label("birth_date"))
STALLABLE = ("submitted", "needs_information", "eligible", "waiting", "matched")
OPEN = ("draft", "submitted", "needs_information", "eligible", "waiting", "paused", "matched", "placed")


ORDER = (Family.priority.desc(), func.coalesce(Family.waiting_since, Family.status_since), Family.number)


@dataclass(frozen=True)
class Wanted:
    """What the list is narrowed to: "" for everything."""

    status: str = ""
    whose: str = ""  # "mine" for the cases one answers for, "nobody": of those who can work none; "stalled" ones
    name: str = ""  # words of its people's names, or its code, as the search finds them


def listed(actor: Actor, wanted: Wanted, page: int) -> tuple[list[Family], int]:
    """A page of the families this person may read, those who wait longest first, and how many there are in all.

    The page is chosen among ids, which the index `ix_family_list` answers alone: rows with their stories are only read
    for what is shown.
    """
    which = _which(actor, wanted)
    count = db.session.scalar(select(func.count()).select_from(Family).where(*which)) or 0
    shown = select(Family.id).where(*which).order_by(*ORDER).limit(PAGE).offset(page * PAGE)
    rows = select(Family).where(Family.id.in_(shown)).order_by(*ORDER).options(
        selectinload(Family.caregivers), selectinload(Family.children), joinedload(Family.caseworker)
    )
    return list(db.session.scalars(rows)), count


def _which(actor: Actor, wanted: Wanted) -> list[ColumnElement[bool]]:
    which = [sight.of_readable(actor), Family.status.in_([wanted.status] if wanted.status else OPEN)]
    if wanted.whose == "mine":
        which.append(sight.of_own(actor))
    if wanted.whose == "nobody":
        which.append(sight.of_any(people.unable(people.colleagues())))
    if wanted.whose == "stalled":
        days = int(tenants.setting("stall_days"))
        which.append(stalled(clock.now() - timedelta(days=days), shorts.unindexed(Family.status_since)))
    if wanted.name:
        which.append(search.of_named(wanted.name))
    return which


def stalled(
    before: datetime | BindParameter[datetime], since: ColumnElement[Any] = Family.status_since
) -> ColumnElement[bool]:
    """No move of the case since then, and no proposal that moves in its stead."""
    return Family.status.in_(STALLABLE) & (since < before) & Family.id.not_in(in_proposal())


def in_proposal() -> Select[tuple[UUID]]:
    """The families for whom somebody has proposed a place, not settled yet."""
    return select(Proposal.family_id).where(Proposal.status.in_(OPEN_PROPOSAL))


def open_of(workers: list[UUID]) -> int:
    """How many open cases these people answer for together."""
    return sum(open_cases(workers).values()) if workers else 0


def counts(actor: Actor) -> dict[str, int]:
    """How many families this person may read there are in each state."""
    found = select(Family.status, func.count(Family.id)).where(sight.of_readable(actor)).group_by(Family.status)
    return {row[0]: row[1] for row in db.session.execute(found)}


def open_cases(workers: list[UUID]) -> dict[UUID, int]:
    """How many open cases each of these people answers for; the index `ix_family_caseworker` knows."""
    found = select(Family.caseworker_id, func.count()).where(
        Family.caseworker_id.in_(workers), Family.status.in_(OPEN)
    )
    return {row[0]: row[1] for row in db.session.execute(found.group_by(Family.caseworker_id))}


def in_hands_of(actor: Actor, worker: UUID, most: int) -> list[Family]:
    """The open cases a person answers for, as far as `actor` may read them, in the order of the list."""
    found = _with_people(actor).where(Family.caseworker_id == worker, Family.status.in_(OPEN))
    return list(db.session.scalars(found.order_by(*ORDER).limit(most)))


def chosen(actor: Actor, ids: Collection[UUID]) -> list[Family]:
    """These cases as they are now, as far as `actor` may read them; nobody changes them until the commit."""
    found = _with_people(actor).where(Family.id.in_(ids)).order_by(Family.number)
    locked = found.with_for_update(of=Family, key_share=True).execution_options(populate_existing=True)
    return list(db.session.scalars(locked))


def _with_people(actor: Actor) -> Select[tuple[Family]]:
    return select(Family).where(sight.of_readable(actor)).options(
        selectinload(Family.caregivers), selectinload(Family.children)
    )


def was_sent(family: UUID) -> bool:
    """Did a case ever come to the supervisor's desk, complete?"""
    found = select(Transition.id).where(
        Transition.flow == "family", Transition.subject_id == family, Transition.action == "submit"
    )
    return db.session.scalars(found.limit(1)).first() is not None


def history(family: UUID) -> list[Transition]:
    """The moves of a case, the newest first."""
    found = select(Transition).where(Transition.flow == "family", Transition.subject_id == family)
    return list(db.session.scalars(found.order_by(Transition.at.desc())))


@dataclass(frozen=True)
class Care:
    """What was proposed for a family and what came of it, each with its provider, the newest first."""

    proposals: list[Proposal]
    placements: list[Placement]


def care_of(family: UUID) -> Care:
    """The proposals and the placements of a family."""
    found = db.session.execute(
        select(Proposal, Placement).outerjoin(
            Placement, and_(Placement.family_id == Proposal.family_id, Placement.proposal_id == Proposal.id)
        )
        .where(Proposal.family_id == family)
        .options(joinedload(Proposal.provider), joinedload(Placement.provider), joinedload(Placement.child))
        .order_by(Proposal.made_at.desc())
    ).all()
    placements = [row.Placement for row in found if row.Placement is not None]
    return Care(
        list(dict.fromkeys(row.Proposal for row in found)),
        sorted(placements, key=lambda one: one.starts_on, reverse=True),
    )


def with_phone(phone: str | None) -> list[Family]:
    """Families a phone is known from."""
    index = Caregiver.phone.lookup(phone) if phone else None
    if not index:
        return []
    found = select(Family).where(Family.id.in_(_of_phone(index))).options(selectinload(Family.caregivers))
    return list(db.session.scalars(found.limit(MOST_ALIKE)))


def _of_phone(index: str) -> Select[tuple[UUID]]:
    return select(Caregiver.family_id).where(Caregiver.phone_index == index)


@dataclass(frozen=True)
class Alike:
    """A family that may be the same as another; `why`: of `ALIKE_BY`, at least one.

    `said`: who said of either case that the other is another family, and when; None where nobody did.
    """

    family: Family
    why: tuple[str, ...]
    said: dict[str, str] | None = None


def alike(actor: Actor, family: Family) -> list[Alike]:
    """Families this person may read that may be the same: the same phone first, then a child of the same birth date
    and names, however the names are written; of each, those first that nobody told apart. A case that was closed as a
    duplicate stands for none. Whole rows are only read of these: many children share a birth date.
    """
    phone = family.main_caregiver.phone_index if family.main_caregiver else None
    known = _children_of(family)
    hints = [_born_on({birth for _, birth in known})] if known else []
    hints += [_of_phone(phone).add_columns(*NOT_A_CHILD)] if phone else []
    if not hints:
        return []
    hint = union_all(*hints).subquery()
    found = db.session.execute(
        select(Family.id, hint.c.given_names, hint.c.birth_date, _says_apart(family))
        .join(hint, hint.c.family_id == Family.id)
        .where(Family.id != family.id, Family.duplicate_of_id.is_(None), sight.of_readable(actor))
        .order_by(Family.number)
    ).all()
    called = dict.fromkeys(one for one, _, born, _ in found if born is None)
    named = dict.fromkeys(one for one, name, born, _ in found if born and (fold(name), born) in known)
    apart = {one for one, _, _, said in found if said} | {UUID(one) for one in family.told_apart}
    also = [one for one in named if one not in called]
    shown = [one for ids in (called, also) for one in sorted(ids, key=apart.__contains__)[:MOST_ALIKE]]
    hits = tuple(zip(ALIKE_BY, (called, named), strict=True))
    return [
        Alike(one, tuple(by for by, ids in hits if one.id in ids), _said_of(family, one) or _said_of(one, family))
        for one in _whole(shown)
    ]


def _says_apart(family: Family) -> ColumnElement[bool]:
    """Was it said on the other case that this one is another family?"""
    return Family.told_apart[(str(family.id), "by")].as_string().is_not(None)


def _said_of(family: Family, other: Family) -> dict[str, str] | None:
    return family.told_apart.get(str(other.id))


def _born_on(days: set[date]) -> Select[tuple[UUID, str, date]]:
    return select(Child.family_id, Child.given_names, Child.birth_date).where(Child.birth_date.in_(days))


def _whole(ids: list[UUID]) -> list[Family]:
    """These families, in this order, with their people."""
    if not ids:
        return []
    found = select(Family).where(Family.id.in_(ids)).options(
        joinedload(Family.caregivers), joinedload(Family.children)
    )
    rows = {one.id: one for one in db.session.scalars(found).unique()}
    return [rows[one] for one in ids]


def _children_of(family: Family) -> set[tuple[str, date]]:
    return {(fold(one.given_names), one.birth_date) for one in family.children}
