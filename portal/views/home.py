"""My day: what is due, overdue and waiting on me."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from flask_babel import format_date, ngettext
from flask_babel import gettext as _

from portal import clock, wording
from portal.models import Family, FollowUp, Placement, Proposal, Provider
from portal.policy import Permission, allowed
from portal.queries import day, decisions, people, tenants
from portal.queries.shorts import Short
from portal.services import versions
from portal.tenancy import current_or_none
from portal.views.access import screen
from portal.views.base import HomeView
from portal.views.language import moment
from portal.views.links import page_at, page_of

Shorts = dict[str, Short]


@dataclass(frozen=True)
class Line:
    """One thing to do: what, where, and a word more."""

    text: str
    url: str
    detail: str = ""
    until: Any = None  # an instant to count down to


@dataclass(frozen=True)
class Section:
    """A short list with its count."""

    title: str
    empty: str = ""  # what to do next; a section without these words is left out when it is empty
    more: str = ""
    lines: tuple[Line, ...] = ()
    count: int = 0
    urgent: bool = False
    see: str = ""  # the words that lead to the list, where "all of them" are not what it shows


class Home(HomeView):
    """The first page of every role."""

    @screen("/", Permission.HOME)
    def index(self) -> str:
        """What the policy lets this person do decides what is listed."""
        inside = current_or_none() is not None
        values = tenants.values() if inside else {}
        works = inside and allowed(self.actor, Permission.FOLLOWUP_DO)
        decides = inside and allowed(self.actor, Permission.PROPOSAL_QUEUE)
        manages = inside and allowed(self.actor, Permission.SETTINGS_MANAGE)
        teaches = inside and not manages and allowed(self.actor, Permission.MODEL_TRAIN)
        leads = decides and allowed(self.actor, Permission.TEAM_READ)
        team = people.colleagues() if leads or manages else []
        sections = self._casework(decides, values, people.unable(team)) if works or decides else []
        if inside and allowed(self.actor, Permission.VETTING_WORK):
            sections.append(_to_renew(sorted(values["warning_days"])))
        return self.render(
            "home/index.html", sections=[one for one in sections if one.count or one.empty],
            loads=day.caseload(team) if leads else None,
            office=day.office(team) if manages else None,
            model=_model() if teaches else None, inside=inside, page_at=page_at, page_of=page_of, works=works,
            actor_name=self.actor.name,
            tenants_url=page_at("tenants.index") if allowed(self.actor, Permission.TENANT_LIST) else "",
        )

    def _casework(self, decides: bool, values: dict[str, Any], unable: list[UUID]) -> list[Section]:
        cases = day.cases(self.actor, decides, int(values["stall_days"]), unable)
        due, proposals = day.follow_ups(self.actor, decides), day.open_proposals(self.actor, decides)
        care = day.in_care(self.actor, decides)
        deciding = _deciding(cases, proposals, care, int(values["stall_days"])) if decides else []
        own = _own(cases, due, proposals, care)
        if decides:  # no empty list of one's own below what is to be decided
            own = [replace(one, empty="") for one in own]
        untold = proposals["unshared"] + care["unshared"]
        unshared = _section(untold, _("La familia ya no acepta compartir con el cuidador"), urgent=True)
        late = [_team_overdue(due["team_overdue"])] if decides else []
        return [_unwell(due["unwell"]), unshared, *deciding, *late, *own]


def _model() -> dict[str, Any]:
    """What puts suggestions in order, and whether there are decisions enough to teach it."""
    return {"ranking": versions.ranking(), "families": decisions.teachable(), "fewest": versions.FEWEST}


def _deciding(cases: Shorts, proposals: Shorts, care: Shorts, stall: int) -> list[Section]:
    """What waits for a supervisor."""
    queue = page_at("queue.index")
    stalled = ngettext(
        "Casos sin movimiento hace más de %(num)d día", "Casos sin movimiento hace más de %(num)d días", stall
    )
    nothing = _("Nada espera su decisión. Cuando alguien proponga, aparece aquí con el tiempo que queda.")
    no_intake = _("No hay fichas nuevas por revisar.")
    return [
        _section(proposals["to_decide"], _("Propuestas por decidir"), queue, nothing, urgent=True),
        _section(cases["intakes"], _("Fichas por revisar"), page_at("families.index", status="submitted"), no_intake),
        _unowned(cases["unowned"]),
        _section(proposals["declines"], _("Respuestas negativas por confirmar"), queue, urgent=True),
        _section(care["ends"], _("Fines imprevistos por confirmar"), queue, urgent=True),
        _section(cases["stalled"], stalled, page_at("families.index", whose="stalled")),
    ]


def _unowned(found: Short) -> Section:
    """Each leads to the file itself, where a case is given to another person."""
    listed = page_at("families.index", whose="nobody")
    lines = tuple(replace(_family(one), url=page_of(one)) for one in found.rows)
    return replace(_section(found, _("Casos sin responsable activo"), listed, urgent=True), lines=lines)


def _unwell(found: Short) -> Section:
    """Each leads to the questions of the next follow-up, which tell what was said in the last."""
    lines = tuple(
        replace(_followup(one), detail=_("%(provider)s · preguntar otra vez hasta el %(day)s",
                                         provider=one.placement.provider.name, day=format_date(one.due_on, "medium")))
        for one in found.rows
    )
    return replace(_section(found, _("Niñas y niños que no estaban bien"), urgent=True), lines=lines)


def _team_overdue(found: Short) -> Section:
    """Whose it is, which one, how late and who answers for it; each leads to its questions."""
    listed = page_at("followups.index", when="overdue", who="all")
    section = _section(found, _("Seguimientos atrasados del equipo"), listed, urgent=True)
    return replace(section, lines=tuple(_late(one) for one in found.rows))


def _late(one: FollowUp) -> Line:
    family, days = one.placement.family, (clock.today() - one.due_on).days
    late = ngettext("%(num)d día de atraso", "%(num)d días de atraso", days)
    words = (one.placement.child.given_names, _("día %(days)s", days=one.after_days), late, family.caseworker.name)
    return Line(f"{family.code} {family.name}", page_of(one), " · ".join(words))


def _own(cases: Shorts, due: Shorts, proposals: Shorts, care: Shorts) -> list[Section]:
    """What waits for the person who answers for the cases."""
    questions = _own_questions(cases, proposals)
    return [*_own_visits(due), *questions, *_own_choices(cases), *_own_care(cases, care)]


def _own_visits(due: Shorts) -> list[Section]:
    late = page_at("followups.index", when="overdue")
    none_today = _("Hoy no toca ninguno. Mire los próximos en Seguimientos.")
    return [
        _section(due["overdue"], _("Seguimientos atrasados"), late, urgent=True),
        _section(due["today"], _("Seguimientos para hoy"), page_at("followups.index"), none_today),
    ]


def _own_questions(cases: Shorts, proposals: Shorts) -> list[Section]:
    asked = page_at("families.index", status="needs_information")
    return [
        _section(cases["needs_information"], _("Casos que esperan información suya"), asked, urgent=True),
        _section(proposals["returned"], _("Propuestas devueltas con una nota"), urgent=True),
        _section(proposals["expiring"], _("Reservas que vencen pronto"), urgent=True),
        _section(proposals["to_offer"], _("Propuestas aprobadas por ofrecer")),
        _section(proposals["unanswered"], _("Ofertas sin respuesta completa")),
        _section(proposals["undecided"], _("Propuestas que esperan una decisión")),
    ]


def _own_choices(cases: Shorts) -> list[Section]:
    nobody = _("Ninguna familia espera que elija. Registre una familia para recibir sugerencias.")
    waiting = page_at("families.index", status="waiting")
    return [_section(cases["suggested"], _("Familias con sugerencias por revisar"), waiting, nobody)]


def _own_care(cases: Shorts, care: Shorts) -> list[Section]:
    planned, away = page_at("placements.index", status="planned"), page_at("placements.index", status="interrupted")
    return [
        _section(care["to_start"], _("Colocaciones por empezar"), planned),
        _section(care["back"], _("Deberían haber vuelto"), away, urgent=True),
        _section(cases["drafts"], _("Borradores"), page_at("families.index", status="draft")),
        _section(cases["pauses"], _("Pausas que terminan"), page_at("families.index", status="paused")),
    ]


def _to_renew(marks: list[int]) -> Section:
    """Who must bring new papers, from the NGO's first warning on; urgent from the last."""
    found = day.to_renew(marks[-1], clock.today()) if marks else Short()
    urgent = bool(found.rows) and _days_left(found.rows[0]) <= marks[0]
    listed = page_at("providers.index", due="expiring")
    section = _section(found, _("Verificaciones por vencer"), listed, urgent=urgent)
    return replace(section, see=_("Ver a quiénes les vence algo"))


