"""What is asked in a follow-up."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, IntegerField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from portal.forms.base import Form, options
from portal.services.followups import Answers

CHOOSE = _l("Elija una opción.")
WEEK_HOURS = 100  # paid hours a week
MOST_SOLES = 9999  # change of the monthly income


class FollowUpForm(Form):
    """How the child is, how the placement goes, and what care changed for the caregiver."""

    channel = RadioField(_l("Cómo se hizo"), [InputRequired(CHOOSE)], choices=options("followup_channel"))
    answered_by = RadioField(_l("Quién respondió"), [InputRequired(CHOOSE)], choices=options("answered_by"))
    wellbeing = RadioField(_l("¿Cómo está la niña o el niño?"), [InputRequired(CHOOSE)], choices=options("wellbeing"))
    hours_respected = RadioField(
        _l("¿Se respeta el horario acordado?"), [InputRequired(CHOOSE)], choices=options("yes_no")
    )
    works = RadioField(
        _l("¿Trabaja ahora la mamá, el papá o quien está a cargo?"), [InputRequired(CHOOSE)], choices=options("yes_no")
    )
    weekly_hours = IntegerField(
        _l("Horas pagadas a la semana"), [Optional(), NumberRange(0, WEEK_HOURS, _l("Escriba un número de 0 a 100."))],
        description=_l("Déjelo vacío si no se sabe."),
    )
    income_change = IntegerField(
        _l("Cambio del ingreso al mes, en soles"),
        [Optional(), NumberRange(-MOST_SOLES, MOST_SOLES, _l("Escriba un número entre -9999 y 9999."))],
        description=_l("Con signo menos si bajó. Déjelo vacío si no se sabe."),
    )
    problem = StringField(_l("Problema encontrado"), [Optional(), Length(max=200)],
                          description=_l("En pocas palabras; vacío si no hay ninguno."))
    note = TextAreaField(_l("Nota"), [Optional(), Length(max=2000)])

    def validate_weekly_hours(self, field: Field) -> None:
        """Paid hours go with paid work."""
        if field.data and self.works.data == "no":
            raise ValidationError(_("Si no trabaja ahora, deje vacías las horas pagadas."))

    def answers(self) -> Answers:
        """As the service takes it."""
        coded: dict[str, Any] = {
            name: self[name].data for name in
            ("wellbeing", "hours_respected", "works", "weekly_hours", "income_change")
        }
        given = {name: value for name, value in coded.items() if value not in (None, "")}
        return Answers(
            self.channel.data, self.answered_by.data, given, problem=self.problem.data or "", note=self.note.data or "",
        )


class NotReachedForm(Form):
    """Nobody answered."""

    note = TextAreaField(_l("Qué se intentó"), [Optional(), Length(max=2000)])
