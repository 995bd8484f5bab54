"""Placements: the list, and the page of one from agreement to outcome."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import format_date
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal import audit, clock, wording, workflow
from portal.errors import InvalidInputError, NotFoundError
from portal.forms.base import Form
from portal.forms.placement import EndForm, InterruptForm, MoveStartForm, PlacementFilter, SignForm
from portal.models import Placement
from portal.policy import Permission
from portal.queries import placements as queries
from portal.services import placements, reveals
from portal.services.placements import Ending
from portal.views import paging, sought
from portal.views.access import screen
from portal.views.attempt import Obstacle, attempt, expect_version, one_of
from portal.views.base import PortalView, load
from portal.views.links import page_of
from portal.views.weeks import grid, two_weeks

Answer = Response | tuple[str, int]
FORMS: dict[str, type[Form]] = {
    "sign": SignForm, "move_start": MoveStartForm, "interrupt": InterruptForm, "end": EndForm,
}
WITH_FORM = ("move_start", "interrupt", "end", "plan_end", "end_early")  # moves that have a form of their own
NOTED = ("overrule_end", "correct")


class Placements(PortalView):
    """Children in care."""

    @screen("/", Permission.PLACEMENT_READ, ("GET", "POST"))
    def index(self) -> Response | str:
        """The list, narrowed by what the address asks."""
        if request.method == "POST":
            return sought.moved(self.actor, "placement", "q", ("status", "mine", "unsigned"))
        form = PlacementFilter(request.args)
        form.q.data = sought.words(self.actor)
        wanted = queries.Wanted(
            form.q.data or "", form.status.data or "", bool(form.mine.data), bool(form.unsigned.data)
        )
        page = paging.asked()
        rows, count = queries.listed(self.actor, wanted, page)
        return self.render(
            "placements/index.html", form=form, rows=rows, count=count, page_of=page_of, today=clock.today(),
            filtered=wanted != queries.Wanted(), pages=paging.links(page, count, queries.PAGE),
        )

    @screen("/<placement_id>", Permission.PLACEMENT_READ)
    def show(self, placement_id: str) -> str:
        """One placement."""
        placement = load(Placement, placement_id, Permission.PLACEMENT_READ, *queries.WHOLE)
        return self.render("placements/show.html", **self._page(placement, _blank()), obstacle=None)

    @screen("/<placement_id>/reveal", Permission.FAMILY_REVEAL, ("POST",))
    def reveal(self, placement_id: str) -> Answer:
        """Show the note of a move that is reserved, for a reason that goes into the trail."""
        placement = load(Placement, placement_id, Permission.FAMILY_REVEAL, *queries.WHOLE)
        page = {**self._page(placement, _blank()), "obstacle": None}
        move = next((one for one in page["history"] if str(one.id) == request.form.get("row")), None)
        try:
            note = reveals.of_move(self.actor, placement, move, request.form.get("reason", ""))
        except InvalidInputError as error:
            problems = [wording.message(code) for codes in error.fields.values() for code in codes]
            return self.render("placements/show.html", **{**page, "problems": problems}), 422
        return self.render("placements/show.html", **{**page, "revealed": {move.id: note}}), 200

    @screen("/<placement_id>/<action>", Permission.PLACEMENT_READ, ("POST",))
    def act(self, placement_id: str, action: str) -> Answer:
        """What has a form of its own: sign, move the start, interrupt, end."""
        placement = load(Placement, placement_id, Permission.PLACEMENT_READ, *queries.WHOLE)
        if action not in FORMS:
            raise NotFoundError
        form = FORMS[action]()
        forms = {**_blank(), action: form}
        if not form.validate():
            return self._again(placement_id, forms, Obstacle((), form.errors, 422))
        signed = placement.agreement_signed_on
        do = {
            "sign": lambda: placements.sign(self.actor, placement, form.signed_on.data),
            "move_start": lambda: placements.move_start(self.actor, placement, form.starts_on.data),
            "interrupt": lambda: placements.interrupt(self.actor, placement, form.reason.data, form.returns_on.data),
            "end": lambda: placements.end(
                self.actor, placement, Ending(form.ends_on.data, form.reason.data, form.note.data or "")
            ),
        }[action]
        return self._try(placement, forms, do, _replaced(signed) if action == "sign" else "")

    @screen("/<placement_id>/move", Permission.PLACEMENT_READ, ("POST",))
    def move(self, placement_id: str) -> Answer:
        """Any other move; the workflow asks who may."""
        placement = load(Placement, placement_id, Permission.PLACEMENT_READ, *queries.WHOLE)
        reason, note = request.form.get("reason", ""), request.form.get("note", "")
        do = one_of(request.form.get("action", ""), {
            "start": lambda: placements.start(self.actor, placement),
            "cancel": lambda: placements.cancel(self.actor, placement, reason, note),
            "resume": lambda: placements.resume(self.actor, placement),
            "confirm_end": lambda: placements.confirm_end(self.actor, placement, reason, note),
            "drop_end": lambda: placements.drop_end(self.actor, placement),
            "overrule_end": lambda: placements.overrule_end(self.actor, placement, note),
            "correct": lambda: placements.correct(self.actor, placement, note),
        })
        return self._try(placement, _blank(), do)

    def _try(self, placement: Placement, forms: dict[str, Form], do: Any, said: str = "") -> Answer:
        placement_id = str(placement.id)

        def try_it() -> None:
            expect_version(placement)
            do()

        obstacle = attempt(try_it)
        if obstacle is not None:
            return self._again(placement_id, forms, obstacle)
        flash(said or _("Guardado."), "success")
        return redirect(url_for("placements.show", placement_id=placement_id))

    def _again(self, placement_id: str, forms: dict[str, Form], obstacle: Obstacle) -> tuple[str, int]:
        """The page as it is now, with every reason and what was typed."""
        placement = load(Placement, placement_id, Permission.PLACEMENT_READ, *queries.WHOLE)
        for form in forms.values():
            if form.is_submitted() and obstacle.texts and set(obstacle.fields) & set(form._fields):
                form.add_errors(obstacle.fields)
        page = self._page(placement, forms)
        return self.render("placements/show.html", **page, obstacle=obstacle), obstacle.status

    def _page(self, placement: Placement, forms: dict[str, Form]) -> dict[str, Any]:
        audit.record("read", placement.family)
        moves = placements.moves_now(self.actor, placement)
        first, history = two_weeks(placement, request.args.get("from", "")), queries.moves_of(placement.id)
        return {
            "placement": placement, "family": placement.family, "child": placement.child, "noted": NOTED,
            "provider": placement.provider, "forms_of": forms, "today": clock.today(), "page_of": page_of,
            "moves": [one for one in moves if one not in WITH_FORM], "all_moves": moves, "typed": request.form,
            "reasons_for": lambda action: workflow.reasons_for(placement, action),
            "history": history, "reserved": reveals.reserved(history), "revealed": {}, "problems": (),
            "followups": queries.followups_of(placement.id),
            "outcome": queries.outcome_of(placement.id), "unshared": placements.unshared(self.actor, placement),
            "grid": grid(placement, first),
        }


def _replaced(signed: date | None) -> str:
    """That there was a date already, and which."""
    return _("Guardado. Antes decía: %(day)s.", day=format_date(signed, "long")) if signed else ""


def _blank() -> dict[str, Form]:
    return {action: form(formdata=None) for action, form in FORMS.items()}
