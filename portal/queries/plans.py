"""Plans of who goes where: whom one is made for, the newest one, and its lines beside what is so by now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from portal.extensions import db
from portal.models import (
    Family,
    Placement,
    Plan,
    PlanLine,
    Proposal,
    ProposalChild,
    Provider,
    Suggestion,
    SuggestionRun,
)
from portal.models.placement import OPEN as OPEN_PLACEMENT
from portal.models.proposal import OPEN as OPEN_PROPOSAL
from portal.policy import Actor
from portal.queries import families, sight
from portal.queries.suggestions import DECIDED

PAGE = 25
Key = tuple[UUID, UUID | None, frozenset[str]]  # family, provider and children: what a line and a suggestion agree in
WHOLE = (
    joinedload(PlanLine.family).options(
        selectinload(Family.children), selectinload(Family.caregivers), selectinload(Family.exclusions),
        selectinload(Family.consents),
    ),
    joinedload(PlanLine.provider).selectinload(Provider.seats),
)


@dataclass(frozen=True)
class Wanted:
    """Which lines: with a place or without, of everybody's cases or ("mine") one's own."""

    placed: bool = True
    whose: str = ""


@dataclass(frozen=True)
class Ties:
    """What families have open: by child, its proposal or its placement."""

    proposal: dict[str, Proposal] = field(default_factory=dict)
    placement: dict[str, Placement] = field(default_factory=dict)


def waiting() -> list[UUID]:
    """The families that wait, in the order of their list: the urgent ones and those who wait longest first."""
    return list(db.session.scalars(select(Family.id).where(Family.status == "waiting").order_by(*families.ORDER)))


def of(ids: list[UUID]) -> list[Family]:
    """Families with all the matcher reads, in the order of their ids."""
    found = select(Family).where(Family.id.in_(ids)).options(
        selectinload(Family.children), selectinload(Family.caregivers), selectinload(Family.exclusions),
        selectinload(Family.consents),
    )
    by_id = {one.id: one for one in db.session.scalars(found)}
    return [by_id[one] for one in ids if one in by_id]


def newest() -> Plan | None:
    """The last plan that was made."""
    found = select(Plan).where(Plan.made_at.is_not(None)).order_by(Plan.made_at.desc())
    return db.session.scalars(found.limit(1)).first()


def counts(actor: Actor, plan: Plan, whose: str = "") -> tuple[int, int]:
    """How many lines with and without a place this person may see."""
    found = _seen(select(PlanLine.provider_id.is_not(None), func.count(PlanLine.id)), actor, plan, whose)
    by_place = dict(db.session.execute(found.group_by(PlanLine.provider_id.is_not(None))).all())
    return by_place.get(True, 0), by_place.get(False, 0)


def lines(actor: Actor, plan: Plan, wanted: Wanted, page: int) -> list[PlanLine]:
    """A page of the lines this person may see, with families and providers."""
    found = _seen(select(PlanLine), actor, plan, wanted.whose).options(*WHOLE).order_by(PlanLine.place)
    given = PlanLine.provider_id.is_not(None) if wanted.placed else PlanLine.provider_id.is_(None)
    return list(db.session.scalars(found.where(given).limit(PAGE).offset(page * PAGE)).unique())


def _seen(found: Select[Any], actor: Actor, plan: Plan, whose: str) -> Select[Any]:
    found = found.join(Family, Family.id == PlanLine.family_id)
    found = found.where(PlanLine.plan_id == plan.id, sight.of_readable(actor))
    return found.where(sight.of_own(actor)) if whose == "mine" else found


def key_of(row: PlanLine | Suggestion) -> Key:
    """What makes a line and a suggestion the same."""
    return row.family_id, row.provider_id, frozenset(row.children)


def listed(of_families: Iterable[UUID]) -> dict[Key, Suggestion]:
    """The suggestions on the lists of families: the newest runs', and what a person decided about."""
    found = (
        select(Suggestion).join(SuggestionRun, SuggestionRun.id == Suggestion.run_id)
        .where(Suggestion.family_id.in_(set(of_families)),
               SuggestionRun.current.is_(True) | Suggestion.status.in_(DECIDED))
    )
    rows = sorted(db.session.scalars(found), key=lambda one: one.status in DECIDED)
    return {key_of(one): one for one in rows}


def ties(of_families: Iterable[UUID]) -> Ties:
    """Open proposals and placements of families."""
    wanted, found = set(of_families), Ties()
    proposed = (
        select(Proposal).where(Proposal.family_id.in_(wanted), Proposal.status.in_(OPEN_PROPOSAL))
        .options(selectinload(Proposal.children))
    )
    for one in db.session.scalars(proposed):
        found.proposal.update({str(child.child_id): one for child in one.children})
    placed = select(Placement).where(Placement.family_id.in_(wanted), Placement.status.in_(OPEN_PLACEMENT))
    found.placement.update({str(one.child_id): one for one in db.session.scalars(placed)})
    return found


def busy() -> set[UUID]:
    """Children who have an open proposal or a placement: a seat is theirs already."""
    proposed = select(ProposalChild.child_id).join(Proposal, Proposal.id == ProposalChild.proposal_id)
    placed = select(Placement.child_id).where(Placement.status.in_(OPEN_PLACEMENT))
    return {
        *db.session.scalars(proposed.where(Proposal.status.in_(OPEN_PROPOSAL))), *db.session.scalars(placed),
    }


def openings(of_families: Iterable[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    """Family → the smallest changes that would open a place, as its list told them."""
    found = select(SuggestionRun.family_id, SuggestionRun.openings).where(
        SuggestionRun.family_id.in_(set(of_families)), SuggestionRun.current.is_(True)
    )
    told: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for family, changes in db.session.execute(found):
        told[family] += changes
    return told
