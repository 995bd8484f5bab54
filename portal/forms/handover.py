"""Who takes over cases, and why."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import SelectField
from wtforms.validators import InputRequired

from portal.forms.base import Form, options


class HandOverForm(Form):
    """The cases themselves are boxes of a table."""

    worker = SelectField(
        _l("Quién los recibe"), [InputRequired(_l("Elija a una persona."))], validate_choice=False,
        description=_l("Solo quienes pueden llevar casos, primero quien tiene menos."),
    )
    reason = SelectField(_l("Motivo"), [InputRequired(_l("Elija un motivo de la lista."))],
                         choices=options("hand_over_reason", _l("Elija un motivo")))
