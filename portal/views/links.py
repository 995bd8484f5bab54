"""Where the page of a row is."""

from __future__ import annotations

from flask import current_app, g, url_for

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
