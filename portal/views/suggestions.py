"""The suggestions of a family: ranked, with reasons, and why not the others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload, selectinload
from werkzeug.wrappers import Response

from portal import audit, clock, wording, workflow
from portal.errors import InvalidInputError, NotFoundError
from portal.models import Family, Proposal, Provider, Suggestion
from portal.models.family import consent_now
from portal.policy import Actor, Permission, allowed
from portal.queries import frames, plan_findings, suggestions, trail
from portal.services import matching, proposals, told
from portal.services import suggestions as service
from portal.services.plan_findings import sparing as spare
from portal.views import paging
from portal.views.access import screen
from portal.views.attempt import Obstacle, attempt
from portal.views.base import PortalView, as_id, load

WHOLE = (
    joinedload(Family.children), joinedload(Family.caregivers), joinedload(Family.exclusions),
    selectinload(Family.consents),
)
CARED_FOR_OR_OVER = ("placed", "closed", "not_eligible")  # states in which a consent would not help
ONE_LOOK = timedelta(minutes=10)  # the list asks for itself while it is made: so long that is one read of the family
REFUSED_SHOWN = 25  # providers on a page of the table of those that fail a rule
SIMPLE = {"shortlist": service.shortlist, "unlist": service.unlist, "restore": service.restore}


@dataclass(frozen=True)
class Refused:
    """A move of a suggestion that was not made, and what stood in its way."""

    suggestion: UUID
    action: str
    obstacle: Obstacle


class Suggestions(PortalView):
    """Ranked providers for one family."""

    @screen("/<family_id>", Permission.SUGGESTION_READ)
    def index(self, family_id: str) -> str:
        """The whole page."""
        family = load(Family, family_id, Permission.SUGGESTION_READ, *WHOLE)
        return self._whole(family, None)

    @screen("/<family_id>/list", Permission.SUGGESTION_READ)
    def fragment(self, family_id: str) -> str:
        """The part that changes while the worker is at it. The trail notes it where it has no read of just now."""
        family = load(Family, family_id, Permission.SUGGESTION_READ, *WHOLE)
        if not trail.has_read(self.actor.id, family.id, clock.now() - ONE_LOOK):
            audit.record("read", family)
        return self.render("suggestions/_list.html", **self._page(family))

    @screen("/<family_id>/<suggestion_id>/<action>", Permission.SUGGESTION_USE, ("POST",))
    def act(self, family_id: str, suggestion_id: str, action: str) -> Response | tuple[str, int]:
        """Shortlist, take off, dismiss, restore or propose."""
        suggestion = load(Suggestion, suggestion_id, Permission.SUGGESTION_USE)
        if str(suggestion.family_id) != family_id or action not in (*SIMPLE, "dismiss", "propose"):
            raise NotFoundError
        made: list[Proposal] = []
        obstacle = attempt(lambda: made.extend(self._do(suggestion, action)))
        if obstacle is not None:
            return self._again(family_id, Refused(as_id(suggestion_id), action, obstacle))
        if made:
            flash(_("Propuesta enviada. El cupo queda reservado mientras se decide."), "success")
            return redirect(url_for("proposals.index", proposal_id=made[0].id))
        return redirect(url_for("suggestions.index", family_id=family_id, _anchor=f"s-{suggestion_id}"))

    def _do(self, suggestion: Suggestion, action: str) -> list[Proposal]:
        """The proposal that was made, if that was asked."""
        note = request.form.get("note", "")
        if action == "propose":
            return [proposals.propose(self.actor, suggestion, _day("starts_on"), note)]
        if action == "dismiss":
            service.dismiss(self.actor, suggestion, request.form.get("reason", ""), note)
            flash(_("Sugerencia descartada."), "success")  # which also lets go of the draft on the device
        else:
            SIMPLE[action](self.actor, suggestion)
        return []

    def _again(self, family_id: str, refused: Refused) -> tuple[str, int]:
        """The page as it is now, with what stood in the way beside the suggestion and the typed text kept."""
        family = load(Family, family_id, Permission.SUGGESTION_READ, *WHOLE)
        return self._whole(family, refused), refused.obstacle.status

    def _whole(self, family: Family, not_made: Refused | None) -> str:
        audit.record("read", family)
        return self.render("suggestions/index.html", **self._page(family, not_made))

    def _page(self, family: Family, not_made: Refused | None = None) -> dict[str, Any]:
        run = suggestions.current_run(family.id)
        listed = suggestions.listed(family.id, run)
        rows, sparing = [one.suggestion for one in listed], request.args.get("order") == "seats"
        demand = plan_findings.demand(row.provider_id for row in rows)
        if sparing:
            rows = spare(rows, demand, family.children)
        refused, openings = (run.why_not, run.openings) if run is not None else ([], [])
        page, path = paging.asked(), url_for("suggestions.index", family_id=family.id)
        shown = refused[page * REFUSED_SHOWN : (page + 1) * REFUSED_SHOWN]
        providers = _providers(shown, openings)
        return {
            "family": family, "run": run, "suggestions": rows, "pending": suggestions.is_pending(family.id),
            "names": {str(one.id): one.given_names for one in family.children}, "why_not": _why_not(shown, providers),
            "openings": _openings(family, openings, providers),
            "refused": paging.links(page, len(refused), REFUSED_SHOWN, path),
            "may": matching.may_suggest(family), "hindrance": _hindrance(self.actor, family),
            "quotes": matching.as_written(self.actor, family, rows), "told": told.unticked(family),
            "from_centre": frames.from_centre, "today": clock.today(), "map_points": _map_points(family, rows),
            "moves": {row.id: workflow.moves(row, self.actor) for row in rows},
            "dismiss_reasons": [(code, wording.label("reason", code)) for code in workflow.DISMISS_REASONS],
            "starts_on": proposals.earliest_start(family.children), "typed": request.form,
            "refused_move": not_made, "demand": demand, "order": "seats" if sparing and demand else None,
            "dismissed_for": {one.suggestion.id: one.dismissed_for for one in listed if one.dismissed_for},
            "proposal_of": {one.suggestion.id: one.proposal for one in listed if one.proposal},
        }


def _day(name: str) -> date:
    try:
        return date.fromisoformat(request.form.get(name, ""))
    except ValueError:
        raise InvalidInputError("date_missing", {name: ["date_missing"]}) from None


def _providers(entries: list[dict[str, Any]], openings: list[dict[str, Any]]) -> dict[str, Provider]:
    """The providers that the shown entries and the openings of a run name."""
    named = [entry["provider"] for entry in entries] + [ref for one in openings for ref in one["providers"]]
    return suggestions.providers_named(list(dict.fromkeys(named)))


def _why_not(entries: list[dict[str, Any]], providers: dict[str, Provider]) -> list[dict[str, Any]]:
    """The entries of a run with their providers; a provider that is gone is left out."""
    return [{**entry, "row": providers[entry["provider"]]} for entry in entries if entry["provider"] in providers]


def _openings(
    family: Family, found: list[dict[str, Any]], providers: dict[str, Provider]
) -> list[dict[str, Any]]:
    """What would help, with the children's names and the providers as they are; without what opens none any more."""
    names = {str(one.id): one.given_names for one in family.children}
    told = [
        {**one, "names": [names.get(ref, "") for ref in one["children"]],
         "rows": [providers[ref] for ref in one["providers"] if ref in providers]}
        for one in found
    ]
    return [{**one, "centred": frames.from_centre(family, *one["rows"])} for one in told if one["rows"]]


