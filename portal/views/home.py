"""My day: what is due, overdue and waiting on me."""

from __future__ import annotations

from portal.policy import Permission
from portal.views.access import screen
from portal.views.base import HomeView


class Home(HomeView):
    """The first page of every role."""

    @screen("/", Permission.HOME)
    def index(self) -> str:
        return self.render("home/index.html")
