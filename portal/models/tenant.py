"""An NGO on this installation, and the settings that are its own."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal import clock
from portal.columns import UTCDateTime
from portal.extensions import db
from portal.tenancy import TenantScoped, in_tenant


class Tenant(db.Model):
    """An NGO. Its slug is public; nothing else of it is."""

    __tablename__ = "tenant"

    slug: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    ubigeo: Mapped[str] = mapped_column(String(6))
    made_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)


DEFAULTS: dict[str, Any] = {
    "hold_hours": 48,  # how long a proposal holds its seats
    "offer_hours": 48,  # how long an approved offer waits for both answers
    "warning_days": [60, 30, 7],  # before a vetting item expires
    "followup_days": [3, 14, 30, 90],  # after the start; then every quarter
    "followup_every_days": 91,
    "stall_days": 7,  # without a move, a case counts as stalled
    "vetting_margin_days": 0,  # vetting must stay valid this long after the start
    "unknown_may_pass": ["language"],  # rules whose "unknown" passes with a warning
    "conditional_may_match": False,
    "suggestions_kept": 10,
    "subsidy_pen": 0,  # soles a month the NGO adds where the provider accepts it
}


class TenantSettings(TenantScoped, db.Model):
    """What an NGO decided for itself; what it did not decide is `DEFAULTS`."""

    __tablename__ = "tenant_settings"
    __table_args__ = in_tenant(UniqueConstraint("tenant_id"))

    values: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    contact: Mapped[str] = mapped_column(String(200), default="")
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}

    def __init__(self, **given: Any) -> None:
        super().__init__(**{"values": {}, "contact": "", **given})

    def get(self, name: str) -> Any:
        """The NGO's value, or the default; KeyError for a name that is no setting."""
        return self.values.get(name, DEFAULTS[name])


class PlatformMark(db.Model):
    """A fact about the whole database, such as `demo`: made by the demo, never to be used in production."""

    __tablename__ = "platform_mark"

    name: Mapped[str] = mapped_column(String(40), unique=True)
    value: Mapped[str] = mapped_column(String(200), default="")


