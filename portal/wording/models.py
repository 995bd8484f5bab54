"""Versions of the score in words: their names, their figures, and what stands against them."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import format_decimal
from flask_babel import gettext as _

from portal.wording.codes import label


def version(name: str) -> str:
    """The name of a version; the prior has words of its own."""
    return _("Modelo inicial (%(name)s)", name=name) if name.startswith("prior-") else name


def figure(value: float | None, digits: int = 3) -> str:
    """A number as a reader of the language writes it, a dash where there is none."""
    return "–" if value is None else format_decimal(round(value, digits), f"0.{'0' * digits}")


def interval(found: Mapping[str, float | None], digits: int = 3) -> str:
    """`0,812 [0,790; 0,834]`"""
    value, low, high = (found.get(key) for key in ("value", "low", "high"))
    return figure(value, digits) if low is None else (
        f"{figure(value, digits)} [{figure(low, digits)}; {figure(high, digits)}]")


def gate(code: str, name: str, found: Mapping[str, float | None]) -> str:
    """What stands against letting a version rank."""
    value = found.get("value")
    if code == "prior":
        return (_("No se comparó con el modelo inicial.") if value is None else
                _("No ordena mejor que el modelo inicial (diferencia %(value)s).", value=interval(found, 4)))
    if not name:
        return _("No se hizo la prueba de cambiar palabras: faltan historias de familias.")
    told = label("swap", name)
    return (_("La prueba de cambiar %(what)s no se pudo medir.", what=told) if value is None else
            _("Al cambiar %(what)s el orden cambia demasiado (parecido %(value)s; hace falta 0,9).",
              what=told, value=figure(value)))


def doubt(found: Mapping[str, float | None]) -> str:
    """What a version gains over the prior, where chance may have made it."""
    return _("No se distingue del modelo inicial: la diferencia es %(value)s y su intervalo del 95 por ciento no queda "
             "por encima de cero. Puede ser azar.", value=interval(found, 4))
