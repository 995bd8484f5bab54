"""What else was found out with a plan: what would help those without a place, what is held, and who is sought after."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.extensions import db
from portal.models.proposal import Proposal
from portal.models.provider import Provider
from portal.tenancy import TenantScoped, belongs, in_tenant

ADDITIONS = ("seat", "hours", "training")


class PlanAddition(TenantScoped, db.Model):
    """What a provider could add: it opens to so many families without a place, and so many more children are placed.

    `code` is the age band of a seat or the need of a training, `schedule` the hours to open more; `amount` is 1 seat,
    minutes a week, or 1 training. `placed` is 0 where it was not worked out.
    """

    __tablename__ = "plan_addition"
    __trail__ = False
    __table_args__ = in_tenant(
        belongs("plan_id", "plan"), belongs("provider_id", "provider"),
        Index("ix_plan_addition_place", "tenant_id", "plan_id", "place"),
        Index("ix_plan_addition_provider", "tenant_id", "provider_id", "place"),
    )

    plan_id: Mapped[UUID]
    provider_id: Mapped[UUID]
    place: Mapped[int]  # from 0: what places the most comes first
    kind: Mapped[str] = mapped_column(String(12))
    code: Mapped[str] = mapped_column(String(24), default="")
    schedule: Mapped[str] = mapped_column(String(400), default="")
    amount: Mapped[int]
    families: Mapped[int]
    placed: Mapped[int]

    provider: Mapped[Provider] = relationship(
        primaryjoin="foreign(PlanAddition.provider_id) == Provider.id", viewonly=True
    )


class PlanHold(TenantScoped, db.Model):
    """A proposal that holds seats, and how many more children could have a place without it alone: one at least."""

    __tablename__ = "plan_hold"
    __trail__ = False
    __table_args__ = in_tenant(
        belongs("plan_id", "plan"), belongs("proposal_id", "proposal"),
        Index("ix_plan_hold_plan", "tenant_id", "plan_id", "placed"),
        Index("ix_plan_hold_proposal", "tenant_id", "proposal_id"),
    )

    plan_id: Mapped[UUID]
    proposal_id: Mapped[UUID]
    placed: Mapped[int]

    proposal: Mapped[Proposal] = relationship(
        primaryjoin="foreign(PlanHold.proposal_id) == Proposal.id", viewonly=True
    )


class PlanDemand(TenantScoped, db.Model):
    """A provider whose seats are sought after: first of how many lists, and the price of a seat in each age band.

    A price is what one more seat would add to the score of the plan, in the order of `portal.models.child.BANDS`.
    """

    __tablename__ = "plan_demand"
    __trail__ = False
    __table_args__ = in_tenant(
        belongs("plan_id", "plan"), belongs("provider_id", "provider"),
        Index("ix_plan_demand_plan", "tenant_id", "plan_id"),
        Index("ix_plan_demand_provider", "tenant_id", "provider_id"),
    )

    plan_id: Mapped[UUID]
    provider_id: Mapped[UUID]
    firsts: Mapped[int]
    prices: Mapped[list[float]] = mapped_column(JSON)

    def __init__(self, **values: Any) -> None:
        super().__init__(**{"prices": [], **values})
