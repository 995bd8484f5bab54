"""Tokens of programs: one's own, and everybody's for who administers the NGO."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal import clock
from portal.forms.tokens import TokenForm
from portal.models import ApiToken
from portal.policy import Permission
from portal.services import tokens
from portal.views import once
from portal.views.access import screen
from portal.views.base import PortalView, load


class Tokens(PortalView):
    """Keys with which programs work for a person."""

    @screen("/", Permission.PROGRAM_MAKE)
    def index(self) -> str:
        """Those there are, and a form for one more."""
        return self._page(TokenForm(), once.take("tokens"))

    @screen("/make", Permission.PROGRAM_MAKE, ("POST",))
    def make(self) -> Response | tuple[str, int]:
        """A new token, shown on the next page alone and in no address."""
        form = TokenForm()
        if not form.validate_on_submit():
            return self._page(form), 422
        _token, text = tokens.make(self.actor, form.name.data, form.scopes.data, int(form.days.data))
        once.keep("tokens", text)
        return redirect(url_for(".index"))

    @screen("/<token_id>/revoke", Permission.PROGRAM_REVOKE, ("POST",))
    def revoke(self, token_id: str) -> Response:
        """End a token."""
        tokens.revoke(self.actor, load(ApiToken, token_id, Permission.PROGRAM_REVOKE))
        flash(_("Token anulado: ya no abre nada."), "success")
        return redirect(url_for(".index"))

    def _page(self, form: TokenForm, made: str = "") -> str:
        return self.render(
            "tokens/index.html", form=form, made=made, tokens=tokens.of_actor(self.actor), now=clock.now()
        )
