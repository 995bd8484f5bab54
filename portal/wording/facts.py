"""Rules and reasons as sentences: what was needed, what was offered, what speaks for and against."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from flask_babel import format_currency, format_date, format_decimal, get_locale, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.wording.codes import label

Values = Mapping[str, Any]
RULES: dict[str, object] = {
    "vetting": _l("Verificación vigente"), "seats": _l("Cupo para su edad"), "hours": _l("Horario"),
    "fee": _l("Costo"), "special_needs": _l("Necesidades especiales"), "distance": _l("Distancia"),
    "language": _l("Idioma"), "conflict": _l("Exclusión"),
}
TERMS: dict[str, object] = {
    "distance": _l("Distancia"), "hours": _l("Horario"), "fee": _l("Costo"), "age_fit": _l("Cupos de su edad"),
    "language": _l("Idioma"), "special_needs": _l("Necesidades especiales"), "siblings": _l("Hermanos juntos"),
    "vetting": _l("Verificación"), "continuity": _l("Continuidad"), "text": _l("Historia y perfil"),
    "answers": _l("Lo que su perfil responde"),
    "base": _l("Punto de partida"),
}
SENTENCES: dict[str, object] = {  # in the order they are told
    "refuses": _l("Ojo: puede que su perfil diga que no a algo que la familia cuenta. "
                  "Lea las dos frases y pregunte antes de proponer."),
    "answers": _l("Puede que su perfil responda a lo que cuenta la familia:"),
    "nearest": _l("Las frases que más se parecen:"),
}
WEEKDAYS: dict[str, object] = {
    "mon": _l("lun"), "tue": _l("mar"), "wed": _l("mié"), "thu": _l("jue"), "fri": _l("vie"), "sat": _l("sáb"),
    "sun": _l("dom"),
}


def rule(code: str) -> str:
    """The name of a hard rule."""
    return str(RULES.get(code, code))


def term(code: str) -> str:
    """The name of a term of the score."""
    return str(TERMS.get(code, code))


def hours(text: str) -> str:
    """`mon-fri 07:00-18:00` → `lun-vie 07:00-18:00`."""
    for code, word in WEEKDAYS.items():
        text = text.replace(code, str(word))
    return text or _("sin horario")


def money(soles: float | None) -> str:
    """Soles in the reader's format; nothing to pay is said in words."""
    if soles is None:
        return _("no se sabe")
    return _("gratis") if soles == 0 else format_currency(soles, "PEN", currency_digits=False, format="¤ #,##0.##")


def kilometres(km: float | None) -> str:
    return _("no se sabe") if km is None else _("%(km)s km", km=format_decimal(round(km, 1)))


EXACT_TO = 0.5  # km: places are known to about half a kilometre, homes on purpose


def distance(km: float | None, from_centre: bool = False) -> str:
    """How far two places are from one another, no more exactly than it is known.

    `from_centre`: one of the two is known by its district alone, and stands at its centre.
    """
    if from_centre and km is not None:
        return _("aprox. %(km)s, desde el centro del distrito", km=distance(km))
    if km is not None and km < EXACT_TO:
        return _("menos de %(km)s", km=kilometres(EXACT_TO))
    return kilometres(km)


def duration(minutes: int) -> str:
    """Minutes as hours and minutes."""
    whole, rest = divmod(int(minutes), 60)
    if not whole:
        return _("%(n)s min", n=rest)
    return _("%(h)s h %(n)s min", h=whole, n=rest) if rest else _("%(h)s h", h=whole)


NO_DAY = ("", None, "NaT", "None")
ENDLESS = "2900"  # a later day stands for what does not expire


def day(text: str) -> str:
    """An ISO day in the reader's format; "NaT" is a day nobody knows."""
    if text in NO_DAY:
        return _("sin fecha")
    return format_date(date.fromisoformat(text), "medium")


def is_endless(text: object) -> bool:
    """Does an ISO day stand for what does not expire?"""
    return text not in NO_DAY and str(text) > ENDLESS


def expires_in(days: int) -> str:
    """How long something still holds; 0 is its last day."""
    return ngettext("Vence en %(num)d día", "Vence en %(num)d días", days) if days else _("Vence hoy")


def age(born: date, on: date) -> str:
    """Years and months: `2 años y 3 meses`."""
    months = max((on.year - born.year) * 12 + on.month - born.month - (on.day < born.day), 0)
    years, rest = divmod(months, 12)
    in_years = ngettext("%(num)d año", "%(num)d años", years)
    in_months = ngettext("%(num)d mes", "%(num)d meses", rest)
    if not years:
        return in_months
    return _("%(years)s y %(months)s", years=in_years, months=in_months) if rest else in_years


def needs(codes: list[str]) -> str:
    return ", ".join(label("need", code) for code in codes) or _("ninguna")


def language(code: str) -> str:
    """The name of a language within a sentence: Spanish writes it small, English does not."""
    name = label("language", code)
    return name[:1].lower() + name[1:] if get_locale().language == "es" else name


def languages(codes: list[str]) -> str:
    return ", ".join(label("language", code) for code in codes) or _("no se sabe")


def seats(by_band: Mapping[str, int]) -> str:
    return ", ".join(f"{label('band', band)}: {count}" for band, count in by_band.items()) or _("ninguno")


