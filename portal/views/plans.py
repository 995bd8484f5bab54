"""The plan of who goes where: asked for, looked at beside what is so by now, and proposed from."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, g, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from portal import events, wording
from portal.events import Job
from portal.models import Plan, PlanLine
from portal.models.plan import POLICIES
from portal.policy import Permission, allowed
from portal.queries import frames, jobs, people, plan_findings
from portal.queries import plans as queries
from portal.queries.plans import PAGE, Wanted
from portal.services import plans
from portal.services.plans import Standing, Tried
from portal.views import paging
from portal.views.access import screen
from portal.views.attempt import attempt
from portal.views.base import PortalView, as_id, load
from portal.views.jobs import PAGES, Line, lines_of
from portal.views.links import page_at, page_of

Answer = AnyResponse | tuple[str, int]


class Plans(PortalView):
    """Everybody who waits and every free seat, at once."""

    @screen("/", Permission.PLAN_READ)
    def index(self) -> str:
        """The newest plan, and a new one."""
        return self._page()

    @screen("/state", Permission.PLAN_READ)
    def fragment(self) -> str:
        """The part about a plan that is being made, which changes meanwhile."""
        return self.render("plans/_making.html", **self._making())

    @screen("/make", Permission.PLAN_MAKE, ("POST",))
    def make(self) -> Answer:
        """Have one made."""
        obstacle = attempt(lambda: plans.ask(self.actor, request.form.get("policy", "")))
        if obstacle is not None:
            return self._page(obstacle.texts), obstacle.status
        flash(_("Empezó. Puede cerrar esta página: sigue sola."), "success")
        return redirect(url_for(".index"))

    @screen("/propose", Permission.PROPOSAL_MAKE, ("POST",))
    def propose(self) -> Answer:
        """Propose the lines that were ticked, one by one."""
        ids = [as_id(one) for one in request.form.getlist("line")[:PAGE]]
        if not ids:
            return self._page((_("Marque al menos una línea del plan."),)), 422
        _tell(plans.propose(self.actor, ids))
        return redirect(url_for(".index", page=paging.asked(), whose=request.args.get("whose", "")))

    @screen("/lines/<line_id>/open", Permission.SUGGESTION_USE, ("POST",))
    def open_line(self, line_id: str) -> Answer:
        """Put a line on its family's list and go there."""
        line = load(PlanLine, line_id, Permission.SUGGESTION_USE, *queries.WHOLE)
        family, found = line.family_id, []
        obstacle = attempt(lambda: found.append(plans.to_list(self.actor, line).id))
        if obstacle is not None:
            return self._page(obstacle.texts), obstacle.status
        return redirect(url_for("suggestions.index", family_id=family, _anchor=f"s-{found[0]}"))

    def _page(self, problems: tuple[str, ...] = ()) -> str:
        plan, whose = queries.newest(), "mine" if request.args.get("whose") == "mine" else ""
        shown = self._lines(plan, Wanted(request.args.get("show") != "without", whose)) if plan is not None else {}
        names = {one.user_id: one.name for one in people.colleagues()} if plan is not None else {}
        return self.render(
            "plans/index.html", plan=plan, problems=problems, who=names.get(plan.asked_by_id, "") if plan else "",
            whose=whose, page_of=page_of, from_centre=frames.from_centre, **shown, **self._making(),
        )

    def _lines(self, plan: Plan, wanted: Wanted) -> dict[str, Any]:
        number, counts = paging.asked(), queries.counts(self.actor, plan, wanted.whose)
        rows = plans.standings(queries.lines(self.actor, plan, wanted, number))
        openings = {} if wanted.placed else _openings(rows)
        fixed = {"show": "" if wanted.placed else "without"}
        return {
            "rows": rows, "counts": counts, "placed": wanted.placed, "number": number,
            "pages": paging.links(number, counts[0 if wanted.placed else 1], PAGE, url_for(".index"), **fixed),
            "opening_of": lambda row: openings.get(row.line.id, ""),
            "proposable": any(one.is_open and self._may_propose(one) for one in rows),
            "may_propose": self._may_propose,
            "additions": plan_findings.additions(plan), "holds": plan_findings.holds(self.actor, plan),
        }

    def _may_propose(self, row: Standing) -> bool:
        return allowed(self.actor, Permission.PROPOSAL_MAKE, row.line.family)

    def _making(self) -> dict[str, Any]:
        """The last plan that was asked for, as far as this person may see it, and what one may ask for."""
        job = jobs.last(events.PLAN)
        seen = job is not None and allowed(self.actor, Permission.JOB_READ, job)
        line: Line | None = lines_of(self.actor, [job])[0] if job is not None and seen else None
        return {"line": line, "policies": POLICIES, "asked": request.form.get("policy") or POLICIES[0]}


def _openings(rows: list[Standing]) -> dict[UUID, str]:
    """Line → the smallest change that would open a place to its children, in words, where one is known."""
    told = queries.openings({one.line.family_id for one in rows})
    lines = [one.line for one in rows]
    first = {line.id: change for line in lines if (change := _smallest(line, told.get(line.family_id, [])))}
    centred = frames.at_centre({ref for change in first.values() for ref in change["providers"]})
    return {
        line.id: wording.opening(
            first[line.id], frames.from_centre(line.family) or not centred.isdisjoint(first[line.id]["providers"])
        ) for line in lines if line.id in first
    }


def _smallest(line: PlanLine, changes: list[dict[str, Any]]) -> dict[str, Any] | None:
    return next((one for one in changes if set(one["children"]) <= set(line.children)), None)


def _tell(tried: list[Tried]) -> None:
    """What became of each line."""
    done = sum(one.proposal is not None for one in tried)
    if done:
        flash(ngettext(
            "%(num)d propuesta hecha. Su cupo queda reservado mientras se decide.",
            "%(num)d propuestas hechas. Sus cupos quedan reservados mientras se decide.", done,
        ), "success")
    for one in tried:
        if one.proposal is None:
            why = " ".join(wording.refusal(refusal) for refusal in one.refusals)
            flash(_("%(code)s no se propuso: %(why)s", code=one.code, why=why), "warning")


def _where(job: Job) -> str:
    """The page with the plan."""
    return page_at("plans.index") if allowed(g.get("actor"), Permission.PLAN_READ) else ""


PAGES[events.PLAN] = _where
