"""Families: the list, a new one, and the case file."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload, selectinload
from werkzeug.wrappers import Response

from portal import audit, clock, places, wording, workflow
from portal.errors import InvalidInputError
from portal.extensions import db
from portal.forms.family import NewFamilyForm
from portal.models import Family
from portal.models.family import consent_now
from portal.policy import Permission
from portal.queries import families, people
from portal.services import cases, duplicates, intakes, reveals, told
from portal.views import lacking, paging, sought
from portal.views.access import screen
from portal.views.attempt import Obstacle, attempt, expect_edition, one_of
from portal.views.base import PortalView, as_id, load
from portal.workflow import Said

WHOLE = (
    joinedload(Family.caregivers), selectinload(Family.children), selectinload(Family.consents),
    joinedload(Family.caseworker),
)
BY_SYSTEM = frozenset({"wait", "match", "place", "fall_through"})  # moves that follow from others
BY_BOX = frozenset({"close_duplicate"})  # moves that stand beside the case they are about
WITH_DATE = frozenset({"pause"})  # moves that ask for a day as well
Answer = Response | tuple[str, int]


class Families(PortalView):
    """The cases."""

    @screen("/", Permission.FAMILY_LIST, ("GET", "POST"))
    def index(self) -> Response | str:
        """The list, narrowed by what the address asks."""
        if request.method == "POST":
            return sought.moved(self.actor, "family", "name", ("status", "whose"))
        wanted = families.Wanted(
            status=request.args.get("status", "")[:24], whose=request.args.get("whose", "")[:36],
            name=sought.words(self.actor),
        )
        page = paging.asked()
        rows, count = families.listed(self.actor, wanted, page)
        return self.render(
            "families/index.html", rows=rows, count=count, wanted=wanted, counts=families.counts(self.actor),
            today=clock.today(), places=places, longest=sought.LONGEST,
            pages=paging.links(page, count, families.PAGE),
        )

    @screen("/new", Permission.FAMILY_CREATE, ("GET", "POST"))
    def new(self) -> Answer:
        """Register a family with the little that makes a draft."""
        form = NewFamilyForm()
        if form.validate_on_submit():
            values = {name: value for name, value in form.values().items() if name not in {"ubigeo", "confirmed"}}
            alike = [] if form.confirmed.data else families.with_phone(form.phone.data)
            if not alike:
                return self._made(form, values)
            return self._new(form, alike)
        return self._new(form, [])

    def _made(self, form: NewFamilyForm, values: dict[str, Any]) -> Answer:
        try:
            family = intakes.create(self.actor, values, form.ubigeo.data)
        except InvalidInputError as error:
            db.session.rollback()
            form.add_errors(error.fields)
            return self._new(form, [])
        if form.confirmed.data:
            duplicates.tell_all_apart(self.actor, family)
        warn(form)
        flash(_("Familia registrada como borrador. Complete lo que falta."), "success")
        return redirect(url_for(".show", family_id=family.id))

    def _new(self, form: NewFamilyForm, alike: list[Family]) -> tuple[str, int]:
        district = places.district(form.ubigeo.data or "")
        page = self.render("families/new.html", form=form, alike=alike, district=district.label if district else "")
        return page, 422 if form.is_submitted() else 200

    @screen("/<family_id>", Permission.FAMILY_READ)
    def show(self, family_id: str) -> str:
        """The case file."""
        family = load(Family, family_id, Permission.FAMILY_READ, *WHOLE)
        return self.render("families/show.html", **self._page(family))

    @screen("/<family_id>/print", Permission.FAMILY_READ)
    def summary(self, family_id: str) -> str:
        """The case on paper, with what is sealed left out."""
        family = load(Family, family_id, Permission.FAMILY_READ, *WHOLE)
        return self.render("families/print.html", **self._page(family))

    @screen("/<family_id>/reveal", Permission.FAMILY_REVEAL, ("POST",))
    def reveal(self, family_id: str) -> Answer:
        """Show one sealed value, for a reason that goes into the trail."""
        family = load(Family, family_id, Permission.FAMILY_REVEAL, *WHOLE)
        reason, field = request.form.get("reason", ""), request.form.get("field", "")
        row = reveals.row_of(family, request.form.get("row", ""))
        page = self._page(family)
        try:
            value = reveals.of_family(self.actor, row, field, reason)
        except InvalidInputError as error:
            problems = [wording.message(code) for codes in error.fields.values() for code in codes]
            return self.render("families/show.html", **{**page, "problems": problems}), 422
        revealed = {(str(row.id), field): value or _("sin dato")}
        return self.render("families/show.html", **{**page, "revealed": revealed}), 200

    @screen("/<family_id>/move", Permission.FAMILY_READ, ("POST",))
    def move(self, family_id: str) -> Answer:
        """Send, ask, admit, pause, close: one move of the case."""
        family = load(Family, family_id, Permission.FAMILY_READ, *WHOLE)
        do = one_of(request.form.get("action", ""), self._moves(family))

        def try_it() -> None:
            expect_edition(family)
            do()

        obstacle = attempt(try_it)
        if obstacle is not None:
            return self._again(family_id, obstacle)
        status = wording.label("family_status", family.status)
        flash(_("Hecho: ahora el caso está «%(status)s».", status=status), "success")
        return redirect(url_for(".show", family_id=family.id))

    @screen("/<family_id>/alike", Permission.FAMILY_EDIT, ("POST",))
    def alike(self, family_id: str) -> Answer:
        """Say of a case that looks like this one whether it is another family, or the same."""
        family = load(Family, family_id, Permission.FAMILY_EDIT, *WHOLE)
        other = as_id(request.form.get("other", ""))
        say = one_of(request.form.get("action", ""), {
            "tell_apart": lambda: duplicates.tell_apart(self.actor, family, [other]),
            "close_duplicate": lambda: duplicates.close(self.actor, family, other),
        })
        obstacle = attempt(say)
        if obstacle is not None:
            return self._again(family_id, obstacle)
        flash(_("Guardado."), "success")
        return redirect(url_for(".show", family_id=family.id))

    @screen("/<family_id>/not-needed", Permission.FAMILY_EDIT, ("POST",))
    def not_needed(self, family_id: str) -> Answer:
        """Say of a need that a text names that no child has it."""
        family = load(Family, family_id, Permission.FAMILY_EDIT, *WHOLE)

        def say() -> None:
            expect_edition(family)
            told.not_needed(self.actor, family, [request.form.get("need", "")])

        obstacle = attempt(say)
        if obstacle is not None:
            return self._again(family_id, obstacle)
        flash(_("Guardado."), "success")
        return redirect(url_for(".show", family_id=family.id))

    @screen("/<family_id>/assign", Permission.FAMILY_ASSIGN, ("POST",))
    def assign(self, family_id: str) -> Answer:
        """Give the case to another caseworker."""
        family = load(Family, family_id, Permission.FAMILY_ASSIGN, *WHOLE)
        obstacle = attempt(lambda: cases.assign(self.actor, family, as_id(request.form.get("worker", ""))))
        if obstacle is not None:
            return self._again(family_id, obstacle)
        flash(_("El caso tiene nueva responsable."), "success")
        return redirect(url_for(".show", family_id=family.id))

    def _again(self, family_id: str, obstacle: Obstacle) -> tuple[str, int]:
        """The page again, with what stood in the way and the typed text."""
        family = load(Family, family_id, Permission.FAMILY_READ, *WHOLE)
        page = {**self._page(family), "problems": obstacle.texts, "typed": request.form}
        return self.render("families/show.html", **page), obstacle.status

    def _moves(self, family: Family) -> dict[str, Any]:
        actor = self.actor
        said = Said(request.form.get("reason", ""), request.form.get("note", ""))
        return {
            "submit": lambda: intakes.submit(actor, family),
            "ask": lambda: intakes.ask(actor, family, said.note),
            "accept": lambda: intakes.accept(actor, family),
            "refuse": lambda: intakes.refuse(actor, family, said.reason, said.note),
            "pause": lambda: cases.pause(actor, family, said, _day("until")),
            "resume": lambda: cases.resume(actor, family),
            "wait_again": lambda: cases.wait_again(actor, family),
            "close": lambda: cases.close(actor, family, said.reason, said.note),
            "reopen": lambda: cases.reopen(actor, family, said.note),
        }

    def _page(self, family: Family) -> dict[str, Any]:
        audit.record("read", family)
        moves = [action for action in workflow.moves(family, self.actor) if action not in BY_SYSTEM]
        alike, asked = duplicates.alike(self.actor, family), told.unticked(family)
        return {
            "family": family, "moves": [one for one in moves if one not in BY_BOX], "today": clock.today(),
            "history": families.history(family.id),
            "steps": {action: workflow.FLOWS["family"][family.status, action] for action in moves},
            "with_date": WITH_DATE, "lacking": lacking.lines(family, intakes.missing(family, alike, asked)),
            "district": places.district(family.ubigeo), "care": families.care_of(family.id),
            "consents": {name: _last(family, name) for name in ("services", "matching", "training", "sharing")},
            "matching_allowed": consent_now(family, "matching"),
            "requests": intakes.open_requests(family) if family.status == "needs_information" else [],
            "alike": alike, "may_close_duplicate": "close_duplicate" in moves,
            "may_tell_apart": self._may(Permission.FAMILY_EDIT, family),
            "survivor": duplicates.survivor(self.actor, family),
            "team": people.responsible() if self._may(Permission.FAMILY_ASSIGN, family) else [], "revealed": {},
            "others_decide": Permission.INTAKE_DECIDE in workflow.barred(family, self.actor),
            "problems": (), "typed": {}, "told": asked,
        }

    def _may(self, permission: Permission, family: Family) -> bool:
        return workflow.allowed(self.actor, permission, family)


def warn(form: Any) -> None:
    """What looks odd but is let pass."""
    if getattr(form, "has_doubtful_dni", False):
        doubtful = _("El dígito verificador no corresponde a ese DNI. Se guardó; revíselo con el documento a la vista.")
        flash(doubtful, "warning")
    if getattr(form, "has_odd_phone", False):
        odd = _("El teléfono no parece un celular de Perú (9 cifras que empiezan en 9). Se guardó; confírmelo.")
        flash(odd, "warning")
    if getattr(form, "has_night_hours", False):
        night = _("El horario pasa la noche: dormiría donde el cuidador. Se guardó; si las dos horas están al revés, "
                  "corríjalas.")
        flash(night, "warning")


def _last(family: Family, purpose: str) -> Any:
    answers = [one for one in family.consents if one.purpose == purpose]
    return answers[-1] if answers else None


def _day(name: str) -> date:
    try:
        return date.fromisoformat(request.form.get(name, ""))
    except ValueError:
        raise InvalidInputError("date_missing", {name: ["date_missing"]}) from None
