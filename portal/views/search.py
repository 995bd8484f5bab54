"""The search of the top bar."""

from __future__ import annotations

from flask import request
from werkzeug.wrappers import Response

from portal.policy import Permission
from portal.queries import search
from portal.views import sought
from portal.views.access import screen
from portal.views.base import PortalView


class Search(PortalView):
    """Families and providers of the NGO by name, code, DNI or phone."""

    @screen("/", Permission.SEARCH, ("GET", "POST"))
    def index(self) -> Response | str:
        """What was found; without words, how to search."""
        if request.method == "POST":
            return sought.moved(self.actor, "family", "q")
        text = sought.words(self.actor)
        found = search.search(self.actor, text) if text else search.Found()
        return self.render("search/index.html", text=text, found=found)