def _days_left(one: Provider) -> int:
    return (one.valid_until - clock.today()).days if one.valid_until else 0


def _section(found: Short, title: str, more: str = "", empty: str = "", urgent: bool = False) -> Section:
    lines = tuple(LINES[type(row)](row) for row in found.rows)
    return Section(title, empty, more, lines, found.count, urgent=urgent and found.count > 0)


def _family(family: Family) -> Line:
    url = page_at("suggestions.index", family_id=str(family.id)) if family.status == "waiting" else ""
    since = _("%(status)s desde el %(day)s", status=wording.label("family_status", family.status),
              day=format_date(family.status_since, "medium"))
    return Line(f"{family.code} {family.name}", url or page_of(family), since)


def _followup(one: FollowUp) -> Line:
    placement = one.placement
    detail = f"{placement.provider.name} · {format_date(one.due_on, 'medium')}"
    return Line(placement.child.full_name, page_of(one), detail)


def _proposal(one: Proposal) -> Line:
    detail = one.provider.name
    if one.status == "proposed":
        detail = _("%(provider)s · espera desde el %(when)s", provider=detail, when=moment(one.status_since))
    return Line(f"{one.family.code} {one.family.name}", page_of(one), detail, one.hold_until)


def _placement(one: Placement) -> Line:
    detail = f"{one.provider.name} · {format_date(one.return_expected_on or one.ends_on or one.starts_on, 'medium')}"
    return Line(f"{one.child.full_name} ({one.family.code})", page_of(one), detail)


def _provider(one: Provider) -> Line:
    detail = f"{wording.expires_in(_days_left(one))} · {wording.label('provider_status', one.status)}"
    return Line(f"{one.code} {one.name}", page_of(one), detail)


LINES: dict[type, Any] = {
    Family: _family, FollowUp: _followup, Placement: _placement, Proposal: _proposal, Provider: _provider,
}
