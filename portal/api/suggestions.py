"""The suggestions of a family: ranked, with reasons, why not the others, and what becomes of one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import g
from flask_babel import lazy_gettext as _l

from portal import audit
from portal.api import paging, repeats
from portal.api.interface import Needs, Resource
from portal.api.shapes import suggestions as shapes
from portal.errors import InvalidInputError
from portal.models import Family, Provider, Suggestion
from portal.policy import Permission
from portal.queries import frames
from portal.queries import suggestions as queries
from portal.services import suggestions as service
from portal.views.base import as_id, load

resource = Resource("api-suggestions", __name__, url_prefix="/api/v1", description=_l("Sugerencias"))
READ = Needs(Permission.SUGGESTION_READ, "read:suggestions")
SIMPLE = {"shortlist": service.shortlist, "unlist": service.unlist, "restore": service.restore}


@resource.at("/families/<uuid:family_id>/suggestions", READ, _l("Cuidadores sugeridos para un caso, con razones"))
@resource.response(200, shapes.Suggestions)
def of_family(family_id: UUID) -> dict[str, Any]:
    """The shortlist first, then by rank."""
    family = load(Family, family_id, Permission.SUGGESTION_READ)
    audit.record("read", family)
    run = queries.current_run(family.id)
    return {
        "items": [shapes.told(one) for one in queries.of_family(family.id, run)],
        "pending": queries.is_pending(family.id), "removed": run.counts if run else {},
        "made_at": run.made_at if run else None, "model_version": run.model_version if run else None,
    }


@resource.at("/families/<uuid:family_id>/why-not", READ, _l("Por qué no los otros cuidadores cercanos"))
@resource.arguments(shapes.WhyNotListing, location="query")
@resource.response(200, shapes.WhyNotPage)
def why_not(asked: dict[str, Any], family_id: UUID) -> dict[str, Any]:
    """Each provider within reach that fails a rule, with every rule it fails."""
    family = load(Family, family_id, Permission.SUGGESTION_READ)
    run, limit = queries.current_run(family.id), asked["limit"]
    after = paging.key(asked.get("cursor"), (as_id, paging.number))
    if after is not None and (run is None or run.id != after[0]):  # the list was made anew: its places mean nothing
        raise InvalidInputError("cursor_unknown", {"cursor": ["cursor_unknown"]})
    entries, start = run.why_not if run else [], after[1] if after else 0
    shown = entries[start : start + limit]
    providers = queries.providers_named([entry["provider"] for entry in shown])
    audit.record("read", family)
    more = run is not None and start + limit < len(entries)
    return {
        "items": [
            _told(family, entry, providers[entry["provider"]]) for entry in shown if entry["provider"] in providers
        ],
        "next": paging.word((run.id, start + limit)) if run and more else None,
    }


def _told(family: Family, entry: dict[str, Any], provider: Provider) -> dict[str, Any]:
    """An entry with its provider; each of its rules knows how exactly a distance may be said."""
    centred = frames.from_centre(family, provider)
    return {**entry, "provider": provider, "rules": [{**one, "from_centre": centred} for one in entry["rules"]]}


@resource.at(
    "/suggestions/<uuid:suggestion_id>/move", Needs(Permission.SUGGESTION_USE, "write:suggestions"),
    _l("Preseleccionar, descartar o recuperar una sugerencia"), "POST",
)
@repeats.once
@resource.arguments(shapes.Move)
@resource.response(200, shapes.SuggestionShape)
def move(given: dict[str, Any], suggestion_id: UUID) -> dict[str, Any]:
    """Shortlist it, set it aside with a reason, or take that back."""
    suggestion = load(Suggestion, suggestion_id, Permission.SUGGESTION_USE)
    if given["action"] == "dismiss":
        service.dismiss(g.actor, suggestion, given["reason"], given["note"])
    else:
        SIMPLE[given["action"]](g.actor, suggestion)
    audit.record("read", suggestion.family)
    return shapes.told(suggestion)
