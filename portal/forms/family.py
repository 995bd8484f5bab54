"""The sections of an intake, a form each: small enough for a phone on a bad connection."""

from __future__ import annotations

import re
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    DecimalField,
    FloatField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, ValidationError

from portal import clock, consents, wording
from portal.errors import InvalidInputError
from portal.forms.base import Form, known_district, options
from portal.forms.dni import DniMixin
from portal.services import checks
from portal.services.intakes import Given
from portal.services.matching import read_hours

SEPARATORS = str.maketrans("", "", " .()+")
NIGHT = re.compile(r"(\d\d:\d\d)-(\d\d:\d\d)")  # from and until, as the schedule is kept
BORN_FIRST = 1920  # years before are typing errors
ASKED_BY = ("signature", "voice", "message")  # how a person can be asked


def plain(text: str | None) -> str:
    """A number as people write it, without what only separates."""
    return (text or "").translate(SEPARATORS).strip()


class SectionForm(Form):
    """A section of a row that exists. What is sealed is not sent back to the page: left blank, it stays as it was,
    unless the page asks for it to be removed (`clear`)."""

    SEALED: tuple[str, ...] = ()
    version = HiddenField()

    def values(self) -> dict[str, Any]:
        """Field → value, without sealed fields left blank and texts that were not sent at all."""
        given = {field.name: field.data for field in self if field.name != "version" and self._was_given(field)}
        return {**dict.fromkeys(self.cleared(), ""), **given}

    def cleared(self) -> set[str]:
        """The sealed fields whose value is to be removed."""
        return set(request.form.getlist("clear")) & set(self.SEALED)

    def _was_given(self, field: Any) -> bool:
        if isinstance(field, StringField) and field.data is None:
            return False
        return bool(field.data) or field.name not in self.SEALED


class CaregiverForm(DniMixin, SectionForm):
    """An adult who answers for the children."""

    SEALED = ("dni", "phone")
    given_names = StringField(_l("Nombres"), [DataRequired(), Length(max=checks.GIVEN_NAMES)])
    paternal_surname = StringField(_l("Apellido paterno"), [DataRequired(), Length(max=checks.SURNAME)])
    maternal_surname = StringField(_l("Apellido materno"), [Optional(), Length(max=checks.SURNAME)])
    relation = SelectField(_l("Parentesco"), choices=options("relation"))
    sex = SelectField(_l("Sexo"), choices=options("sex", blank=_l("Sin dato")))
    birth_date = DateField(_l("Fecha de nacimiento"), [Optional()])
    dni = StringField(_l("DNI"), filters=[plain])
    no_document_reason = SelectField(
        _l("Si no tiene DNI, por qué"), choices=options("no_document", blank=_l("Tiene DNI o no se sabe"))
    )
    phone = StringField(_l("Teléfono"), [Length(max=checks.FAMILY_PHONE)], filters=[plain])
    phone_owner = SelectField(_l("De quién es el teléfono"), choices=options("phone_owner"))
    whatsapp = BooleanField(_l("Recibe WhatsApp en ese número"))
    activity = SelectField(_l("Actividad"), choices=options("activity", blank=_l("Sin dato")))
    weekly_hours = IntegerField(_l("Horas pagadas a la semana"), [Optional(), NumberRange(0, 120)])

    def validate_phone(self, field: Any) -> None:
        if field.data and not any(sign.isdigit() for sign in field.data):
            raise ValidationError(_l("Escriba el número con cifras. Si no hay teléfono, deje la casilla vacía."))

    def validate_birth_date(self, field: Any) -> None:
        if field.data and not (field.data.year >= BORN_FIRST and field.data < clock.today()):
            raise ValidationError(_l("Revise el año de nacimiento."))

    def values(self) -> dict[str, Any]:
        return self._without_check(super().values())

    @property
    def has_odd_phone(self) -> bool:
        """A mobile has nine digits and begins with 9; others are possible, so this is only worth a warning."""
        number = "".join(sign for sign in (self.phone.data or "") if sign.isdigit())[-9:]
        return bool(number) and not (len(number) == 9 and number.startswith("9"))


