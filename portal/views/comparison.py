"""Need and offer, line by line, in words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from flask_babel import gettext as _

from portal import places, wording
from portal.models import Child, Proposal
from portal.models.child import months_old
from portal.queries import frames
from portal.wording import facts


@dataclass(frozen=True)
class Line:
    """One thing compared: what the family needs, what the provider offers."""

    label: str
    need: list[str]
    offer: list[str]


def side_by_side(proposal: Proposal) -> list[Line]:
    """Every line of the comparison."""
    family, provider = proposal.family, proposal.provider
    children = [one.child for one in proposal.children]
    return [
        Line(_("Horario"), _each(children, lambda child: wording.hours(child.schedule)),
             [wording.hours(provider.schedule)]),
        _ages(proposal),
        Line(_("Necesidades especiales"), _each(children, lambda child: facts.needs(child.special_needs)),
             [facts.needs(provider.special_needs)]),
        Line(_("Lenguas"), [facts.languages(family.languages), *_required(family.language_required)],
             [facts.languages(provider.languages)]),
        Line(_("Pago al mes"), [_("hasta %(fee)s", fee=wording.money(_number(family.max_monthly_fee_pen)))],
             [wording.money(_number(provider.monthly_fee_pen)), *_subsidy(provider.accepts_subsidy)]),
        Line(_("Distancia"), [_("hasta %(km)s", km=wording.kilometres(family.max_distance_km))],
             [how_far(proposal)]),
        *_siblings(proposal),
        Line(_("Historia y perfil"), [family.story or _("sin dato")], [provider.profile or _("sin dato")]),
    ]


def how_far(proposal: Proposal) -> str:
    """How far in a straight line, in words."""
    family, provider = proposal.family, proposal.provider
    here, there = frames.point(family), frames.point(provider)
    known = None not in here and None not in there
    return wording.distance(places.distance_km(here, there) if known else None, frames.from_centre(family, provider))


def _each(children: list[Child], words: Callable[[Child], str]) -> list[str]:
    """One text a child, under its name when there are several."""
    if len(children) == 1:
        return [words(children[0])]
    return [f"{child.given_names}: {words(child)}" for child in children]


def _ages(proposal: Proposal) -> Line:
    free = {seat.band: seat.free for seat in proposal.provider.seats}
    need = [
        _("%(child)s: %(band)s (%(months)s meses al empezar)", child=one.child.given_names,
          band=wording.label("band", one.band), months=months_old(one.child.birth_date, proposal.starts_on))
        for one in proposal.children
    ]
    offer = [
        _("%(band)s: libres %(free)s, además de los reservados",
          band=wording.label("band", band), free=free.get(band, 0))
        for band in sorted({one.band for one in proposal.children})
    ]
    return Line(_("Edad y cupos"), need, offer)


def _required(needed: bool) -> list[str]:
    return [_("Es indispensable")] if needed else []


def _subsidy(accepted: bool) -> list[str]:
    return [_("Acepta el subsidio de la ONG")] if accepted else []


def _siblings(proposal: Proposal) -> list[Line]:
    """What the family wishes for its children, and which of them the proposal is for; nothing for an only child."""
    if len(proposal.family.children) < 2:
        return []
    names = ", ".join(sorted(one.child.given_names for one in proposal.children))
    return [Line(_("Hermanos"), [wording.label("siblings", proposal.family.siblings)],
                 [_("Esta propuesta es para %(names)s", names=names)])]


def _number(amount: Decimal | None) -> float | None:
    return None if amount is None else float(amount)
