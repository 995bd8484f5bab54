"""A person who logs in, and what they are at each NGO."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from flask_security.core import UserMixin
from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.columns import UTCDateTime
from portal.extensions import db
from portal.tenancy import PlatformReadable, in_tenant


class User(db.Model, UserMixin):
    """An account of the platform: how a person logs in, in which language, and nothing of any NGO."""

    __tablename__ = "user_account"

    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(120), default="")
    password: Mapped[str | None] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True, default=lambda: uuid4().hex)
    locale: Mapped[str] = mapped_column(String(5), default="es")
    is_operator: Mapped[bool] = mapped_column(default=False)
    made_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    password_set_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}

    def __init__(self, **values: Any) -> None:
        super().__init__(
            **{"active": True, "is_operator": False, "locale": "es", "fs_uniquifier": uuid4().hex, **values}
        )

    @property
    def roles(self) -> list[Any]:
        """What Flask-Security asks for; roles here belong to memberships, and `portal.policy` knows them."""
        return []


class Membership(PlatformReadable, db.Model):
    """What a person is at one NGO."""

    __tablename__ = "membership"
    __table_args__ = in_tenant(UniqueConstraint("tenant_id", "user_id"))

    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    roles: Mapped[list[str]] = mapped_column(JSON)
    active: Mapped[bool] = mapped_column(default=True)
    made_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    version: Mapped[int] = mapped_column(default=1)

    user: Mapped[User] = relationship(lazy="joined")

    __mapper_args__ = {"version_id_col": version}

    def __init__(self, **values: Any) -> None:
        super().__init__(**{"active": True, **values})

    @property
    def name(self) -> str:
        return self.user.name or self.user.email

    def __str__(self) -> str:
        return self.name
