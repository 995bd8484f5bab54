"""The NGOs of the platform, for its operator: names, and a way in that leaves a trace."""

from __future__ import annotations

from flask import flash, redirect, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal import wording
from portal.errors import InvalidInputError, NotFoundError
from portal.policy import Permission
from portal.queries import tenants
from portal.services import support
from portal.views.access import screen
from portal.views.accounts import work_for
from portal.views.base import PortalView, as_id

Answer = Response | tuple[str, int]


class Tenants(PortalView):
    """Who is on this installation."""

    @screen("/", Permission.TENANT_LIST)
    def index(self) -> str:
        """The names, and nothing of anybody's content."""
        return self._page()

    def _page(self, problems: tuple[str, ...] = ()) -> str:
        return self.render(
            "tenants/index.html", tenants=tenants.every(), minutes=support.MINUTES, problems=problems,
            inside=session.get("tenant"), typed=request.form,
        )

    @screen("/<tenant_id>/enter", Permission.TENANT_ENTER, ("POST",))
    def enter(self, tenant_id: str) -> Answer:
        """Enter an NGO, with a reason and for a time."""
        found = next((one for one in tenants.every() if one.id == as_id(tenant_id)), None)
        if found is None or session.get("tenant"):
            raise NotFoundError
        chosen, name = found.id, found.name
        try:
            support.enter(self.actor, chosen, request.form.get("reason", ""), request.form.get("minutes", 0, int))
        except InvalidInputError as error:
            codes = [code for codes in error.fields.values() for code in codes]
            return self._page(tuple(wording.message(code) for code in codes)), 422
        work_for(chosen, name)
        return redirect(url_for("trail.index_view"))

    @screen("/leave", Permission.TENANT_LIST, ("POST",))
    def leave(self) -> Response:
        """Leave the NGO."""
        if session.get("tenant"):
            support.leave(self.actor)
            session.pop("tenant")
            session.pop("tenant_name", None)
        flash(_("Salió de la ONG."), "success")
        return redirect(url_for(".index"))
