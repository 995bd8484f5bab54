"""The NGO's settings."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal import wording
from portal.errors import ConflictError
from portal.forms.settings import SettingsForm
from portal.policy import Permission
from portal.queries import tenants
from portal.services import settings
from portal.views.access import screen
from portal.views.base import PortalView


class SettingsScreen(PortalView):
    """What the NGO decides for itself."""

    @screen("/", Permission.SETTINGS_MANAGE, ("GET", "POST"))
    def index(self) -> Response | tuple[str, int]:
        """See and change."""
        own = tenants.settings()
        now = {**settings.values(), "contact": own.contact if own else "", "version": settings.version()}
        form = SettingsForm(data=now)
        problems: list[str] = []
        if form.validate_on_submit():
            try:
                settings.save(self.actor, form.values(), form.seen_version())
            except ConflictError as error:
                problems = [wording.refusal(one) for one in error.refusals]
            else:
                flash(_("Ajustes guardados. Valen desde ahora."), "success")
                return redirect(url_for(".index"))
        status = 409 if problems else 422 if form.is_submitted() else 200
        return self.render("settings/index.html", form=form, problems=problems, ngo=tenants.here()), status
