"""Words about tokens: what a program may do, and for how long."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

WORDS: dict[str, dict[str, object]] = {
    "scope": {
        "read:families": _l("Leer familias"), "write:families": _l("Registrar y cambiar familias"),
        "reveal:families": _l("Ver datos reservados de familias"), "read:providers": _l("Leer cuidadores"),
        "reveal:providers": _l("Ver datos reservados de cuidadores"), "read:suggestions": _l("Leer sugerencias"),
        "write:suggestions": _l("Preseleccionar y descartar sugerencias"), "read:proposals": _l("Leer propuestas"),
        "write:proposals": _l("Proponer"), "decide:proposals": _l("Decidir propuestas"),
        "read:placements": _l("Leer colocaciones"),
    },
    "token_days": {
        "30": _l("30 días"), "90": _l("90 días"), "180": _l("180 días"), "365": _l("Un año"),
    },
}