def _vetting(values: Values) -> str:
    if "status" not in values:
        return _("aprobado y vigente el %(day)s", day=day(values["until"]))
    status = label("provider_status", values["status"]).lower()
    if values["until"] in NO_DAY:
        return _("%(status)s, sin fecha de vigencia", status=status)
    if is_endless(values["until"]):
        return _("%(status)s, sin vencimiento", status=status)
    return _("%(status)s, vigente hasta el %(day)s", status=status, day=day(values["until"]))


def _hours(values: Values) -> str:
    if "missing" not in values:
        return hours(values["schedule"])
    if not values["missing_minutes"]:
        return hours(values["schedule"])
    return _("%(open)s; faltan %(missing)s (%(when)s)", open=hours(values["schedule"]),
             missing=duration(values["missing_minutes"]), when=hours(values["missing"]))


def _seats(values: Values) -> str:
    if values.get("too_old"):
        return _("menos de 6 años en la fecha de inicio")
    if values.get("away_from"):
        return _("de licencia del %(start)s al %(end)s", start=day(values["away_from"]), end=day(values["away_until"]))
    return seats(values["seats"])


SIDES: dict[str, Callable[[Values], str]] = {
    "vetting": _vetting,
    "seats": _seats,
    "hours": _hours,
    "fee": lambda values: money(values["pen"]),
    "special_needs": lambda values: needs(values["needs"]),
    "distance": lambda values: distance(values["km"], True) if values.get("from_centre") else kilometres(values["km"]),
    "language": lambda values: languages(values["languages"]),
    "conflict": lambda values: _("reservado"),
}


def told_sentences(kept: Values) -> list[tuple[str, str]]:
    """(kind, title) of the sentences worth showing; the nearest ones only where nothing was answered or refused."""
    kinds = [kind for kind in SENTENCES if kind in kept]
    return [(kind, str(SENTENCES[kind])) for kind in kinds if kind != "nearest" or len(kinds) == 1]


def needed(failure: Values) -> str:
    """What a rule asked for."""
    return SIDES[failure["rule"]](failure["needed"])


def offered(failure: Values, from_centre: bool = False) -> str:
    """What there was instead. `from_centre`: as for `distance`."""
    return SIDES[failure["rule"]]({**failure["offered"], "from_centre": from_centre})


def _hours_fact(values: Values, good: bool) -> str:
    spare = duration(values["spare_minutes"])
    if good:
        return _("Abre %(open)s: cubre su horario con %(spare)s de margen a la semana", open=hours(values["open"]),
                 spare=spare)
    return _("Abre %(open)s: cubre su horario casi sin margen (%(spare)s a la semana)", open=hours(values["open"]),
             spare=spare)


def _fee_fact(values: Values, good: bool) -> str:
    if not values["pen"]:
        return _("No cuesta")
    return _("Cuesta %(fee)s al mes; la familia puede pagar %(budget)s", fee=money(values["pen"]),
             budget=money(values["budget_pen"]))


def _language_fact(values: Values, good: bool) -> str:
    if good:
        return _("Habla %(language)s, la lengua de la casa", language=language(values["preferred"]))
    if values["common"]:
        return _("No habla %(language)s; tienen en común %(common)s", language=language(values["preferred"]),
                 common=", ".join(language(code) for code in values["common"]))
    return _("No tienen una lengua en común")


def _seats_fact(values: Values, good: bool) -> str:
    return ngettext("Tiene %(num)d cupo libre para su edad", "Tiene %(num)d cupos libres para su edad", values["seats"])


def _needs_fact(values: Values, good: bool) -> str:
    return _("Puede atender: %(needs)s", needs=needs(values["needs"]).lower())


def _vetting_fact(values: Values, good: bool) -> str:
    if is_endless(values["until"]):
        return _("Su verificación no vence")
    if good:
        return _("Su verificación vale hasta el %(day)s", day=day(values["until"]))
    return ngettext("Su verificación vence %(num)d día después del inicio",
                    "Su verificación vence %(num)d días después del inicio", values["days"])


def _distance_fact(values: Values, good: bool) -> str:
    if values.get("from_centre"):
        return _("En línea recta, %(far)s", far=distance(values["km"], True))
    return _("A %(km)s en línea recta", km=distance(values["km"]))


FACTS: dict[str, Callable[[Values, bool], str]] = {
    "distance": _distance_fact,
    "hours": _hours_fact,
    "fee": _fee_fact,
    "age_fit": _seats_fact,
    "language": _language_fact,
    "special_needs": _needs_fact,
    "siblings": lambda values, good: _("Recibe juntos a los hermanos"),
    "vetting": _vetting_fact,
    "continuity": lambda values, good: (
        _("Puede quedarse al crecer") if good else _("Tendría que cambiar de lugar al crecer")
    ),
    "answers": lambda values, good: (
        _("Puede que su perfil responda a lo que la familia necesita") if good
        else _("Puede que su perfil diga que no a algo que la familia necesita")
    ),
    "text": lambda values, good: (
        _("Su perfil se parece a lo que cuenta la familia") if good
        else _("Su perfil habla poco de lo que cuenta la familia")
    ),
}


def fact(one: Values, good: bool, from_centre: bool = False) -> str:
    """A reason for (good) or against. `from_centre`: as for `distance`."""
    return FACTS[one["code"]]({**one["values"], "from_centre": from_centre}, good)
