"""Providers: the list, the profile and the page of one."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload, selectinload
from werkzeug.wrappers import Response

from portal import audit, clock, places, wording, workflow
from portal.errors import ConflictError, InvalidInputError
from portal.forms.base import keep
from portal.forms.provider import LeaveForm, ProviderFilter, ProviderForm
from portal.models import Provider, VettingItem
from portal.policy import Permission
from portal.queries import plan_findings, providers, tenants
from portal.services import providers as service
from portal.services import reveals, vetting
from portal.views import paging, sought
from portal.views.access import screen
from portal.views.base import PortalView, load
from portal.views.families import warn

WHOLE = (  # the seats and the verifiers come with their rows: each page asks the database a few times only
    joinedload(Provider.seats), selectinload(Provider.items).joinedload(VettingItem.verifier),
)
BY_FORM = frozenset({"leave"})  # moves that ask for more than a reason and a note
UNDECIDED = ("in_vetting", "conditional", "suspended", "recertification_due")  # the checklist is asked next


class Providers(PortalView):
    """Who offers care."""

    @screen("/", Permission.PROVIDER_LIST, ("GET", "POST"))
    def index(self) -> Response | str:
        """The list, narrowed by what the address asks."""
        if request.method == "POST":
            return sought.moved(self.actor, "provider", "q", ("status", "kind", "band", "due"))
        form = ProviderFilter(request.args)
        form.q.data = sought.words(self.actor)
        wanted = providers.Wanted(**{name: str(value or "") for name, value in form.values().items()})
        number = paging.asked()
        near = providers.Near(clock.today(), max(tenants.setting("warning_days"), default=providers.SOON))
        rows, count = providers.listed(wanted, number, near)
        return self.render(
            "providers/index.html", form=form, rows=rows, count=count, today=near.today,
            due=partial(_due, near=near),
            filtered=any(vars(wanted).values()), pages=paging.links(number, count, providers.PAGE),
        )

    @screen("/new", Permission.PROVIDER_EDIT, ("GET", "POST"))
    def new(self) -> Response | tuple[str, int]:
        """Register a provider."""
        form = ProviderForm(languages=["es"])
        if form.validate_on_submit():
            try:
                provider = service.create(self.actor, form.values())
            except InvalidInputError as error:
                form.add_errors(error.fields)
            else:
                flash(_("Cuidador registrado. El siguiente paso es empezar su verificación."), "success")
                warn(form)
                return redirect(url_for(".show", provider_id=provider.id))
        return self._form(form, None)

    @screen("/<provider_id>/edit", Permission.PROVIDER_EDIT, ("GET", "POST"))
    def edit(self, provider_id: str) -> Response | tuple[str, int]:
        """Change the profile and the seats."""
        provider = load(Provider, provider_id, Permission.PROVIDER_EDIT, *WHOLE)
        form = ProviderForm() if request.method == "POST" else ProviderForm.of(provider)
        keep(provider.languages, form.languages)
        if form.validate_on_submit():
            try:
                service.save(self.actor, provider, form.values(), form.seen_version())
            except InvalidInputError as error:
                form.add_errors(error.fields)
            except ConflictError as error:
                return self._form(form, provider, [wording.refusal(one) for one in error.refusals])
            else:
                flash(_("Datos guardados."), "success")
                warn(form)
                return redirect(url_for(".show", provider_id=provider.id))
        return self._form(form, provider)

    def _form(self, form: ProviderForm, provider: Provider | None, problems: Sequence[str] = ()) -> tuple[str, int]:
        district = places.district(form.ubigeo.data or "")
        if provider is not None:
            audit.record("read", provider)
        if form.schedule.data:
            form.schedule.data = wording.hours(form.schedule.data)
        page = self.render(
            "providers/form.html", form=form, provider=provider, problems=problems,
            district=district.label if district else "",
        )
        return page, 409 if problems else 422 if form.is_submitted() else 200

    @screen("/<provider_id>", Permission.PROVIDER_READ)
    def show(self, provider_id: str) -> str:
        """Everything about one provider."""
        provider = load(Provider, provider_id, Permission.PROVIDER_READ, *WHOLE)
        return self.render("providers/show.html", **page(self.actor, provider))

    @screen("/<provider_id>/reveal", Permission.PROVIDER_REVEAL, ("POST",))
    def reveal(self, provider_id: str) -> tuple[str, int]:
        """A sealed value in the clear, once, for a reason that stays in the trail."""
        provider = load(Provider, provider_id, Permission.PROVIDER_REVEAL, *WHOLE)
        name, why = request.form.get("field", ""), request.form.get("reason", "")
        try:
            shown = {name: reveals.of_provider(self.actor, provider, name, why) or ""}
        except InvalidInputError as error:
            problems = [wording.message(code) for codes in error.fields.values() for code in codes]
            return self.render("providers/show.html", **{**page(self.actor, provider), "problems": problems}), 422
        return self.render("providers/show.html", **{**page(self.actor, provider), "shown": shown}), 200

    @screen("/<provider_id>/seats", Permission.PROVIDER_EDIT, ("POST",))
    def confirm_seats(self, provider_id: str) -> Response:
        """The provider confirmed the free seats today."""
        provider = load(Provider, provider_id, Permission.PROVIDER_EDIT)
        service.confirm_seats(self.actor, provider)
        flash(_("Cupos confirmados hoy."), "success")
        return redirect(url_for(".show", provider_id=provider.id))


def page(actor: Any, provider: Provider) -> dict[str, Any]:
    """What the page of a provider shows; the trail notes that it was read."""
    audit.record("read", provider)
    moves = [action for action in workflow.moves(provider, actor) if action not in BY_FORM]
    district = places.district(provider.ubigeo)
    history = providers.moves_of(provider.id)
    return {
        "provider": provider, "district": district.label if district else provider.ubigeo, "moves": moves,
        "reasons": {action: workflow.reasons_for(provider, action) for action in moves},
        "needs_note": {action: _needs_note(provider, action) for action in moves},
        "may_leave": "leave" in workflow.moves(provider, actor), "leave_form": LeaveForm(formdata=None),
        "others_decide": _others_decide(actor, provider),
        "decides": "approve" in moves, "history": history, "in_use": providers.seats_in_use(provider.id),
        "officer": next((move.actor_name for move in history if move.action == "start_vetting"), ""),
        "today": clock.today(), "never": vetting.NEVER, "typed": request.form, "shown": {}, "problems": [],
        "wrong_at": "", "would_help": plan_findings.best_of(provider.id),
        **_checklist(provider),
    }


def _others_decide(actor: Any, provider: Provider) -> str:
    """Why this supervisor does not decide on this one; "" where she does, and for who decides on none."""
    barred = workflow.barred(provider, actor)
    first = next((one for one in (Permission.PROVIDER_DECIDE, Permission.PROVIDER_APPROVE) if one in barred), None)
    return wording.others_decide(first) if first else ""


def _checklist(provider: Provider) -> dict[str, Any]:
    """The items in the order of the NGO, what they count as today, and the files."""
    items = sorted(provider.items, key=lambda item: (item.checklist_item.position, item.checklist_item.title))
    standing = {item.id: vetting.standing(item, clock.today()) for item in items}
    files = providers.documents_of(provider.id)
    return {
        "items": items, "standing": standing, "documents": files, "files": {file.id: file for file in files},
        "titles": {item.document_id: item.checklist_item.title for item in items if item.document_id},
        "lacking": [item for item in items if item.counts and standing[item.id] != "verified"],
        "asks": provider.status in UNDECIDED,
    }


def _needs_note(provider: Provider, action: str) -> bool:
    return workflow.FLOWS["provider"][provider.status, action].needs_note


def _due(provider: Provider, near: providers.Near) -> list[str]:
    """What waits to be done with a provider, in words; nothing where the network has done with it."""
    if provider.status in providers.OVER:
        return []
    states = [vetting.standing(item, clock.today()) for item in provider.items]
    found = []
    if any(item.state == "received" for item in provider.items):
        found.append(_("Documentos por revisar"))
    if "expired" in states:
        found.append(_("Documentos vencidos"))
    if provider.status in {"in_vetting", "conditional"} and "missing" in states:
        found.append(_("Faltan requisitos"))
    if provider.status == "applied":
        found.append(_("Empezar la verificación"))
    left = _days_left(provider)
    if left is not None and left <= near.days:
        found.append(wording.expires_in(left))
    return found


def _days_left(provider: Provider) -> int | None:
    """Days until the first verified item ends; None when none does, or when it has ended already."""
    ends = [item.expires_on for item in provider.items if item.verified_at and item.expires_on]
    first = min(ends, default=None)
    return (first - clock.today()).days if first and first >= clock.today() else None
