"""Follow-ups as lists: overdue, due, coming."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import joinedload

from portal.extensions import db
from portal.models import Family, FollowUp, Placement
from portal.models.followup import KNOWN
from portal.policy import Actor
from portal.queries.sight import of_own, of_readable

PAGE = 25
COMING_DAYS = 30
WHEN = ("overdue", "today", "coming", "done")
WHOLE = (
    joinedload(FollowUp.placement).options(
        joinedload(Placement.family), joinedload(Placement.child), joinedload(Placement.provider)
    ),
)
RESPONSIBLE = joinedload(FollowUp.placement).joinedload(Placement.family).joinedload(Family.caseworker)


def when(kind: str, today: date) -> ColumnElement[bool]:
    """The condition of one of `WHEN`."""
    scheduled = FollowUp.status == "scheduled"
    return {
        "overdue": scheduled & (FollowUp.due_on < today),
        "today": scheduled & (FollowUp.due_on == today),
        "coming": scheduled & (FollowUp.due_on > today) & (FollowUp.due_on <= today + timedelta(days=COMING_DAYS)),
        "done": FollowUp.status.in_(("done", "could_not_reach")),
    }[kind]


def counts(actor: Actor, mine: bool, today: date) -> dict[str, int]:
    """How many there are of each kind, by one statement."""
    found = _of(actor, mine, select(*(func.count().filter(when(kind, today)).label(kind) for kind in WHEN)))
    row = db.session.execute(found.select_from(FollowUp)).one()
    return dict(zip(WHEN, row, strict=True))


def listed(actor: Actor, kind: str, mine: bool, page: int, today: date) -> list[FollowUp]:
    """One page (from 0) of a kind, the oldest first; of what is done, the newest.

    The page is chosen among ids: whole rows, with stories and profiles, are only read for what is shown.
    """
    order = FollowUp.done_on.desc() if kind == "done" else FollowUp.due_on
    shown = _of(actor, mine, select(FollowUp.id)).where(when(kind, today)).order_by(order, FollowUp.id)
    rows = select(FollowUp).where(FollowUp.id.in_(shown.offset(page * PAGE).limit(PAGE)))
    return list(db.session.scalars(rows.order_by(order, FollowUp.id).options(*WHOLE, RESPONSIBLE)))


def _of(actor: Actor, mine: bool, query: Select[Any]) -> Select[Any]:
    joined = query.join(Placement, Placement.id == FollowUp.placement_id).join(Family, Family.id == Placement.family_id)
    return joined.where(of_own(actor) if mine else of_readable(actor))


def last_known(placement: UUID) -> str:
    """How the child was when somebody last knew; "" where nobody ever did."""
    found = select(FollowUp.wellbeing).where(
        FollowUp.placement_id == placement, FollowUp.status == "done", FollowUp.wellbeing.in_(KNOWN)
    )
    return db.session.scalars(found.order_by(FollowUp.status_since.desc()).limit(1)).first() or ""


def last_done(placement: UUID) -> FollowUp | None:
    """The last answered follow-up of a placement: what was said then."""
    found = select(FollowUp).where(FollowUp.placement_id == placement, FollowUp.status == "done")
    return db.session.scalars(found.order_by(FollowUp.done_on.desc(), FollowUp.due_on.desc()).limit(1)).first()
