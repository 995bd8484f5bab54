"""Words about the worker's long work: what it is, what it is at, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

WORDS: dict[str, dict[str, object]] = {
    "job": {"model.train": _l("Entrenar el modelo"), "plan.make": _l("Hacer el plan de cupos")},
    "plan_policy": {
        "coverage": _l("Más niñas y niños con lugar"), "stable": _l("Nadie cambiaría"), "score": _l("Mejor puntaje"),
    },
    "plan_policy_hint": {
        "coverage": _l(
            "Ubica a todos los que se pueda. Entre planes iguales, primero las familias urgentes y después el puntaje."
        ),
        "stable": _l(
            "Busca que no queden una familia y un cuidador que, los dos, se preferirían a lo que les tocó. Puede "
            "ubicar a menos."
        ),
        "score": _l("La suma de puntajes más alta, aunque alguien se quede sin lugar."),
    },
    "job_state": {
        "waiting": _l("En cola"), "working": _l("En marcha"), "done": _l("Terminado"), "failed": _l("No se pudo"),
        "cancelled": _l("Cancelado"),
    },
    "job_doing": {
        "families": _l("Mira quién puede ir con quién"), "parts": _l("Reparte los cupos"),
        "reasons": _l("Anota los motivos"), "more": _l("Mira qué ayudaría a quien queda sin lugar"),
        "decisions": _l("Lee las decisiones"), "sentences encoded": _l("Lee las historias"),
        "additive model, family split": _l("Aprende"),
        "additive model, time split": _l("Aprende de lo más antiguo, para medirse con lo nuevo"),
        "additive model, district split": _l("Aprende sin algunos distritos, para medirse con ellos"),
        "baselines, family split": _l("Prepara los métodos con que se compara"),
        "baselines, time split": _l("Prepara los métodos con que se compara (por fecha)"),
        "baselines, district split": _l("Prepara los métodos con que se compara (por distrito)"),
        "figures, family split": _l("Mide con familias que no vio"), "figures, time split": _l("Mide con lo nuevo"),
        "figures, district split": _l("Mide con distritos que no vio"),
        "fairness": _l("Mira a quién sirve cómo"), "swap test": _l("Prueba a cambiar nombres y palabras"),
    },
}
DONE: dict[str, Callable[[Mapping[str, Any]], str]] = {  # event → what came of it
    "plan.make": lambda result: _(
        "Hay un plan nuevo: %(placed)s de %(children)s niñas y niños con lugar.", placed=result.get("placed", ""),
        children=result.get("children", ""),
    ),
    "model.train": lambda result: _(
        "Hay una versión nueva, %(version)s, aprendida de %(families)s familias. No ordena hasta que se promueva.",
        version=result.get("version", ""), families=result.get("families", ""),
    ),
}
REASONS: dict[str, Callable[[Mapping[str, Any]], str]] = {  # why it was given up, and what to do
    "no_decision": lambda result: _(
        "Ninguna familia que aceptó que el sistema aprenda de su caso tiene una decisión. Pregunte por ese "
        "consentimiento al registrar y vuelva a intentarlo cuando haya decisiones."
    ),
    "few_families": lambda result: _(
        "Solo %(families)s familias con consentimiento tienen decisiones que enseñan; hacen falta %(fewest)s para "
        "aprender de unas y medir con otras. Vuelva a intentarlo cuando haya más.",
        families=result.get("families", ""), fewest=result.get("fewest", ""),
    ),
    "one_sided": lambda result: _(
        "Las decisiones son todas iguales: hacen falta colocaciones que duraron y también negativas. Registre el fin "
        "de las colocaciones y los motivos de descarte, y vuelva a intentarlo."
    ),
}


def came_of(event: str, state: str, result: Mapping[str, Any]) -> str:
    """What came of a job, or why it was given up and what to do; "" while nothing is to be said."""
    if state == "done":
        return DONE.get(event, lambda _: "")(result)
    if state == "failed":
        reason = REASONS.get(str(result.get("reason", "")))
        return reason(result) if reason is not None else _(
            "No se guardó nada a medias. Pídalo de nuevo; si vuelve a fallar, avise a quien administra la instalación."
        )
    return ""
