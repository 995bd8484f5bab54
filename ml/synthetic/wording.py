"""Ages, hours and days as people say them."""

from __future__ import annotations

from functools import lru_cache

from ml.synthetic.weeks import Hours

_NUMBERS = (
    "", "un", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "diez", "once", "doce", "trece",
    "catorce", "quince", "dieciséis", "diecisiete", "dieciocho", "diecinueve", "veinte", "veintiún", "veintidós",
    "veintitrés",
)
_DAYS = {
    "mon-fri": ("de lunes a viernes", "entre semana"), "tue-fri": ("de martes a viernes",),
    "wed-fri": ("de miércoles a viernes",), "mon,wed,fri": ("lunes, miércoles y viernes", "tres veces por semana"),
    "tue,thu": ("martes y jueves", "dos veces por semana"),
}
_ALSO = {
    (True, False): (" y los sábados", ", sábados también"), (False, True): (" y los domingos",),
    (True, True): (", sábados y domingos también", " y fin de semana"), (False, False): ("",),
}


@lru_cache(maxsize=128)
def age(months: int) -> tuple[str, ...]:
    """`2 años y 4 meses`, in figures and in words."""
    years, rest = divmod(months, 12)
    if not years or (years == 1 and rest):
        return tuple(dict.fromkeys((f"{months} meses", f"{_NUMBERS[months]} meses", *_years(years, rest))))
    return _years(years, rest)


def _years(years: int, rest: int) -> tuple[str, ...]:
    if not years:
        return ()
    unit, small = ("año", "añito") if years == 1 else ("años", "añitos")
    if not rest:
        return f"{years} {unit}", f"{_NUMBERS[years]} {unit}", f"{years} {small}"
    month = "mes" if rest == 1 else "meses"
    half = (f"{_NUMBERS[years]} {unit} y medio", f"{years} {unit} y medio") if rest == 6 else ()
    return (*half, f"{years} {unit} y {rest} {month}", f"{_NUMBERS[years]} {unit} y {_NUMBERS[rest]} {month}")


def age_short(months: int) -> tuple[str, ...]:
    """As caseworkers note it: `2a4m`."""
    years, rest = divmod(months, 12)
    return (f"{years}a{rest}m" if years and rest else f"{years}a" if years else f"{rest}m",)


@lru_cache(maxsize=128)
def clock(minute: int) -> tuple[str, ...]:
    """`las cuatro y media de la madrugada`, `las 4:30 am`."""
    hour, past = divmod(minute % 1440, 60)
    twelve = (hour - 1) % 12 + 1
    name = f"las {_NUMBERS[twelve]}" if twelve > 1 else "la una"
    half, figures = (" y media", f"{twelve}:{past:02d}") if past else ("", f"{twelve}")
    return (
        *(f"{name}{half} {part}" for part in _parts(hour)),
        f"{'la' if twelve == 1 else 'las'} {figures} {'am' if hour < 12 else 'pm'}",
        f"{'la' if hour == 1 else 'las'} {hour:02d}:{past:02d}",
    )


def _parts(hour: int) -> tuple[str, ...]:
    if hour < 6:
        return "de la madrugada", "de la mañana"
    if hour < 12:
        return ("de la mañana",)
    return ("de la tarde",) if 13 <= hour < 19 else ("del día",) if hour == 12 else ("de la noche",)


def days(hours: Hours) -> tuple[str, ...]:
    """`de lunes a viernes y los sábados`."""
    also = _ALSO[hours.saturday is not None, hours.sunday is not None]
    return tuple(f"{base}{more}" for base in _DAYS[hours.days] for more in also)
