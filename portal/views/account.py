"""One's own account: language, sessions, which NGO to work for."""

from __future__ import annotations

from uuid import UUID

from flask import abort, flash, redirect, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user
from flask_security import hash_password, verify_password
from sqlalchemy import select
from werkzeug.wrappers import Response

from portal import audit
from portal.errors import NotFoundError
from portal.extensions import db
from portal.forms.accounts import AcceptForm
from portal.models import Invitation, LoginSession, User
from portal.policy import Permission
from portal.services import team
from portal.services.throttle import throttle
from portal.tenancy import acting_for
from portal.views.access import PUBLIC, screen
from portal.views.accounts import work_for
from portal.views.base import PortalView, as_id
from portal.views.language import LANGUAGES
from portal.views.links import own_page
from portal.views.sessions import hashed


class Account(PortalView):
    """What is one's own."""

    @screen("/", Permission.ACCOUNT)
    def index(self) -> str:
        """Language, sessions and NGOs."""
        own = select(LoginSession).where(LoginSession.user_id == current_user.id)
        found = own.order_by(LoginSession.seen_at.desc())
        return self.render(
            "account/index.html", sessions=db.session.scalars(found).all(), token=hashed(session.token),
            tenants=_tenants(), here=session.get("tenant"),
        )

    @screen("/language", PUBLIC, ("POST",))
    def language(self) -> Response:
        """Choose the language: of this browser, and of the account when somebody is logged in."""
        wanted = request.form.get("language", "")
        if wanted in LANGUAGES:
            session["language"] = wanted
            if current_user.is_authenticated:
                db.session.get_one(User, current_user.id).locale = wanted
        return redirect(own_page(request.form.get("next", "")))

    @screen("/sessions/<session_id>/end", Permission.ACCOUNT, ("POST",))
    def end_session(self, session_id: str) -> Response:
        """End one of one's own sessions."""
        row = db.session.get(LoginSession, as_id(session_id))
        if row is None or row.user_id != current_user.id:
            raise NotFoundError
        db.session.delete(row)
        flash(_("Sesión terminada."), "success")
        return redirect(url_for(".index"))

    @screen("/ngo", Permission.ACCOUNT, ("POST",))
    def choose(self) -> Response:
        """Work for another of one's NGOs."""
        wanted = as_id(request.form.get("tenant", ""))
        found = next((one for one in _tenants() if one[0] == wanted), None)
        if found is None:
            raise NotFoundError
        work_for(*found)
        return redirect(url_for("admin.index"))

    @screen("/invitation/<tenant_id>/<token>", PUBLIC, ("GET", "POST"))
    def invitation(self, tenant_id: str, token: str) -> Response | tuple[str, int]:
        """Accept an invitation: a new account chooses its password, an existing one proves itself."""
        with acting_for(as_id(tenant_id)):
            try:
                found = team.invitation(token)
            except NotFoundError:
                return self.render("account/no_invitation.html"), 404
            user = db.session.scalars(select(User).where(User.email == found.email)).one_or_none()
            name, form = found.name, AcceptForm(name=found.name)
            if form.validate_on_submit() and self._accept(form, found, user):
                db.session.commit()
                flash(_("Bienvenida. Ya puede ingresar con su correo."), "success")
                return redirect(url_for("security.login"))
            page = self.render("account/invitation.html", form=form, known=user is not None, name=name)
        return page, 422 if form.is_submitted() else 200

    def _accept(self, form: AcceptForm, found: Invitation, user: User | None) -> bool:
        if user is None:
            name, password = form.name.data or found.name, hash_password(form.password.data)
            user = User(email=found.email, name=name, password=password)
            db.session.add(user)
            db.session.flush()
        elif throttle.seconds_left(user.email):
            abort(429)
        elif not verify_password(form.password.data, user.password):
            email = user.email
            db.session.rollback()  # the throttle writes in a transaction of its own
            throttle.failed(email)
            form.add_errors({"password": ["password_wrong"]})
            return False
        with audit.acting_as(audit.Author(user.id, user.name)):
            team.accept(found, user)
            db.session.flush()
        return True


def _tenants() -> list[tuple[UUID, str]]:
    """(id, name) of the NGOs this person was a member of at the login; each request asks again what they are there."""
    return [(UUID(tenant), name) for tenant, name in session.get("tenants", [])]
