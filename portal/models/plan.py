"""A plan of who goes where when many wait at once, as it was made. It moves nothing: people propose from it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.columns import UTCDateTime
from portal.extensions import db
from portal.models.family import Family
from portal.models.provider import Provider
from portal.tenancy import TenantScoped, belongs, in_tenant

POLICIES = ("coverage", "stable", "score")  # most children placed; nobody would swap; the best score


class Plan(TenantScoped, db.Model):
    """A plan that was asked for; `made_at` is empty until the worker has made it.

    `placed` of `children` have a place, and no plan of this policy could place more than `most`. `gap`, 0 to 1, is what
    the policy's aim might still gain: at 0 the plan is proven. `rivals` are pairs of a family and a provider that would
    both be better off together. What could be added was asked for the first `looked` without a place, 0 for all of
    them; of `held` proposals with seats `priced` were asked what they cost.
    """

    __tablename__ = "plan"
    __trail__ = False
    __table_args__ = in_tenant(Index("ix_plan_made", "tenant_id", "made_at"))

    policy: Mapped[str] = mapped_column(String(12))
    asked_by_id: Mapped[UUID | None]  # kept as in the trail, by id alone
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    made_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    families: Mapped[int] = mapped_column(default=0)
    children: Mapped[int] = mapped_column(default=0)
    placed: Mapped[int] = mapped_column(default=0)
    most: Mapped[int] = mapped_column(default=0)
    gap: Mapped[float] = mapped_column(default=0.0)
    rivals: Mapped[int] = mapped_column(default=0)
    looked: Mapped[int] = mapped_column(default=0)
    held: Mapped[int] = mapped_column(default=0)
    priced: Mapped[int] = mapped_column(default=0)
    seconds: Mapped[float] = mapped_column(default=0.0)
    model_version: Mapped[str] = mapped_column(String(80), default="")

    @property
    def is_proven(self) -> bool:
        """Is there no better plan of this policy?"""
        return self.gap < 1e-9


class PlanLine(TenantScoped, db.Model):
    """Where a plan sends one child, or siblings together; without a provider, what stands in their way.

    `told` is what a suggestion of it would say, where the family's list had none. `rule` alone keeps the family from
    `alone` of `near` providers within reach; it is free to go to `able` providers, whose seats go to others.
    """

    __tablename__ = "plan_line"
    __trail__ = False
    __table_args__ = in_tenant(
        belongs("plan_id", "plan"), belongs("family_id", "family"), belongs("provider_id", "provider"),
        Index("ix_plan_line_place", "tenant_id", "plan_id", "place"),
        Index("ix_plan_line_family", "tenant_id", "family_id"),
        Index("ix_plan_line_provider", "tenant_id", "provider_id"),
    )

    plan_id: Mapped[UUID]
    family_id: Mapped[UUID]
    provider_id: Mapped[UUID | None]
    children: Mapped[list[str]] = mapped_column(JSON)  # ids
    place: Mapped[int]  # in the plan, from 0: who is urgent or waits longest comes first
    score: Mapped[float] = mapped_column(default=0.0)  # 0..1
    distance_km: Mapped[float | None]  # great circle
    told: Mapped[dict[str, Any]] = mapped_column(JSON)
    rule: Mapped[str] = mapped_column(String(16), default="")
    alone: Mapped[int] = mapped_column(default=0)
    near: Mapped[int] = mapped_column(default=0)
    able: Mapped[int] = mapped_column(default=0)

    family: Mapped[Family] = relationship(primaryjoin="foreign(PlanLine.family_id) == Family.id", viewonly=True)
    provider: Mapped[Provider | None] = relationship(
        primaryjoin="foreign(PlanLine.provider_id) == Provider.id", viewonly=True
    )

    def __init__(self, **values: Any) -> None:
        super().__init__(**{"told": {}, **values})
