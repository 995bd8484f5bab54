"""Logging in and out, and the password: Flask-Security, with the portal's sessions, throttle, mails and words."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Flask, current_app, session
from flask_babel import lazy_gettext as _l
from flask_login import user_logged_in, user_logged_out
from flask_security import Security, SQLAlchemyUserDatastore
from flask_security.mail_util import MailUtil
from flask_security.signals import password_changed, password_reset

from portal import audit
from portal.extensions import db
from portal.forms.accounts import SHORTEST_PASSWORD, LoginForm
from portal.models import User
from portal.queries import people
from portal.services import mail
from portal.services.throttle import throttle
from portal.tenancy import acting_for, current_or_none, platform_scope
from portal.views import sessions

OPTIONS: dict[str, Any] = {
    "SECURITY_PASSWORD_HASH": "argon2",
    "SECURITY_PASSWORD_SCHEMES": ["argon2"],
    "SECURITY_PASSWORD_LENGTH_MIN": SHORTEST_PASSWORD,
    "SECURITY_RECOVERABLE": True,
    "SECURITY_CHANGEABLE": True,
    "SECURITY_RETURN_GENERIC_RESPONSES": True,
    "SECURITY_RESET_PASSWORD_WITHIN": timedelta(hours=2),
    "SECURITY_EMAIL_HTML": False,
    "SECURITY_LOGIN_URL": "/login",
    "SECURITY_LOGOUT_CSRF": True,
    "SECURITY_CACHE_CONTROL": {},  # what it would say ("no-store=True") is no directive; the portal's own is
    "SECURITY_POST_LOGIN_VIEW": "/",
    "SECURITY_POST_LOGOUT_VIEW": "/login",
    "SECURITY_POST_RESET_VIEW": "/login",
    "SECURITY_POST_CHANGE_VIEW": "/account/",
    "SECURITY_JOIN_USER_ROLES": False,
    "SECURITY_CSRF_PROTECT_MECHANISMS": ["session"],
    "SECURITY_API_ENABLED_METHODS": ["session"],
    "SECURITY_MSG_PASSWORD_RESET_REQUEST": (
        _l("Si ese correo tiene una cuenta, le llegará un enlace para elegir otra contraseña."), "info"
    ),
    "SECURITY_MSG_PASSWORD_RESET": (_l("Contraseña guardada. Ya puede ingresar."), "success"),
    "SECURITY_MSG_PASSWORD_RESET_NO_LOGIN": (_l("Contraseña guardada. Ya puede ingresar."), "success"),
    "SECURITY_MSG_PASSWORD_CHANGE": (_l("Contraseña cambiada; sus otras sesiones terminaron."), "success"),
    "SECURITY_MSG_PASSWORD_RESET_EXPIRED": (_l("El enlace ya venció. Pida uno nuevo."), "error"),
    "SECURITY_MSG_INVALID_RESET_PASSWORD_TOKEN": (_l("El enlace no vale o ya fue usado. Pida uno nuevo."), "error"),
}


class Roleless:
    """Flask-Security asks for a model of roles; roles here belong to memberships."""


class Mails(MailUtil):
    """Flask-Security's mails, sent as the portal sends its own."""

    def normalize(self, email: str) -> str:
        return email.strip().casefold()

    def validate(self, email: str) -> str:
        return self.normalize(email)  # an account is looked up: whether mail arrives there was seen at the invitation

    def send_mail(self, template: str, subject: str, recipient: str, *rest: Any, **context: Any) -> None:
        body = context.get("body") or rest[1]
        mail.send(current_app.config["SETTINGS"], recipient, str(subject), body)


class Accounts(SQLAlchemyUserDatastore):
    """The accounts. Whose session it is was read together with the session, and is not asked for again."""

    def find_user(self, case_insensitive: bool = False, **wanted: Any) -> User | None:
        known: User | None = getattr(session, "user", None)
        if known is not None and wanted == {"fs_uniquifier": known.fs_uniquifier}:
            return db.session.merge(known, load=False)
        return super().find_user(case_insensitive, **wanted)


def init_app(app: Flask) -> None:
    """Bind Flask-Security, and choose the NGO at each login."""
    settings = app.config["SETTINGS"]
    app.config.from_mapping({**OPTIONS, "SECURITY_EMAIL_SENDER": settings.mail_sender, **settings.extra})
    throttle.use(settings.secret_key)
    store = Accounts(db, User, Roleless)
    Security(app, store, login_form=LoginForm, mail_util_cls=Mails)
    user_logged_in.connect(_enter, app)
    user_logged_out.connect(_leave, app)
    for signal in (password_changed, password_reset):
        signal.connect(_renewed, app)


def _enter(_: Flask, user: User, **__: Any) -> None:
    """With one NGO the choice is made; with several the person is asked."""
    with platform_scope("login"):
        tenants = [(tenant.id, tenant.name) for tenant in people.tenants_of(user.id)]
    session["tenants"] = [(str(tenant), name) for tenant, name in tenants]
    if len(tenants) == 1:
        work_for(*tenants[0])
    for tenant, _name in tenants:
        _note(tenant, user, "login")


def _note(tenant: UUID, user: User, action: str) -> None:
    """Into the trail of an NGO of this person, in a transaction of its own."""
    with acting_for(tenant), audit.acting_as(audit.Author(user.id, user.name or user.email)):
        audit.record(action, "membership")
        db.session.commit()


def work_for(tenant: UUID, name: str) -> None:
    """The session works for this NGO from the next request on."""
    session["tenant"], session["tenant_name"] = str(tenant), name


def _leave(_: Flask, **__: Any) -> None:
    if current_or_none() is not None:
        audit.record("logout", "membership")
    session.end()


def _renewed(_: Flask, user: User, **__: Any) -> None:
    """A new password ends every other session."""
    sessions.end_sessions_of(user.id, but=session.token)
