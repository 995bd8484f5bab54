"""Districts by name or code, for the search box of every form with an address."""

from __future__ import annotations

from flask import Response, jsonify, request

from portal import places
from portal.policy import Permission
from portal.queries import tenants
from portal.views.access import screen
from portal.views.base import PortalView

LONGEST = 60  # characters of a search that are looked at


class Districts(PortalView):
    """The table of districts: public data, for those at work."""

    @screen("/", Permission.PROVIDER_LIST)
    def index(self) -> Response:
        """The nearest in name, those around the NGO first."""
        found = places.search(request.args.get("q", "")[:LONGEST], tenants.here().ubigeo)
        return jsonify([{"code": one.code, "label": one.label} for one in found])

    def is_visible(self) -> bool:
        """No line of a menu leads here."""
        return False
