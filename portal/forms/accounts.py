"""Logging in, accepting an invitation, inviting."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_security.forms import LoginForm as BaseLoginForm
from wtforms import EmailField, PasswordField, SelectMultipleField, StringField
from wtforms.validators import DataRequired, EqualTo, Length, Optional, Regexp

from portal import database
from portal.errors import TooManyError
from portal.forms.base import Form, options
from portal.policy import GIVEN_BY_ADMIN
from portal.services.throttle import throttle

SHORTEST_PASSWORD = 12
MAIL = r"^[^@\s]+@[^@\s]+\.[^@\s]+$"  # the invitation itself shows whether mail arrives


class LoginForm(BaseLoginForm):
    """Flask-Security's login, behind the throttle: an account name that failed too often waits, known or not."""

    remember = None

    def validate(self, **options: Any) -> bool:
        name = self.email.data or ""
        if throttle.seconds_left(name):
            raise TooManyError("login")
        with database.reading():  # the throttle writes in a transaction of its own, beside this one
            holds = super().validate(**options)
        if holds:
            throttle.succeeded(name)
            return True
        throttle.failed(name)
        return False


class InvitationForm(Form):
    """Whom to invite, and as what."""

    name = StringField(_l("Nombre"), [DataRequired(), Length(max=120)])
    email = EmailField(
        _l("Correo"), [DataRequired(), Length(max=254), Regexp(MAIL, message=_l("Revise el correo."))]
    )
    roles = SelectMultipleField(_l("Qué hará"), [DataRequired()], choices=options("role", codes=GIVEN_BY_ADMIN))


class AcceptForm(Form):
    """A new account sets its password; an existing one proves itself with its own."""

    name = StringField(_l("Su nombre"), [Optional(), Length(max=120)])
    password = PasswordField(
        _l("Contraseña"), [DataRequired(), Length(SHORTEST_PASSWORD, 128, _l("Use al menos 12 caracteres."))]
    )
    repeated = PasswordField(
        _l("La misma contraseña otra vez"), [Optional(), EqualTo("password", _l("Las contraseñas no coinciden."))]
    )
