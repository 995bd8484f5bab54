"""One item of a provider's checklist: the paper, the visit, and what was found."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import DateField, RadioField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from portal.forms.base import Form, options


class ReceiveForm(Form):
    """The paper as it came in."""

    file = FileField(_l("Archivo (PDF, JPEG o PNG)"))
    note = TextAreaField(_l("Nota"), [Optional(), Length(max=1000)])


class VerifyForm(Form):
    """What the verifier saw."""

    day = DateField(_l("Fecha de emisión o de la visita"), [InputRequired()])
    result = RadioField(_l("Resultado de la visita"), [Optional()], choices=options("visit_result"))
    note = TextAreaField(_l("Nota"), [Optional(), Length(max=1000)])


class RejectForm(Form):
    """Why it does not hold."""

    note = TextAreaField(_l("Motivo del rechazo"), [InputRequired(), Length(max=1000)])


class DocumentForm(Form):
    """Another paper of the provider."""

    file = FileField(_l("Archivo (PDF, JPEG o PNG)"))
