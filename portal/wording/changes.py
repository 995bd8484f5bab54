"""What changed since a proposal was made, in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.wording import care
from portal.wording.codes import label
from portal.wording.facts import day, hours, is_endless, kilometres, languages, money, needs

FIELDS: dict[str, object] = {
    "max_km": _l("Distancia máxima"), "max_fee": _l("Pago máximo al mes"), "languages": _l("Lenguas"),
    "siblings": _l("Hermanos"), "birth": _l("Fecha de nacimiento"), "schedule": _l("Horario"),
    "needs": _l("Necesidades especiales"), "status": _l("Estado"), "valid_until": _l("Verificación vigente hasta"),
    "fee": _l("Pago al mes"), "seats": _l("Cupos libres"),
}


def _day(value: Any) -> str:
    """A day, and what does not expire."""
    return _("no vence") if is_endless(value) else day(str(value or ""))


def _seats(value: Any) -> str:
    """Free seats of every band that has some."""
    bands = zip(care.WORDS["band"], value or (), strict=False)
    free = [f"{label('band', band)}: {count}" for band, count in bands if count]
    return ", ".join(free) or _("ninguno")


WORDS: dict[str, Callable[[Any], str]] = {
    "max_km": kilometres, "max_fee": money, "languages": languages, "siblings": lambda value: label("siblings", value),
    "birth": _day, "schedule": lambda value: hours(value or ""), "needs": lambda value: needs(value or []),
    "status": lambda value: label("provider_status", value), "valid_until": _day, "fee": money, "seats": _seats,
}


def changed_field(field: str) -> str:
    """The name of a field that changed."""
    return str(FIELDS.get(field, field))


def changed_value(field: str, value: Any) -> str:
    """A value of such a field."""
    return WORDS[field](value) if field in WORDS else str(value)
