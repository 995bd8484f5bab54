"""The NGO at work and its settings."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from portal.extensions import db
from portal.models import Tenant, TenantSettings
from portal.models.tenant import DEFAULTS
from portal.tenancy import current


def here() -> Tenant:
    """The NGO at work."""
    return db.session.get_one(Tenant, current())


def settings() -> TenantSettings | None:
    """What the NGO at work decided for itself, None when it decided nothing yet."""
    return db.session.scalars(select(TenantSettings)).one_or_none()


def setting(name: str) -> Any:
    """The NGO's value of a setting, or the default; KeyError for a name that is no setting."""
    own = settings()
    return own.get(name) if own else DEFAULTS[name]


def values() -> dict[str, Any]:
    """Every setting of the NGO at work, by one statement."""
    own = settings()
    return {**DEFAULTS, **(own.values if own else {})}


def every() -> list[Tenant]:
    """All NGOs of the platform, by name: for the operator and the worker, not for members."""
    return list(db.session.scalars(select(Tenant).order_by(Tenant.name)))
