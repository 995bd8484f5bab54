"""Cases of one person pass to another: who leaves, falls ill or carries too much."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response
from wtforms import SelectChoice

from portal.errors import NotFoundError
from portal.forms.handover import HandOverForm
from portal.models import Family, Membership
from portal.policy import Permission
from portal.queries import families, people
from portal.services import cases
from portal.views.access import screen
from portal.views.attempt import Obstacle, attempt
from portal.views.base import PortalView, as_id, load

Answer = Response | tuple[str, int]
MOST = 200  # cases handed over at once; the rest is listed when these are gone
NAMED = 10  # cases left, named one by one


class HandOvers(PortalView):
    """The open cases of a person, to be given to a colleague."""

    def is_visible(self) -> bool:
        """The team leads here, no menu."""
        return False

    @screen("/<member_id>", Permission.FAMILY_ASSIGN, ("GET", "POST"))
    def index(self, member_id: str) -> Answer:
        """All are chosen; who takes them, and why."""
        leaver = load(Membership, member_id, Permission.FAMILY_ASSIGN)
        form = _form(leaver)
        if not form.is_submitted():
            return self._page(leaver, form, None), 200
        found: list[tuple[list[Family], list[Family]]] = []
        shown = _shown(request.form.getlist("case"))

        def give() -> None:
            wanted = cases.HandOver(leaver.user_id, as_id(form.worker.data), form.reason.data)
            found.append(cases.hand_over(self.actor, wanted, shown))

        obstacle = Obstacle((), {}, 422) if not form.validate() else attempt(give)
        if obstacle is not None:
            form.add_errors(obstacle.fields)
            if not obstacle.fields:
                form.form_errors.extend(obstacle.texts)
            return self._page(load(Membership, member_id, Permission.FAMILY_ASSIGN), form, shown), obstacle.status
        _tell(*found[0], _name(form))
        rest = families.open_of([leaver.user_id])
        return redirect(url_for(".index", member_id=leaver.id) if rest else url_for("team.index"))

    def _page(self, leaver: Membership, form: HandOverForm, ticked: Mapping[UUID, int] | None) -> str:
        rows = families.in_hands_of(self.actor, leaver.user_id, MOST)
        return self.render(
            "handover/index.html", leaver=leaver, form=form, rows=rows, ticked=ticked,
            count=families.open_of([leaver.user_id]),
        )


def _form(leaver: Membership) -> HandOverForm:
    """With everybody else who may work cases, and how many each has."""
    team = [one for one in people.responsible() if one.user_id != leaver.user_id]
    load_of = families.open_cases([one.user_id for one in team])
    form = HandOverForm()
    form.worker.choices = [SelectChoice("", _("Elija a una persona")), *(
        SelectChoice(str(one.user_id), ngettext(
            "%(name)s (%(num)d caso abierto)", "%(name)s (%(num)d casos abiertos)", load_of.get(one.user_id, 0),
            name=one.name,
        )) for one in sorted(team, key=lambda one: (load_of.get(one.user_id, 0), one.name))
    )]
    return form


def _name(form: HandOverForm) -> str:
    taker = next(one for one in people.responsible() if str(one.user_id) == form.worker.data)
    return taker.name


def _shown(boxes: list[str]) -> dict[UUID, int]:
    """Case → the version it was shown in; a box that no page of ours made is none."""
    found: dict[UUID, int] = {}
    for box in boxes[:MOST]:
        case, _colon, version = box.partition(":")
        try:
            found[as_id(case)] = int(version)
        except (NotFoundError, ValueError):
            continue
    return found


def _tell(given: list[Family], left: list[Family], name: str) -> None:
    if given:
        flash(ngettext("%(num)d caso pasó a %(name)s.", "%(num)d casos pasaron a %(name)s.", len(given), name=name),
              "success")
    if left:
        named = ", ".join(f"{one.code} {one.name}" for one in left[:NAMED]) + ("…" if len(left) > NAMED else "")
        flash(ngettext(
            "%(num)d caso no se entregó, porque alguien lo cambió mientras usted elegía: %(cases)s. Revíselo y "
            "entréguelo de nuevo si corresponde.",
            "%(num)d casos no se entregaron, porque alguien los cambió mientras usted elegía: %(cases)s. Revíselos y "
            "entréguelos de nuevo si corresponde.", len(left), cases=named,
        ), "warning")
