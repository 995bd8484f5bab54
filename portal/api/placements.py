"""Placements: the list, and one of them."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from flask import g
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import joinedload

from portal import audit
from portal.api import paging
from portal.api.interface import Needs, Resource
from portal.api.shapes import placements as shapes
from portal.models import Placement
from portal.policy import Permission
from portal.queries import programs
from portal.views.base import load

resource = Resource("api-placements", __name__, url_prefix="/api/v1/placements", description=_l("Colocaciones"))
READ = Needs(Permission.PLACEMENT_READ, "read:placements")
BEYOND = (date.fromisoformat, UUID)


@resource.at("", READ, _l("Las colocaciones, el inicio más reciente primero"))
@resource.arguments(shapes.PlacementListing, location="query")
@resource.response(200, shapes.PlacementPage)
def listed(asked: dict[str, Any]) -> dict[str, Any]:
    """Those of families this person may read."""
    found = programs.placements(g.actor, asked, paging.key(asked.get("cursor"), BEYOND), asked["limit"])
    return {"items": found.rows, "next": paging.word(found.after)}


@resource.at("/<uuid:placement_id>", READ, _l("Una colocación"))
@resource.tells(shapes.PlacementShape)
def one(placement_id: UUID) -> Placement:
    """One placement; the trail notes that its family was read."""
    placement = load(Placement, placement_id, Permission.PLACEMENT_READ, joinedload(Placement.family))
    audit.record("read", placement.family)
    return placement
