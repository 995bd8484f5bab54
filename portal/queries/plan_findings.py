"""What else was found out with the plan that counts, and the seats that proposals hold while one is made."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload

from portal.extensions import db
from portal.models import Family, Plan, PlanAddition, PlanDemand, PlanHold, Proposal, SeatHold
from portal.models.proposal import OPEN
from portal.policy import Actor
from portal.queries import sight

SHOWN = 25


@dataclass(frozen=True)
class Held:
    """A seat that an open proposal holds for a child."""

    proposal: UUID
    family: UUID
    provider: UUID
    child: UUID
    band: str


def held() -> list[Held]:
    """All seats that open proposals hold, proposal by proposal."""
    found = (
        select(SeatHold.proposal_id, Proposal.family_id, SeatHold.provider_id, SeatHold.child_id, SeatHold.band)
        .join(Proposal, Proposal.id == SeatHold.proposal_id)
        .where(SeatHold.state == "held", Proposal.status.in_(OPEN))
        .order_by(Proposal.made_at, SeatHold.proposal_id, SeatHold.child_id)
    )
    return [Held(*row) for row in db.session.execute(found)]


def additions(plan: Plan) -> list[PlanAddition]:
    """What providers could add, what places the most first."""
    found = select(PlanAddition).where(PlanAddition.plan_id == plan.id).options(joinedload(PlanAddition.provider))
    return list(db.session.scalars(found.order_by(PlanAddition.place).limit(SHOWN)))


def best_of(provider: UUID) -> tuple[PlanAddition, datetime] | None:
    """What this provider could add that places the most, and when that plan was made."""
    found = (
        select(PlanAddition, Plan.made_at).join(Plan, Plan.id == PlanAddition.plan_id)
        .where(PlanAddition.provider_id == provider, PlanAddition.placed > 0, Plan.made_at.is_not(None))
        .order_by(Plan.made_at.desc(), PlanAddition.place).limit(1)
    )
    row = db.session.execute(found).first()
    return (row[0], row[1]) if row else None


def holds(actor: Actor, plan: Plan) -> list[PlanHold]:
    """The proposals still open that keep others from a place, of the families this person may see."""
    found = (
        select(PlanHold).join(PlanHold.proposal).join(Proposal.family)
        .where(PlanHold.plan_id == plan.id, Proposal.status.in_(OPEN), sight.of_readable(actor))
        .options(
            contains_eager(PlanHold.proposal).contains_eager(Proposal.family),
            contains_eager(PlanHold.proposal).joinedload(Proposal.provider),
        )
        .order_by(PlanHold.placed.desc(), Family.number).limit(SHOWN)
    )
    return list(db.session.scalars(found))


def demand(providers: Iterable[UUID]) -> dict[UUID, PlanDemand]:
    """Those of some providers whose seats are sought after, by the plan that counts."""
    wanted = set(providers)
    found = select(PlanDemand).where(PlanDemand.provider_id.in_(wanted))
    return {one.provider_id: one for one in db.session.scalars(found)} if wanted else {}
