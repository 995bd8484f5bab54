"""Where the page of a row is, and which addresses are pages."""

from __future__ import annotations

from pathlib import PurePosixPath

from flask import current_app, g, url_for
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import RequestRedirect

from portal.models import Family, FollowUp, Placement, Proposal, Provider
from portal.policy import Permission, allowed

PAGES: dict[type, tuple[Permission, tuple[str, ...], str]] = {
    Family: (Permission.FAMILY_READ, ("families.show", "families.details"), "family_id"),
    Provider: (Permission.PROVIDER_READ, ("providers.show", "providers.details"), "provider_id"),
    Proposal: (Permission.PROPOSAL_READ, ("proposals.index",), "proposal_id"),
    Placement: (Permission.PLACEMENT_READ, ("placements.show",), "placement_id"),
    FollowUp: (Permission.FOLLOWUP_DO, ("followups.show",), "followup_id"),
}


def page_of(row: object) -> str:
    """The address of the page about a row; "" for one the person at work may not open."""
    permission, endpoints, name = PAGES[type(row)]
    if not allowed(g.get("actor"), permission, row):
        return ""
    return next((url_for(one, **{name: row.id}) for one in endpoints if one in current_app.view_functions), "")


def page_at(endpoint: str, **values: str) -> str:
    """The address of a screen, "" while there is none."""
    return url_for(endpoint, **values) if endpoint in current_app.view_functions else ""


def own_page(path: str) -> str:
    """The page of this portal at a path, the nearest above one that only takes forms; anything else leads home."""
    if not path.startswith("/") or path.startswith(("//", "/\\")):
        return url_for("admin.index")
    address = path.partition("?")[0]
    if _opens(address):
        return path
    return next((str(one) for one in PurePosixPath(address).parents if _opens(str(one))), url_for("admin.index"))


def _opens(address: str) -> bool:
    try:
        current_app.url_map.bind("").match(address, "GET")
    except RequestRedirect:
        return True
    except (NotFound, MethodNotAllowed):
        return False
    return True
