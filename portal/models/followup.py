"""A follow-up: a task to ask how a placement goes, and the answers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index, String, Text, column
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from portal.columns import UTCDateTime
from portal.crypto import Encrypted
from portal.extensions import db
from portal.models.placement import Placement
from portal.tenancy import TenantScoped, belongs, in_tenant

BADLY = "badly"  # how a child is who must be asked about again
AGAIN_DAYS = 3  # until somebody asks again: nobody answered, or the child is not well
UNWELL = column("wellbeing") == BADLY
KNOWN = ("well", "fair", BADLY)


class FollowUp(TenantScoped, db.Model):
    """`status` is moved by `portal.workflow` alone; due and overdue are read off `due_on`."""

    __tablename__ = "follow_up"
    __table_args__ = in_tenant(
        belongs("placement_id", "placement"), belongs("done_by_id", "membership", "user_id"),
        Index("ix_follow_up_due", "tenant_id", "status", "due_on", "placement_id"),
        Index("ix_follow_up_placement", "tenant_id", "placement_id"),
        Index("ix_follow_up_unwell", "tenant_id", "wellbeing", "placement_id", "status_since",
              sqlite_where=UNWELL, postgresql_where=UNWELL),
    )

    placement_id: Mapped[UUID]
    due_on: Mapped[date]
    after_days: Mapped[int]  # days after the start this one was planned for
    status: Mapped[str] = mapped_column(String(20), default="scheduled")
    status_since: Mapped[datetime | None] = mapped_column(UTCDateTime)
    done_on: Mapped[date | None]
    done_by_id: Mapped[UUID | None]
    channel: Mapped[str] = mapped_column(String(12), default="")  # visit | call | message
    answered_by: Mapped[str] = mapped_column(String(12), default="")  # caregiver | provider | both
    answers: Mapped[dict[str, Any]] = mapped_column(JSON)  # coded: wellbeing, works, weekly_hours, income_change, …
    wellbeing: Mapped[str] = mapped_column(String(12), default="")  # of `answers`, to be found by
    problem_sealed: Mapped[str | None] = mapped_column(Text)  # what is wrong, in a few words
    problem = Encrypted("problem_sealed")
    note_sealed: Mapped[str | None] = mapped_column(Text)
    note = Encrypted("note_sealed")
    version: Mapped[int] = mapped_column(default=1)

    placement: Mapped[Placement] = relationship(
        primaryjoin="foreign(FollowUp.placement_id) == Placement.id", viewonly=True
    )

    __mapper_args__ = {"version_id_col": version}

    def __init__(self, **values: Any) -> None:
        super().__init__(**{"status": "scheduled", "answers": {}, **values})

    @validates("answers")
    def _keep_wellbeing(self, _: str, answers: dict[str, Any]) -> dict[str, Any]:
        self.wellbeing = answers.get("wellbeing") or ""
        return answers

    @property
    def family(self) -> Any:
        """The family this is about: the policy asks whose case it is."""
        return self.placement.family
