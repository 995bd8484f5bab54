"""What is said about a proposal."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, SelectChoice, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from portal.forms.base import Form, options
from portal.workflow import DECLINE_REASONS


class AnswerForm(Form):
    """The answer of one side to an offer."""

    NAME = "answer"
    side = RadioField(_l("Quién respondió"), [InputRequired(_l("Elija quién respondió."))],
                      choices=options("side"))
    answer = RadioField(_l("Respuesta"), [InputRequired(_l("Elija la respuesta."))], choices=options("answer"))
    reason = SelectField(_l("Motivo, si no aceptó"), [Optional()],
                         choices=options("reason", _l("Elija un motivo"), DECLINE_REASONS))
    note = TextAreaField(_l("Nota"), [Optional(), Length(max=2000)])


class QueueFilter(Form):
    """What the queue is narrowed by."""

    status = SelectField(_l("Qué decidir"), [Optional()], choices=[
        SelectChoice("", _l("Todo")), *options("to_decide"),
    ])
    proposer = SelectField(_l("Quién propuso"), [Optional()], validate_choice=False)
    soon = BooleanField(_l("Solo reservas que vencen pronto"))
