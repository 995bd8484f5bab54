"""A secret that its page shows once: sealed in the session until then, so that the page is reached by a redirect.

An answer to a form that is a page itself would send the form again when it is reloaded.
"""

from __future__ import annotations

from uuid import UUID

from flask import g, session

from portal.crypto import Place, seal, unseal

KEPT = "_once"


def keep(page: str, secret: str) -> None:
    """For the next look at this page, by whoever is at work now, for the NGO at work."""
    session[KEPT] = {"page": page, "tenant": session["tenant"], "sealed": seal(secret.encode(), _place())}


def take(page: str) -> str:
    """What was kept for this page, for the last time; "" for nothing."""
    kept = session.get(KEPT)
    if not kept or (kept["page"], kept["tenant"]) != (page, session.get("tenant")):
        return ""
    del session[KEPT]
    return unseal(kept["sealed"], _place()).decode()


def forget() -> None:
    """What the secret opens was not kept after all."""
    session.pop(KEPT, None)


def _place() -> Place:
    return Place(UUID(session["tenant"]), "login_session", "data", g.actor.id)
