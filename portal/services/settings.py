"""What an NGO decides for itself: the values of `TenantSettings` within their bounds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from portal.errors import ConflictError
from portal.extensions import db
from portal.models import TenantSettings
from portal.models.tenant import DEFAULTS
from portal.policy import Actor, Permission, require
from portal.queries import tenants


def values() -> dict[str, Any]:
    """Every setting of the NGO at work, with the default where it decided nothing."""
    own = tenants.settings()
    return {name: own.get(name) if own else default for name, default in DEFAULTS.items()}


def version() -> int:
    """What the settings are saved against; 0 before the first time."""
    own = tenants.settings()
    return own.version if own else 0


def save(actor: Actor, given: Mapping[str, Any], seen: int) -> None:
    """Write the settings as they were at version `seen`. Raises ConflictError when they changed meanwhile."""
    require(actor, Permission.SETTINGS_MANAGE)
    if version() != seen:
        raise ConflictError("moved_on")
    own = tenants.settings()
    if own is None:
        own = TenantSettings()
        db.session.add(own)
    changed = {name: given[name] for name in DEFAULTS if name in given}
    own.values = {**own.values, **changed}
    if "contact" in given:
        own.contact = str(given["contact"]).strip()[:200]
    db.session.flush()
