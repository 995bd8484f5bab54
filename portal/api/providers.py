"""Providers: the list, one of them, and what is sealed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import g
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import selectinload

from portal import audit
from portal.api import paging
from portal.api.interface import Needs, Resource
from portal.api.shapes import providers as shapes
from portal.api.shapes.families import Revealed
from portal.models import Provider
from portal.policy import Permission
from portal.queries import programs
from portal.services import reveals
from portal.views.base import load

resource = Resource("api-providers", __name__, url_prefix="/api/v1/providers", description=_l("Cuidadores"))
ONE = "/<uuid:provider_id>"


@resource.at("", Needs(Permission.PROVIDER_LIST, "read:providers"), _l("Los cuidadores de la ONG"))
@resource.arguments(shapes.ProviderListing, location="query")
@resource.response(200, shapes.ProviderPage)
def listed(asked: dict[str, Any]) -> dict[str, Any]:
    """Providers by number."""
    found = programs.providers(asked, paging.key(asked.get("cursor"), (paging.number,)), asked["limit"])
    return {"items": found.rows, "next": paging.word(found.after)}


@resource.at(ONE, Needs(Permission.PROVIDER_READ, "read:providers"), _l("Un cuidador, con sus cupos"))
@resource.tells(shapes.ProviderShape)
def one(provider_id: UUID) -> Provider:
    """One provider; the trail notes that it was read."""
    provider = load(Provider, provider_id, Permission.PROVIDER_READ, selectinload(Provider.seats))
    audit.record("read", provider)
    return provider


@resource.at(
    f"{ONE}/reveal", Needs(Permission.PROVIDER_REVEAL, "reveal:providers"), _l("Ver un dato reservado"), "POST"
)
@resource.arguments(shapes.ProviderReveal)
@resource.response(200, Revealed)
def reveal(given: dict[str, Any], provider_id: UUID) -> dict[str, Any]:
    """A sealed value, for a reason that stays in the trail."""
    provider = load(Provider, provider_id, Permission.PROVIDER_REVEAL)
    return {
        "field": given["field"],
        "value": reveals.of_provider(g.actor, provider, given["field"], given["reason"]),
    }
