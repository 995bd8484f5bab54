"""The HTTP interface for programs, `/api/v1`: the same services, policy and tenancy as the screens.

The guard stands before it as before every screen; here are the shapes of what goes in and out. `RESOURCES` is the
list of what there is.
"""

from __future__ import annotations

from flask import Flask

from portal.api import (
    families,
    guide,
    imports,
    intakes,
    interface,
    limits,
    me,
    placements,
    proposals,
    providers,
    suggestions,
)

RESOURCES = (
    me.resource, families.resource, intakes.resource, providers.resource, suggestions.resource, proposals.resource,
    placements.resource, imports.resource,
)


def init_app(app: Flask) -> None:
    """Bind the resources, their description and the page about it."""
    made = interface.make(app)
    for resource in RESOURCES:
        made.register_blueprint(resource)
    limits.init_app(app, RESOURCES)
    guide.init_app(app, made)
