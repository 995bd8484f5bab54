"""What is said about a placement."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, Field, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from portal import clock, wording
from portal.forms.base import Form, options
from portal.workflow import END_REASONS, INTERRUPT_REASONS

WHICH_DAY = _l("Escriba una fecha válida.")
WHICH_REASON = _l("Elija un motivo de la lista.")


class SignForm(Form):
    """The agreement."""

    NAME = "sign"
    signed_on = DateField(_l("Fecha de la firma"), [InputRequired(WHICH_DAY)])


class MoveStartForm(Form):
    """Another first day, before care begins."""

    NAME = "move_start"
    starts_on = DateField(_l("Nuevo día de inicio"), [InputRequired(WHICH_DAY)])


class InterruptForm(Form):
    """A pause of care."""

    NAME = "interrupt"
    reason = SelectField(_l("Motivo"), [InputRequired(WHICH_REASON)],
                         choices=options("reason", _l("Elija un motivo"), INTERRUPT_REASONS))
    returns_on = DateField(_l("Día en que se espera que vuelva"), [Optional()])

    def validate_returns_on(self, field: Field) -> None:
        """It is still to come."""
        if field.data and field.data < clock.today():
            raise ValidationError(_("La fecha ya pasó."))


class EndForm(Form):
    """The end of care; the reasons stand in their groups."""

    NAME = "end"
    ends_on = DateField(_l("Último día"), [InputRequired(WHICH_DAY)])
    reason = SelectField(_l("Motivo"), [InputRequired(WHICH_REASON)])
    note = TextAreaField(_l("Nota"), [Optional(), Length(max=2000)])

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)
        grouped = [
            SelectChoice(code, words, optgroup=wording.label("end_group", group))
            for group, reasons in END_REASONS.items() for code, words in wording.choices("reason", reasons)
        ]
        self.reason.choices = [SelectChoice("", _("Elija un motivo")), *grouped]


class PlacementFilter(Form):
    """What the list is narrowed by."""

    q = StringField(_l("Nombre"), [Optional(), Length(max=80)])
    status = SelectField(_l("Estado"), [Optional()],
                         choices=[
        SelectChoice("", _l("Todas")), SelectChoice("open", _l("Abiertas")), *options("placement_status"),
    ])
    mine = BooleanField(_l("Solo mis casos"))
    unsigned = BooleanField(_l("Sin acuerdo firmado"))
