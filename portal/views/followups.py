"""Follow-ups: overdue, due and coming ones, and the questions of one."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal import audit, clock, workflow
from portal.forms.followup import FollowUpForm, NotReachedForm
from portal.models import FollowUp
from portal.models.followup import BADLY
from portal.policy import Permission, Role
from portal.queries import followups as queries
from portal.services import followups
from portal.views import paging
from portal.views.access import screen
from portal.views.attempt import Obstacle, attempt, expect_version
from portal.views.base import PortalView, load
from portal.views.links import page_of

Answer = Response | str | tuple[str, int]


class FollowUps(PortalView):
    """How placements go."""

    @screen("/", Permission.FOLLOWUP_DO)
    def index(self) -> str:
        """One list at a time; the tabs carry the counts of all."""
        today, usual = clock.today(), "mine" if Role.CASEWORKER in self.actor.roles else "all"
        mine = request.args.get("who", usual) != "all"
        counts = queries.counts(self.actor, mine, today)
        kind = request.args.get("when", "")
        if kind not in queries.WHEN:
            kind = next((one for one in ("overdue", "today", "coming") if counts[one]), "overdue")
        page = paging.asked()
        rows = queries.listed(self.actor, kind, mine, page, today)
        return self.render(
            "followups/index.html", rows=rows, counts=counts, kind=kind, mine=mine, today=today,
            page_of=page_of, pages=paging.links(page, counts[kind], queries.PAGE, when=kind),
        )

    @screen("/<followup_id>", Permission.FOLLOWUP_DO, ("GET", "POST"))
    def show(self, followup_id: str) -> Answer:
        """The questions, or the answers once they are given."""
        followup = load(FollowUp, followup_id, Permission.FOLLOWUP_DO, *queries.WHOLE)
        if request.method == "GET":
            page = self._page(followup, FollowUpForm(formdata=None))
            return self.render("followups/show.html", **page, obstacle=None)
        form = FollowUpForm()
        if not form.validate():
            return self.render("followups/show.html", **self._page(followup, form), obstacle=None), 422

        def complete() -> None:
            expect_version(followup)
            followups.complete(self.actor, followup, form.answers())

        return self._after(followup, form, attempt(complete), unwell=form.wellbeing.data == BADLY)

    @screen("/<followup_id>/not-reached", Permission.FOLLOWUP_DO, ("POST",))
    def not_reached(self, followup_id: str) -> Answer:
        """Nobody answered."""
        followup = load(FollowUp, followup_id, Permission.FOLLOWUP_DO, *queries.WHOLE)
        form = NotReachedForm()

        def record() -> None:
            expect_version(followup)
            followups.not_reached(self.actor, followup, (form.note.data or "")[:2000])

        return self._after(followup, FollowUpForm(formdata=None), attempt(record), form)

    def _after(
        self, followup: FollowUp, form: FollowUpForm, obstacle: Obstacle | None, reach: NotReachedForm | None = None,
        unwell: bool = False,
    ) -> Answer:
        if obstacle is not None:
            fresh = load(FollowUp, followup.id, Permission.FOLLOWUP_DO, *queries.WHOLE)
            page = self._page(fresh, form, reach)
            return self.render("followups/show.html", **page, obstacle=obstacle), obstacle.status
        flash(_("Seguimiento guardado."), "success")
        if unwell:
            flash(_("La supervisión lo ve en Mi día y hay que volver a preguntar en tres días. Si la niña o el niño "
                    "corre peligro, llame ahora a la Línea 100 o al 1810."), "warning")
        return redirect(url_for("followups.index"))

    def _page(self, followup: FollowUp, form: FollowUpForm, reach: NotReachedForm | None = None) -> dict[str, Any]:
        placement = followup.placement
        audit.record("read", placement.family)
        return {
            "followup": followup, "placement": placement, "family": placement.family, "child": placement.child,
            "provider": placement.provider, "form": form, "reach": reach or NotReachedForm(formdata=None),
            "today": clock.today(),
            "open": "complete" in workflow.moves(followup, self.actor), "last": queries.last_done(placement.id),
            "page_of": page_of,
        }
