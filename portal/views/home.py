"""My day: what is due, overdue and waiting on me."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from flask_babel import format_date
from flask_babel import gettext as _
from flask_babel import ngettext

from portal import clock, wording
from portal.models import Family, FollowUp, Placement, Proposal
from portal.policy import Permission, allowed
from portal.queries import day, tenants
from portal.queries.day import Short
from portal.tenancy import current_or_none
from portal.views.access import screen
from portal.views.base import HomeView
from portal.views.links import page_at, page_of


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
        sections = self._casework(decides, values) if works or decides else []
        return self.render(
            "home/index.html", sections=[one for one in sections if one.count or one.empty],
            loads=day.caseload() if decides and allowed(self.actor, Permission.TEAM_READ) else [],
            office=day.office(values["warning_days"], clock.today()) if manages else None,
            inside=inside, page_at=page_at, page_of=page_of, works=works, actor_name=self.actor.name,
            tenants_url=page_at("tenants.index") if allowed(self.actor, Permission.TENANT_LIST) else "",
        )

    def _casework(self, decides: bool, values: dict[str, Any]) -> list[Section]:
        cases = day.cases(self.actor, decides, int(values["stall_days"]))
        due, proposals = day.follow_ups(self.actor), day.open_proposals(self.actor, decides)
        care = day.in_care(self.actor, decides)
        deciding = _deciding(cases, proposals, care, int(values["stall_days"])) if decides else []
        return [*deciding, *_own(cases, due, proposals, care, quiet=decides)]


def _deciding(cases: dict[str, Short], proposals: dict[str, Short], care: dict[str, Short], stall: int) -> list[Section]:
    """What waits for a supervisor."""
    queue = page_at("queue.index")
    return [
        _section(Section(_("Propuestas por decidir"), _("Nada espera su decisión. Cuando alguien proponga, aparece aquí con el tiempo que queda."), queue), proposals["to_decide"], urgent=True),
        _section(Section(_("Fichas por revisar"), _("No hay fichas nuevas por revisar."), page_at("families.index", status="submitted")), cases["intakes"]),
        _section(Section(_("Respuestas negativas por confirmar"), more=queue), proposals["declines"], urgent=True),
        _section(Section(_("Fines imprevistos por confirmar"), more=queue), care["ends"], urgent=True),
        _section(Section(ngettext("Casos sin movimiento hace más de %(num)d día", "Casos sin movimiento hace más de %(num)d días", stall), more=page_at("families.index")), cases["stalled"]),
    ]


def _own(
    cases: dict[str, Short], due: dict[str, Short], proposals: dict[str, Short], care: dict[str, Short], quiet: bool
) -> list[Section]:
    """What waits for the person who answers for the cases; `quiet` leaves every empty list out."""
    followups = page_at("followups.index")
    sections = [
        _section(Section(_("Seguimientos atrasados"), more=page_at("followups.index", when="overdue")), due["overdue"], urgent=True),
        _section(Section(_("Seguimientos para hoy"), _("Hoy no toca ninguno. Mire los próximos en Seguimientos."), followups), due["today"]),
        _section(Section(_("Casos que esperan información suya"), more=page_at("families.index", status="needs_information")), cases["needs_information"], urgent=True),
        _section(Section(_("Propuestas devueltas con una nota")), proposals["returned"], urgent=True),
        _section(Section(_("Reservas que vencen pronto")), proposals["expiring"], urgent=True),
        _section(Section(_("Propuestas aprobadas por ofrecer")), proposals["to_offer"]),
        _section(Section(_("Ofertas sin respuesta completa")), proposals["unanswered"]),
        _section(Section(_("Familias con sugerencias por revisar"), _("Ninguna familia espera que elija. Registre una familia para recibir sugerencias."), page_at("families.index", status="waiting")), cases["suggested"]),
        _section(Section(_("Colocaciones por empezar"), more=page_at("placements.index", status="planned")), care["to_start"]),
        _section(Section(_("Deberían haber vuelto"), more=page_at("placements.index", status="interrupted")), care["back"], urgent=True),
        _section(Section(_("Borradores"), more=page_at("families.index", status="draft")), cases["drafts"]),
        _section(Section(_("Pausas que terminan"), more=page_at("families.index", status="paused")), cases["pauses"]),
    ]
    return [replace(one, empty="") for one in sections] if quiet else sections


def _section(section: Section, found: Short, urgent: bool = False) -> Section:
    lines = tuple(LINES[type(row)](row) for row in found.rows)
    return replace(section, lines=lines, count=found.count, urgent=urgent and found.count > 0)


def _family(family: Family) -> Line:
    url = page_at("suggestions.index", family_id=str(family.id)) if family.status == "waiting" else ""
    since = _("%(status)s desde el %(day)s", status=wording.label("family_status", family.status),
              day=format_date(family.status_since, "medium"))
    return Line(f"{family.code} {family.name}", url or page_of(family), since)


def _followup(one: FollowUp) -> Line:
    placement = one.placement
    return Line(placement.child.full_name, page_of(one), f"{placement.provider.name} · {format_date(one.due_on, 'medium')}")


def _proposal(one: Proposal) -> Line:
    return Line(f"{one.family.code} {one.family.name}", page_of(one), one.provider.name, one.hold_until)


def _placement(one: Placement) -> Line:
    detail = f"{one.provider.name} · {format_date(one.return_expected_on or one.ends_on or one.starts_on, 'medium')}"
    return Line(f"{one.child.full_name} ({one.family.code})", page_of(one), detail)


LINES: dict[type, Any] = {Family: _family, FollowUp: _followup, Proposal: _proposal, Placement: _placement}
