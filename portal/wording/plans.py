"""Words about a plan: how good it is known to be, what stands in the way of who has no place, and what would help."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from portal.wording.codes import label
from portal.wording.facts import hours, rule


def proof(plan: Any) -> str:
    """How good a plan is known to be; "" where its policy has nothing to reach."""
    return {"coverage": _of_children, "score": _of_score}.get(plan.policy, lambda _plan: "")(plan)


def _of_score(plan: Any) -> str:
    return _("Está probado: ningún plan suma más puntaje.") if plan.is_proven else _(
        "Se acabó el tiempo de cálculo: quizá otro plan sume hasta %(share)s %% más de puntaje.",
        share=f"{plan.gap * 100:.2g}",
    )


def _of_children(plan: Any) -> str:
    if plan.most > plan.placed:
        return _("Se acabó el tiempo de cálculo: quizá otro plan ubique hasta a %(most)s.", most=plan.most)
    if plan.is_proven:
        return _("Está probado: ningún plan ubica a más con los cupos de hoy.")
    return _("Está probado que ningún plan ubica a más; el puntaje quizá podría subir un poco.")


def rivals(count: int) -> str:
    """Who would rather have another place, and would be wanted there."""
    if not count:
        return _("No hay una familia y un cuidador que, los dos, se prefieran a lo que les toca.")
    return ngettext(
        "Hay %(num)d caso en que una familia y un cuidador, los dos, se preferirían a lo que les toca.",
        "Hay %(num)d casos en que una familia y un cuidador, los dos, se preferirían a lo que les toca.", count,
    )


def hurdle(line: Any) -> str:
    """What keeps a line from having a place."""
    if line.able:
        return ngettext(
            "Podría ir con %(num)d cuidador, pero sus cupos van a otras familias.",
            "Podría ir con %(num)d cuidadores, pero sus cupos van a otras familias.", line.able,
        )
    if not line.near:
        return _("No hay ningún cuidador cerca: ni al doble de la distancia que acepta.")
    if line.alone:
        return ngettext(
            "%(rule)s: por sí sola descarta a %(num)d de %(near)s cuidadores cercanos.",
            "%(rule)s: por sí sola descarta a %(num)d de %(near)s cuidadores cercanos.",
            line.alone, rule=rule(line.rule), near=line.near,
        )
    return ngettext(
        "A %(num)d cuidador cercano lo descartan varias reglas a la vez; la que más, %(rule)s.",
        "A los %(num)d cuidadores cercanos los descartan varias reglas a la vez; la que más, %(rule)s.",
        line.near, rule=rule(line.rule).lower(),
    )


def addition(one: Any) -> str:
    """What a provider could add, within a sentence or alone: `Un cupo más: 1 año`."""
    if one.kind == "hours":
        return _("Abrir también %(hours)s (%(amount)s más a la semana)", hours=hours(one.schedule), amount=_time(one))
    if one.kind == "training":
        return _("Formarse para: %(need)s", need=label("need", one.code))
    return _("Un cupo más: %(band)s", band=label("band", one.code))


def _time(one: Any) -> str:
    whole, minutes = divmod(one.amount, 60)
    return f"{whole} h {minutes} min" if whole and minutes else f"{whole} h" if whole else f"{minutes} min"


def more_placed(count: int) -> str:
    """How many more children would have a place."""
    return ngettext("%(num)d niña o niño más", "%(num)d niñas y niños más", count)


def cost(hold: Any) -> str:
    """What a proposal keeps others from."""
    return ngettext(
        "Sin esta propuesta tendría lugar %(num)d niña o niño más.",
        "Sin esta propuesta tendrían lugar %(num)d niñas y niños más.", hold.placed,
    )


def costs(plan: Any, shown: int) -> str:
    """Of how many proposals it is known whether they keep others from a place."""
    if plan.priced < plan.held:
        return ngettext(
            "Se calculó %(num)d de %(held)s propuestas con cupo reservado.",
            "Se calcularon %(num)d de %(held)s propuestas con cupo reservado.", plan.priced, held=plan.held,
        )
    if shown:
        return ""
    return ngettext(
        "Hay %(num)d propuesta con cupo reservado; no deja a nadie más sin lugar.",
        "Hay %(num)d propuestas con cupo reservado; ninguna deja a nadie más sin lugar.", plan.held,
    ) if plan.held else ""


def sought(demand: Any) -> str:
    """How many families of the plan have a provider first on their list."""
    return ngettext(
        "Muy pedido: %(num)d familia lo tiene primero.", "Muy pedido: %(num)d familias lo tienen primero.",
        demand.firsts,
    )
