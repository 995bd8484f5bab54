"""What changed since a proposal was made, and what a change would open, in words."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from portal.wording import care
from portal.wording.codes import label
from portal.wording.facts import Values, day, duration, hours, is_endless, kilometres, languages, money, needs

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


def _later(step: Values) -> str:
    by = duration(step["by"])
    if not step["then"]:
        return _("empezando %(by)s más tarde", by=by)
    return _("empezando a las %(hour)s (%(by)s más tarde)", hour=step["then"], by=by)


def _earlier(step: Values) -> str:
    by = duration(step["by"])
    if not step["then"]:
        return _("recogiendo %(by)s más temprano", by=by)
    return _("recogiendo a las %(hour)s (%(by)s más temprano)", hour=step["then"], by=by)


def _from_day(step: Values) -> str:
    by = ngettext("%(num)d día después", "%(num)d días después", int(step["by"]))
    if not step["then"]:
        return _("empezando %(by)s", by=by)
    return _("empezando el %(day)s (%(by)s)", day=day(step["then"]), by=by)


def _farther(step: Values) -> str:
    far = math.ceil(step["by"] * 10) / 10
    if step["from_centre"]:
        return _("yendo unos %(far)s más lejos (contados desde el centro del distrito)", far=kilometres(far))
    return _("yendo %(far)s más lejos", far=kilometres(far))


STEPS: dict[str, Callable[[Values], str]] = {  # amounts are rounded up: less would not do
    "max_km": _farther,
    "max_fee": lambda step: _("pagando %(fee)s más al mes", fee=money(math.ceil(step["by"]))),
    "start_later": _later,
    "end_earlier": _earlier,
    "start_date": _from_day,
    "split": lambda step: _("con los hermanos en lugares distintos"),
}


def opening(change: Values, from_centre: bool = False) -> str:
    """`Pagando S/ 20 más al mes, podrían atender 4 cuidadores más.` `from_centre`: as for `distance`."""
    steps = _(" y ").join(STEPS[step["field"]]({**step, "from_centre": from_centre}) for step in change["steps"])
    return ngettext(
        "%(steps)s, podría atender %(num)d cuidador más.", "%(steps)s, podrían atender %(num)d cuidadores más.",
        len(change["providers"]), steps=steps[:1].upper() + steps[1:],
    )