class NewFamilyForm(CaregiverForm):
    """The little that makes a draft. What its page does not ask is no field of it: the page could not send it."""

    sex = birth_date = activity = weekly_hours = None
    ubigeo = StringField(_l("Distrito"), [DataRequired()])
    confirmed = BooleanField(_l("Revisé los posibles duplicados: no es la misma familia"))

    def validate_ubigeo(self, field: Any) -> None:
        known_district(field)


class HomeForm(SectionForm):
    """Address, household and money."""

    SEALED = ("address", "address_reference", "income")
    ubigeo = StringField(_l("Distrito"), [DataRequired()])
    address = StringField(_l("Dirección exacta"), [Length(max=200)])
    address_reference = StringField(_l("Referencia para llegar"), [Length(max=200)])
    latitude = FloatField(_l("Latitud"), [Optional(), NumberRange(*checks.LATITUDE)])
    longitude = FloatField(_l("Longitud"), [Optional(), NumberRange(*checks.LONGITUDE)])
    adults = IntegerField(_l("Adultos en casa"), [Optional(), NumberRange(0, 30)])
    sisfoh = SelectField(_l("Clasificación SISFOH"), choices=options("sisfoh"))
    sisfoh_valid_until = DateField(_l("La clasificación vale hasta"), [Optional()])
    income = StringField(_l("Ingreso del hogar al mes (soles)"), [Length(max=20)])
    referral_source = SelectField(_l("Cómo llegó a la ONG"), choices=options("referral", blank=_l("Sin dato")))

    def validate_ubigeo(self, field: Any) -> None:
        known_district(field)


class ChildForm(DniMixin, SectionForm):
    """A child and the week it needs."""

    SEALED = ("dni", "health_note")
    given_names = StringField(_l("Nombres"), [DataRequired(), Length(max=checks.GIVEN_NAMES)])
    surnames = StringField(_l("Apellidos"), [Length(max=checks.SURNAMES)])
    sex = SelectField(_l("Sexo"), choices=options("child_sex", blank=_l("Sin dato")))
    birth_date = DateField(_l("Fecha de nacimiento"), [InputRequired(_l("Escriba la fecha de nacimiento."))])
    birth_estimated = BooleanField(_l("La fecha es aproximada"))
    dni = StringField(_l("DNI"), filters=[plain])
    start_date = DateField(_l("Necesita cuidado desde"), [Optional()])
    schedule = StringField(_l("Horario que necesita"), [Length(max=checks.LONGEST_HOURS)])
    current_care = SelectField(_l("Quién cuida ahora"), choices=options("current_care", blank=_l("Sin dato")))
    special_needs = SelectMultipleField(_l("Necesidades especiales"), choices=options("need"))
    health_note = TextAreaField(_l("Nota de salud (reservada)"), [Length(max=2000)])

    def validate_birth_date(self, field: Any) -> None:
        self._refuse_faults("birth_date")

    def validate_start_date(self, field: Any) -> None:
        self._refuse_faults("start_date")

    def _refuse_faults(self, name: str) -> None:
        values = {"birth_date": self.birth_date.data, "start_date": self.start_date.data}
        for code in checks.faults("child", values).get(name, ()):
            raise ValidationError(wording.message(code))

    def validate_schedule(self, field: Any) -> None:
        try:
            field.data = read_hours(field.data or "")
        except InvalidInputError:
            raise ValidationError(
                _l("No se entiende el horario. Escriba, por ejemplo: lun-vie 07:00-18:00; sáb 08:00-13:00.")
            ) from None

    def values(self) -> dict[str, Any]:
        return self._without_check(super().values())

    @property
    def has_night_hours(self) -> bool:
        """Some hours end on the next day: care by night, or the two times the wrong way round."""
        return any(end <= start for start, end in NIGHT.findall(self.schedule.data or ""))


