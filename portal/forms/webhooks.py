"""A webhook: what it is for, where it goes, what it is told."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import SelectMultipleField, StringField
from wtforms.validators import DataRequired, Length

from portal.forms.base import Form, options
from portal.models.webhook import EVENTS
from portal.services.webhooks import LONGEST_NAME
from portal.services.webhooks.addresses import LONGEST


class WebhookForm(Form):
    """What an administrator says of it."""

    name = StringField(
        _l("Para qué es"), [DataRequired(), Length(max=LONGEST_NAME)],
        description=_l("Por ejemplo: sistema de becas."),
    )
    address = StringField(
        _l("Dirección"), [DataRequired(), Length(max=LONGEST)],
        description=_l("La dirección https:// de su sistema. Se guarda cifrada."),
    )
    events = SelectMultipleField(
        _l("Qué se avisa"), [DataRequired()], choices=options("webhook_event", codes=tuple(EVENTS))
    )
