"""Placements as a list and as one page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from portal.extensions import db
from portal.models import Child, Family, FollowUp, Outcome, Placement, Provider, Transition
from portal.models.placement import OPEN
from portal.places import fold
from portal.policy import Actor
from portal.queries.sight import of_own, of_readable

PAGE = 25
WHOLE = (joinedload(Placement.family), joinedload(Placement.child), joinedload(Placement.provider))


@dataclass(frozen=True)
class Wanted:
    """What the list is narrowed by; "" narrows nothing, `status` "open" is every open one."""

    q: str = ""
    status: str = ""
    mine: bool = False
    unsigned: bool = False


def listed(actor: Actor, wanted: Wanted, page: int) -> tuple[list[Placement], int]:
    """One page (from 0), the newest start first, and how many there are in all."""
    found = _narrowed(select(Placement), actor, wanted).options(
        contains_eager(Placement.family), contains_eager(Placement.provider), contains_eager(Placement.child)
    )
    count = db.session.scalars(_narrowed(select(func.count(Placement.id)), actor, wanted)).one()
    shown = found.order_by(Placement.starts_on.desc(), Placement.id).offset(page * PAGE).limit(PAGE)
    return list(db.session.scalars(shown)), count


def _narrowed(query: Select[Any], actor: Actor, wanted: Wanted) -> Select[Any]:
    query = (
        query.join(Family, Family.id == Placement.family_id).join(Provider, Provider.id == Placement.provider_id)
        .join(Child, Child.id == Placement.child_id).where(of_readable(actor))
    )
    if wanted.mine:
        query = query.where(of_own(actor))
    if wanted.status:
        query = query.where(Placement.status.in_(OPEN if wanted.status == "open" else (wanted.status,)))
    if wanted.unsigned:
        query = query.where(Placement.status == "planned", Placement.agreement_signed_on.is_(None))
    for word in fold(wanted.q).split()[:6]:
        named = [column.contains(word, autoescape=True) for column in (Family.search_name, Provider.search_name)]
        query = query.where(or_(*named))
    return query


def moves_of(placement: UUID) -> list[Transition]:
    """The placement's moves, newest first."""
    found = select(Transition).where(and_(Transition.flow == "placement", Transition.subject_id == placement))
    return list(db.session.scalars(found.order_by(Transition.at.desc()).limit(100)))


def followups_of(placement: UUID) -> list[FollowUp]:
    """Its follow-ups by day."""
    found = select(FollowUp).where(FollowUp.placement_id == placement).order_by(FollowUp.due_on, FollowUp.id)
    return list(db.session.scalars(found))


def outcome_of(placement: UUID) -> Outcome | None:
    """What became of it, once it ended."""
    return db.session.scalars(select(Outcome).where(Outcome.placement_id == placement)).one_or_none()
