"""The search of the top bar. Posted, so that a name or a DNI never stands in an address or a log."""

from __future__ import annotations

from flask import request

from portal import audit
from portal.policy import Permission
from portal.queries import search
from portal.views.access import screen
from portal.views.base import PortalView

LONGEST = 80  # characters


class Search(PortalView):
    """Families and providers of the NGO by name, code, DNI or phone."""

    @screen("/", Permission.SEARCH, ("GET", "POST"))
    def index(self) -> str:
        """What was found; without words, how to search."""
        text = request.form.get("q", "").strip()[:LONGEST]
        found = search.search(self.actor, text) if text else search.Found()
        if text:
            audit.record("search", "family")
        return self.render("search/index.html", text=text, found=found)
