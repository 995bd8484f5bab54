"""A provider's profile as it is typed."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    DecimalField,
    FloatField,
    HiddenField,
    IntegerField,
    SearchField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, Email, InputRequired, Length, NumberRange, Optional, ValidationError

from portal import wording
from portal.errors import InvalidInputError
from portal.forms.base import Form, known_district, options
from portal.forms.dni import DniMixin
from portal.models import Provider
from portal.models.child import BANDS
from portal.services import checks
from portal.services.matching import read_hours
from portal.services.providers import SEALED

DIGITS = str.maketrans("", "", " .-()+")
# What a browser sends nothing for when nothing is marked.
UNSENT = frozenset({"accepts_subsidy", "invited", "languages", "special_needs"})


def only_digits(text: str | None) -> str:
    """A number as people write it, without what only separates."""
    return (text or "").translate(DIGITS).strip()


def phone_digits(text: str | None) -> str:
    """A phone without what separates and without the country's number."""
    found = only_digits(text)
    return found[2:] if len(found) == 11 and found.startswith("51") else found


class ProviderForm(DniMixin, Form):
    """Profile and seats. What is sealed is never sent back to the page: left blank, it stays as it was."""

    name = StringField(_l("Nombre del cuidador o del local"), [DataRequired(), Length(max=checks.PROVIDER_NAME)])
    kind = SelectField(_l("Tipo"), choices=options("kind", blank=_l("Elija")), validators=[DataRequired()])
    contact_name = StringField(_l("Persona de contacto"), [Optional(), Length(max=160)])
    dni = StringField(_l("DNI"), filters=[only_digits])
    phone = StringField(_l("Teléfono"), filters=[phone_digits])
    email = StringField(_l("Correo"), [Optional(), Email(), Length(max=254)])
    address = StringField(_l("Dirección exacta"), [Optional(), Length(max=200)])
    ubigeo = StringField(_l("Distrito"), [DataRequired()])
    latitude = FloatField(_l("Latitud"), [Optional(), NumberRange(*checks.LATITUDE)])
    longitude = FloatField(_l("Longitud"), [Optional(), NumberRange(*checks.LONGITUDE)])
    schedule = StringField(_l("Horario de atención"), [Optional(), Length(max=checks.LONGEST_HOURS)])
    seats_0_11m = IntegerField(_l("Cupos de 0 a 11 meses"), [Optional(), NumberRange(*checks.SEATS)])
    seats_12_23m = IntegerField(_l("Cupos de 1 año"), [Optional(), NumberRange(*checks.SEATS)])
    seats_24_35m = IntegerField(_l("Cupos de 2 años"), [Optional(), NumberRange(*checks.SEATS)])
    seats_36_71m = IntegerField(_l("Cupos de 3 a 5 años"), [Optional(), NumberRange(*checks.SEATS)])
    monthly_fee_pen = DecimalField(
        _l("Pago al mes (soles)"), [Optional(), NumberRange(*checks.FEE)], places=2,
        description=_l("Cero si no cobra. En blanco si todavía no se sabe."),
    )
    accepts_subsidy = BooleanField(_l("Acepta el subsidio de la ONG"))
    languages = SelectMultipleField(_l("Lenguas"), choices=options("language"))
    special_needs = SelectMultipleField(_l("Puede atender"), choices=options("need"))
    profile = TextAreaField(
        _l("Perfil"), [Optional(), Length(max=checks.LONGEST_TEXT)],
        description=_l("Con sus palabras: quién cuida, cómo es el lugar, qué hacen en el día. Se compara con lo que "
                       "cuentan las familias. No escriba apellidos, direcciones ni teléfonos."),
    )
    invited = BooleanField(_l("Solo fue invitado: todavía no postula"))
    version = HiddenField()

    @classmethod
    def of(cls, provider: Provider) -> ProviderForm:
        """The form as the provider is now, without what is sealed."""
        open_fields = (name for name in cls.field_names() if name not in SEALED and hasattr(provider, name))
        shown = {name: getattr(provider, name) for name in open_fields}
        seats = {f"seats_{seat.band}": seat.capacity for seat in provider.seats}
        return cls(data={**shown, "schedule": wording.hours(provider.schedule) if provider.schedule else "", **seats})

    @classmethod
    def field_names(cls) -> list[str]:
        return [name for name in dir(cls) if hasattr(getattr(cls, name), "field_class")]

    def values(self) -> dict[str, Any]:
        """Field → value. A field that was not sent, and a sealed field left blank, are not among them."""
        found = super().values()
        given = {name: value for name, value in found.items() if name != "version" and self._was_given(name)}
        return self._without_check(given)

    def _was_given(self, name: str) -> bool:
        if name in SEALED:
            return bool(self[name].data)
        return bool(self[name].raw_data) or name in UNSENT

    def seen_version(self) -> int:
        """The version the page was made from."""
        return int(self.version.data) if str(self.version.data).isdecimal() else 0

    def seats(self) -> list[Any]:
        """The fields of the seats, by age."""
        return [self[f"seats_{band}"] for band in BANDS]

    def validate_ubigeo(self, field: Any) -> None:
        known_district(field)

    def validate_phone(self, field: Any) -> None:
        if field.data and not checks.phone_of_provider(field.data):
            raise ValidationError(wording.message("phone_format"))

    def validate_schedule(self, field: Any) -> None:
        try:
            field.data = read_hours(field.data or "")
        except InvalidInputError:
            raise ValidationError(wording.message("schedule_unreadable")) from None


class LeaveForm(Form):
    """The last day of a leave that begins today."""

    NAME = "leave"
    until = DateField(_l("Último día de la licencia"), [InputRequired()])
    note = StringField(_l("Nota"), [Optional(), Length(max=500)])


class ProviderFilter(Form):
    """What the list of providers is narrowed by."""

    q = SearchField(_l("Nombre o código"), [Optional(), Length(max=80)])
    status = SelectField(_l("Estado"), choices=options("provider_status", blank=_l("Todos")))
    kind = SelectField(_l("Tipo"), choices=options("kind", blank=_l("Todos")))
    band = SelectField(_l("Con cupo libre para"), choices=options("band", blank=_l("Cualquier edad")))
    due = SelectField(_l("Pendientes"), choices=[
        SelectChoice("", _l("Todos")), SelectChoice("review", _l("Con documentos por revisar")),
        SelectChoice("expiring", _l("Con documentos por vencer")), SelectChoice("ready", _l("Listos para decidir")),
    ])
