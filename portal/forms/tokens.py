"""A token for a program."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, SelectMultipleField, StringField
from wtforms.validators import DataRequired, Length

from portal.forms.base import Form, options
from portal.services.tokens import LONGEST_NAME


class TokenForm(Form):
    """What it is for, what it may do, and for how long."""

    name = StringField(
        _l("Para qué es"), [DataRequired(), Length(max=LONGEST_NAME)], description=_l("Por ejemplo: tablero municipal.")
    )
    scopes = SelectMultipleField(
        _l("Qué puede hacer"), [DataRequired()], choices=options("scope"),
        description=_l("Nunca más de lo que usted misma puede."),
    )
    days = SelectField(_l("Cuánto tiempo vale"), choices=options("token_days"), default="90")
