"""A proposal: these children to that provider, with seats held, for a supervisor to decide."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.columns import UTCDateTime
from portal.crypto import Encrypted
from portal.extensions import db
from portal.models.child import Child
from portal.models.family import Family
from portal.models.provider import Provider
from portal.models.suggestion import Suggestion
from portal.models.user import Membership
from portal.tenancy import TenantScoped, belongs, in_tenant

OPEN = ("proposed", "returned", "approved", "offered", "decline_pending")


class Proposal(TenantScoped, db.Model):
    """`status` is moved by `portal.workflow` alone; the flow is "proposal"."""

    __tablename__ = "proposal"
    __table_args__ = in_tenant(
        belongs("family_id", "family"), belongs("provider_id", "provider"), belongs("suggestion_id", "suggestion"),
        belongs("proposer_id", "membership", "user_id"),
        Index("ix_proposal_status", "tenant_id", "status", "family_id"),
        Index("ix_proposal_made", "tenant_id", "made_at", "id"),
        Index("ix_proposal_family", "tenant_id", "family_id"),
        Index("ix_proposal_provider", "tenant_id", "provider_id"),
    )

    family_id: Mapped[UUID]
    provider_id: Mapped[UUID]
    suggestion_id: Mapped[UUID | None]
    proposer_id: Mapped[UUID]  # who proposed it last
    earlier_proposers: Mapped[list[str]] = mapped_column(JSON, default=list)  # their ids: it was returned since
    status: Mapped[str] = mapped_column(String(20), default="proposed")
    status_since: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    made_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    starts_on: Mapped[date]
    note_sealed: Mapped[str | None] = mapped_column(Text)
    note = Encrypted("note_sealed")
    hold_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    offer_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    willing_confirmed_on: Mapped[date | None]  # the provider said it is ready
    family_answer: Mapped[str] = mapped_column(String(10), default="")  # accepted | declined
    provider_answer: Mapped[str] = mapped_column(String(10), default="")
    snapshot: Mapped[dict[str, Any]] = mapped_column(JSON)  # rules, need and offer as they were when proposed
    version: Mapped[int] = mapped_column(default=1)

    family: Mapped[Family] = relationship(primaryjoin="foreign(Proposal.family_id) == Family.id", viewonly=True)
    provider: Mapped[Provider] = relationship(primaryjoin="foreign(Proposal.provider_id) == Provider.id", viewonly=True)
    suggestion: Mapped[Suggestion | None] = relationship(
        primaryjoin="foreign(Proposal.suggestion_id) == Suggestion.id", viewonly=True
    )
    proposer: Mapped[Membership] = relationship(
        primaryjoin="foreign(Proposal.proposer_id) == Membership.user_id", viewonly=True
    )
    children: Mapped[list[ProposalChild]] = relationship(
        primaryjoin="Proposal.id == foreign(ProposalChild.proposal_id)", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}

    def __init__(self, **values: Any) -> None:
        super().__init__(**{"status": "proposed", "snapshot": {}, "earlier_proposers": [], **values})

    @property
    def proposer_ids(self) -> frozenset[UUID]:
        """Everybody who ever proposed it."""
        return frozenset((self.proposer_id, *map(UUID, self.earlier_proposers)))

    @property
    def bands(self) -> list[str]:
        """The age band of each seat it holds."""
        return [one.band for one in self.children]


class ProposalChild(TenantScoped, db.Model):
    """A child in a proposal, with the age band it takes a seat in."""

    __tablename__ = "proposal_child"
    __table_args__ = in_tenant(
        UniqueConstraint("tenant_id", "proposal_id", "child_id"), belongs("proposal_id", "proposal"),
        belongs("child_id", "child"), Index("ix_proposal_child_child", "tenant_id", "child_id"),
    )

    proposal_id: Mapped[UUID]
    child_id: Mapped[UUID]
    band: Mapped[str] = mapped_column(String(8))

    child: Mapped[Child] = relationship(primaryjoin="foreign(ProposalChild.child_id) == Child.id", viewonly=True)
