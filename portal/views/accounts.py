"""Logging in and out, and the password: Flask-Security, with the portal's sessions, throttle and words."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Flask, session
from flask_login import user_logged_in, user_logged_out
from flask_security import SQLAlchemyUserDatastore

from portal.extensions import db, security
from portal.models import User
from portal.queries import people
from portal.tenancy import platform_scope

OPTIONS: dict[str, Any] = {
    "SECURITY_PASSWORD_HASH": "argon2",
    "SECURITY_PASSWORD_SCHEMES": ["argon2"],
    "SECURITY_PASSWORD_LENGTH_MIN": 12,
    "SECURITY_RECOVERABLE": True,
    "SECURITY_CHANGEABLE": True,
    "SECURITY_RETURN_GENERIC_RESPONSES": True,
    "SECURITY_LOGIN_URL": "/login",
    "SECURITY_LOGOUT_CSRF": True,
    "SECURITY_POST_LOGIN_VIEW": "/",
    "SECURITY_POST_LOGOUT_VIEW": "/login",
    "SECURITY_FLASH_MESSAGES": True,
    "SECURITY_JOIN_USER_ROLES": False,
    "SECURITY_CSRF_PROTECT_MECHANISMS": ["session"],
    "SECURITY_API_ENABLED_METHODS": ["session"],
}


class Roleless:
    """Flask-Security asks for a model of roles; roles here belong to memberships."""


def init_app(app: Flask) -> None:
    """Bind Flask-Security, and choose the NGO at each login."""
    app.config.from_mapping({**OPTIONS, **app.config["SETTINGS"].extra})
    security.init_app(app, SQLAlchemyUserDatastore(db, User, Roleless), register_blueprint=True)
    user_logged_in.connect(_enter, app)
    user_logged_out.connect(_leave, app)


def _enter(_: Flask, user: User, **__: Any) -> None:
    """With one NGO the choice is made; with several the person is asked."""
    with platform_scope("login"):
        tenants = people.tenants_of(user.id)
    if len(tenants) == 1:
        work_for(tenants[0].id, tenants[0].name)


def work_for(tenant: UUID, name: str) -> None:
    """The session works for this NGO from the next request on."""
    session["tenant"], session["tenant_name"] = str(tenant), name


def _leave(_: Flask, **__: Any) -> None:
    session.end()
