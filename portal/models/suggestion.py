"""What the matcher suggested, frozen as the caseworker saw it: the trail of decisions and the training data."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Boolean, Index, String, column
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.columns import UTCDateTime
from portal.extensions import db
from portal.models.family import Family
from portal.models.provider import Provider
from portal.tenancy import TenantScoped, belongs, in_tenant


class SuggestionRun(TenantScoped, db.Model):
    """One run of the matcher for one family: which version, under which rules, and what it removed and why."""

    __tablename__ = "suggestion_run"
    __trail__ = False
    __table_args__ = in_tenant(
        belongs("family_id", "family"), Index("ix_suggestion_run_family", "tenant_id", "family_id", "made_at"),
        Index(
            "ix_suggestion_run_current", "tenant_id", "family_id",
            sqlite_where=column("current", Boolean).is_(True), postgresql_where=column("current", Boolean).is_(True),
        ),
    )

    family_id: Mapped[UUID]
    made_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    model_version: Mapped[str] = mapped_column(String(80))
    settings: Mapped[dict[str, Any]] = mapped_column(JSON)
    why_not: Mapped[list[dict[str, Any]]] = mapped_column(JSON)  # child, provider, distance, failing rules
    counts: Mapped[dict[str, int]] = mapped_column(JSON)  # rule → providers it removed
    openings: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)  # children, steps, providers they open
    need: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, server_default="{}")  # {}: of an older version
    seconds: Mapped[float] = mapped_column(default=0.0)
    current: Mapped[bool] = mapped_column(default=True)


class Suggestion(TenantScoped, db.Model):
    """One provider for one child or for all siblings together. `status` is moved by `portal.workflow` alone."""

    __tablename__ = "suggestion"
    __trail__ = False
    __table_args__ = in_tenant(
        belongs("run_id", "suggestion_run"), belongs("family_id", "family"), belongs("provider_id", "provider"),
        Index("ix_suggestion_family", "tenant_id", "family_id"), Index("ix_suggestion_run", "tenant_id", "run_id"),
        Index("ix_suggestion_provider", "tenant_id", "provider_id"),
    )

    run_id: Mapped[UUID]
    family_id: Mapped[UUID]
    provider_id: Mapped[UUID]
    children: Mapped[list[str]] = mapped_column(JSON)  # ids: one child, or all siblings placed together
    status: Mapped[str] = mapped_column(String(12), default="suggested")
    rank: Mapped[int]  # from 1
    score: Mapped[float]  # 0..1
    band: Mapped[str] = mapped_column(String(10))  # high | medium | low
    text_score: Mapped[float]
    distance_km: Mapped[float]  # great circle
    contributions: Mapped[dict[str, float]] = mapped_column(JSON)  # term → signed share; they add up
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)  # for: [...], against: [...] with code and values
    sentences: Mapped[dict[str, Any]] = mapped_column(JSON)  # nearest, answers, refuses: need and offer of each
    features: Mapped[dict[str, Any]] = mapped_column(JSON)  # as they were: training reads these
    warnings: Mapped[list[dict[str, Any]]] = mapped_column(JSON)  # rules that passed as "unknown"
    offer: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, server_default="{}")  # beside the run's `need`

    run: Mapped[SuggestionRun] = relationship(
        primaryjoin="foreign(Suggestion.run_id) == SuggestionRun.id", viewonly=True
    )
    provider: Mapped[Provider] = relationship(
        primaryjoin="foreign(Suggestion.provider_id) == Provider.id", viewonly=True
    )
    family: Mapped[Family] = relationship(primaryjoin="foreign(Suggestion.family_id) == Family.id", viewonly=True)

    def __init__(self, **values: Any) -> None:
        super().__init__(**{"status": "suggested", "warnings": [], **values})
