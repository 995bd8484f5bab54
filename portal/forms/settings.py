"""What an NGO decides for itself, with units and bounds."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DecimalField,
    Field,
    HiddenField,
    IntegerField,
    SelectChoice,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import TextInput

from portal import wording
from portal.forms.base import Form
from portal.wording.facts import RULES

PASSABLE = ("language", "hours", "fee", "distance", "special_needs")  # never: vetting, seats, conflict


class DaysField(Field):
    """Whole days, separated by commas, as a list."""

    widget = TextInput()

    def __init__(self, label: object, most: int, **options: Any) -> None:
        super().__init__(label, **options)
        self.most = most

    def _value(self) -> str:
        return self.raw_data[0] if self.raw_data else ", ".join(str(days) for days in self.data or ())

    def process_formdata(self, valuelist: list[str]) -> None:
        pieces = (valuelist[0] if valuelist else "").replace(";", ",").split(",")
        days = [piece.strip() for piece in pieces if piece.strip()]
        if not days or len(days) > 12 or not all(one.isdecimal() and 0 < int(one) <= self.most for one in days):
            raise ValueError(wording.message("days_wrong"))
        self.data = sorted({int(one) for one in days})


class SettingsForm(Form):
    """The values of `TenantSettings`."""

    contact = StringField(_l("Contacto que ven las familias y los cuidadores"), [Optional(), Length(max=200)])
    hold_hours = IntegerField(
        _l("Horas que una propuesta reserva el cupo"), [InputRequired(), NumberRange(1, 336)],
        description=_l("De 1 a 336 horas. Después el cupo queda libre por sí solo."),
    )
    offer_hours = IntegerField(
        _l("Horas para que la familia y el cuidador respondan"), [InputRequired(), NumberRange(1, 336)],
        description=_l("De 1 a 336 horas desde que se ofrece."),
    )
    warning_days = DaysField(
        _l("Avisos antes del vencimiento de un documento (días)"), 365,
        description=_l("Separados por comas. El primer aviso pasa al cuidador a «Por renovar»."),
    )
    vetting_margin_days = IntegerField(
        _l("Días que la verificación debe durar después del inicio"), [InputRequired(), NumberRange(0, 365)],
        description=_l("De 0 a 365 días."),
    )
    conditional_may_match = BooleanField(_l("Sugerir también cuidadores aprobados con condiciones"))
    unknown_may_pass = SelectMultipleField(
        _l("Reglas que dejan pasar con advertencia cuando falta el dato"),
        choices=[SelectChoice(code, RULES[code]) for code in PASSABLE],
        description=_l("La verificación, los cupos y las exclusiones nunca pasan sin dato."),
    )
    suggestions_kept = IntegerField(
        _l("Sugerencias que se guardan para cada familia"), [InputRequired(), NumberRange(1, 50)],
        description=_l("De 1 a 50."),
    )
    subsidy_pen = DecimalField(
        _l("Subsidio de la ONG (soles al mes)"), [InputRequired(), NumberRange(0, 9999)], places=2,
        description=_l("Se suma a lo que la familia puede pagar, donde el cuidador lo acepta."),
    )
    followup_days = DaysField(
        _l("Seguimientos después del inicio (días)"), 730, description=_l("Separados por comas."),
    )
    followup_every_days = IntegerField(
        _l("Después, un seguimiento cada (días)"), [InputRequired(), NumberRange(7, 366)],
        description=_l("De 7 a 366 días."),
    )
    stall_days = IntegerField(
        _l("Días sin movimiento para avisar de un caso detenido"), [InputRequired(), NumberRange(1, 90)],
        description=_l("De 1 a 90 días."),
    )
    version = HiddenField()

    def validate_unknown_may_pass(self, field: Any) -> None:
        if not set(field.data or ()) <= set(PASSABLE):
            raise ValidationError(wording.message("choice_missing"))

    def values(self) -> dict[str, Any]:
        """Setting → value, as it is kept (JSON has no decimals)."""
        found = {name: value for name, value in super().values().items() if name != "version"}
        return {**found, "subsidy_pen": float(found["subsidy_pen"])}

    def seen_version(self) -> int:
        """The version the page was made from."""
        return int(self.version.data) if str(self.version.data).isdecimal() else 0