def _hindrance(actor: Actor, family: Family) -> tuple[str, str, str]:
    """Why nothing can be suggested: what is so, and where (address, label) it is mended; "" where one may not."""
    edits, case = allowed(actor, Permission.FAMILY_EDIT, family), url_for("families.show", family_id=family.id)
    asked = [one for one in ("services", "matching") if not consent_now(family, one)]
    if asked and family.status not in CARED_FOR_OR_OVER:
        lacking = ", ".join(str(wording.label("purpose", one)) for one in asked)
        text = _("La familia no ha aceptado: %(what)s. Pregúntele y registre su respuesta.", what=lacking)
        return text, url_for("intake.consents", family_id=family.id) if edits else "", _("Registrar el consentimiento")
    if family.status == "draft":
        return _("El caso es un borrador: envíelo a supervisión y se buscan cuidadores."), case, _("Ir al caso")
    status = wording.label("family_status", family.status)
    return _("El caso está «%(status)s»: en ese estado no se buscan cuidadores.", status=status), case, _("Ir al caso")


def _map_points(family: Family, rows: list[Suggestion]) -> list[dict[str, Any]]:
    """Home and providers by the centre of where they are known to be: never an exact address."""
    home = frames.point(family)
    points: list[dict[str, Any]] = []
    if None not in home:
        reach = _("Hasta %(far)s en línea recta", far=wording.kilometres(family.max_distance_km))
        points.append({"kind": "home", "label": _("Familia"), "at": home, "reach": reach,
                       "reach_km": family.max_distance_km})
    for row in rows:
        at = frames.point(row.provider)
        if None not in at and row.status != "dismissed":
            points.append({"kind": "provider", "label": row.provider.name, "at": at, "rank": row.rank,
                           "far": wording.distance(row.distance_km, frames.from_centre(family, row.provider))})
    return points