class CareForm(SectionForm):
    """What care is wanted, and the story."""

    max_monthly_fee_pen = DecimalField(
        _l("Puede pagar al mes por cada niña o niño (soles)"), [InputRequired(), NumberRange(*checks.FEE)], places=2
    )
    max_distance_km = FloatField(
        _l("Puede ir hasta (km en línea recta)"), [InputRequired(), NumberRange(*checks.DISTANCE)]
    )
    siblings = RadioField(_l("Si son varios"), choices=options("siblings"), validators=[InputRequired()])
    language = SelectField(_l("Lengua de la casa"), choices=options("language"))
    other_languages = SelectMultipleField(_l("Otras lenguas que hablan"), choices=options("language"))
    language_required = BooleanField(_l("Quien cuide tiene que hablar la lengua de la casa"))
    care_reason = SelectField(_l("Para qué necesita el cuidado"), choices=options("care_reason", blank=_l("Sin dato")))
    priority = SelectField(_l("Urgencia"), choices=options("priority"))
    story = TextAreaField(_l("La historia de la familia"), [Length(max=checks.LONGEST_TEXT)])

    def values(self) -> dict[str, Any]:
        found = super().values()
        first, others = found.pop("language"), found.pop("other_languages")
        return {**found, "languages": list(dict.fromkeys([first, *others])), "priority": int(found["priority"])}


class ConsentForm(Form):
    """A yes or no for each purpose, in the words of a version of the text. Nothing is chosen beforehand: what is not
    asked stays open. A page that was opened before a new version came keeps the one it showed."""

    services = RadioField(_l("Recibir el servicio y guardar sus datos"), choices=(), validators=[Optional()])
    matching = RadioField(
        _l("Que el sistema compare su historia con los cuidadores"), choices=(), validators=[Optional()]
    )
    training = RadioField(_l("Que el sistema aprenda de su caso, sin su nombre"), choices=(), validators=[Optional()])
    sharing = RadioField(_l("Compartir lo necesario con el cuidador elegido"), choices=(), validators=[Optional()])
    given_by = StringField(_l("Quién respondió"), [DataRequired(), Length(max=120)])
    given_on = DateField(_l("Qué día"), [InputRequired()])
    channel = SelectField(_l("Cómo"), choices=options("consent_channel", codes=ASKED_BY))
    text_version = HiddenField(_l("Versión del texto que se le leyó"))

    PURPOSES = consents.PURPOSES

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        if self.text_version.data not in consents.versions():
            self.text_version.data = consents.newest()
        for name in self.PURPOSES:
            self[name].label.text = wording.consent_text(self.text_version.data, name)
            self[name].choices = [("yes", _l("Acepta")), ("no", _l("No acepta"))]

    def validate_given_on(self, field: Any) -> None:
        for code in checks.consent_day(field.data).get("given_on", ()):
            raise ValidationError(wording.message(code))

    def answers(self) -> dict[str, bool]:
        """Purpose → answer, for the purposes that were asked."""
        return {name: self[name].data == "yes" for name in self.PURPOSES if self[name].data in ("yes", "no")}

    def given(self) -> Given:
        """Who answered, when and how, and to which text."""
        return Given(self.given_by.data, self.given_on.data, self.channel.data, self.text_version.data)


class ProtectionForm(SectionForm):
    """What protects the family: a sealed note, and whom it must never be matched with."""

    SEALED = ("note",)
    note = TextAreaField(_l("Nota de protección (reservada)"), [Length(max=4000)])
    excluded_provider = SelectField(_l("No emparejar con este cuidador"), choices=(), validators=[Optional()])
    excluded_district = StringField(_l("No emparejar en este distrito"), [Optional()])
    confidential = BooleanField(_l("Caso confidencial: solo lo ven quien lo lleva y supervisión"))

    def validate_excluded_district(self, field: Any) -> None:
        known_district(field)
