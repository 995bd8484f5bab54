"""Who a token acts as, and until when."""

from __future__ import annotations

from typing import Any

from flask import g
from flask_babel import lazy_gettext as _l
from marshmallow import Schema, fields

from portal.api.interface import Needs, Resource
from portal.policy import Permission
from portal.queries import tenants

resource = Resource("api-me", __name__, url_prefix="/api/v1/me", description=_l("El token"))


class Me(Schema):
    """The token's person, NGO and limits."""

    person_id = fields.UUID(required=True)
    name = fields.String()
    roles = fields.List(fields.String())
    ngo = fields.String()
    token = fields.String()
    scopes = fields.List(fields.String())
    expires_at = fields.DateTime()


@resource.at("", Needs(Permission.ACCOUNT), _l("La persona, la ONG y los alcances del token"))
@resource.response(200, Me)
def me() -> dict[str, Any]:
    """What this token is."""
    return {
        "person_id": g.actor.id, "name": g.actor.name, "roles": sorted(g.actor.roles), "ngo": tenants.here().name,
        "token": g.token.name, "scopes": g.token.scopes, "expires_at": g.token.expires_at,
    }
