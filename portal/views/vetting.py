"""Vetting a provider: the items of the checklist, the files, and the moves from state to state."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal.errors import InvalidInputError, NotFoundError, TooLargeError
from portal.forms.base import Form
from portal.forms.provider import LeaveForm
from portal.forms.vetting import ReceiveForm, RejectForm, VerifyForm
from portal.models import Document, Provider, VettingItem
from portal.policy import Permission
from portal.services import documents, vetting
from portal.services.documents import Upload
from portal.services.vetting import Proof
from portal.views.access import screen
from portal.views.attempt import attempt, expect_version
from portal.views.base import PortalView, as_id, load
from portal.views.providers import WHOLE, page
from portal.workflow import Said

Answer = Response | tuple[str, int]


class Vetting(PortalView):
    """What is done on the page of a provider."""

    def is_visible(self) -> bool:
        """The page of the provider leads here, no menu."""
        return False

    @screen("/<provider_id>/move", Permission.PROVIDER_READ, ("POST",))
    def move(self, provider_id: str) -> Answer:
        """One move of its state; the workflow asks who may."""
        provider = load(Provider, provider_id, Permission.PROVIDER_READ, *WHOLE)
        action = request.form.get("action", "")
        said = Said(request.form.get("reason", ""), request.form.get("note", ""))

        def advance() -> None:
            expect_version(provider)
            vetting.move(self.actor, provider, action, said)

        return self._try(provider, advance)

    @screen("/<provider_id>/leave", Permission.VETTING_WORK, ("POST",))
    def leave(self, provider_id: str) -> Answer:
        """A leave from today to a day."""
        provider = load(Provider, provider_id, Permission.VETTING_WORK, *WHOLE)
        form = LeaveForm()
        if not form.validate():
            return self._again(provider.id, _texts(form), 422, leave_form=form)
        until, note = form.until.data, form.note.data or ""
        return self._try(provider, lambda: vetting.go_on_leave(self.actor, provider, until, note), leave_form=form)

    @screen("/<provider_id>/items/<item_id>/receive", Permission.VETTING_WORK, ("POST",))
    def receive(self, provider_id: str, item_id: str) -> Answer:
        """A paper came in."""
        provider, item = _item(provider_id, item_id)
        form, at = ReceiveForm(), f"receive-{item.id}"
        if not form.validate():
            return self._again(provider.id, _texts(form), 422, at)

        def take() -> None:
            document = self._keep(provider)
            if document is None and item.checklist_item.kind == "document":
                raise InvalidInputError("file_missing", {"file": ["file_missing"]})
            vetting.receive(self.actor, item, document, form.note.data or "")

        return self._try(provider, take, at)

    @screen("/<provider_id>/items/<item_id>/verify", Permission.VETTING_WORK, ("POST",))
    def verify(self, provider_id: str, item_id: str) -> Answer:
        """The paper holds, or the visit took place."""
        provider, item = _item(provider_id, item_id)
        form, at = VerifyForm(), f"verify-{item.id}"
        if not form.validate():
            return self._again(provider.id, _texts(form), 422, at)
        proof = Proof(form.day.data, form.note.data or "", form.result.data or "")
        return self._try(provider, lambda: vetting.verify(self.actor, item, proof), at)

    @screen("/<provider_id>/items/<item_id>/reject", Permission.VETTING_WORK, ("POST",))
    def reject(self, provider_id: str, item_id: str) -> Answer:
        """The paper does not hold."""
        provider, item = _item(provider_id, item_id)
        form, at = RejectForm(), f"reject-{item.id}"
        return self._try(provider, lambda: vetting.reject(self.actor, item, form.note.data or ""), at)

    @screen("/<provider_id>/documents", Permission.DOCUMENT_ADD, ("POST",))
    def add_document(self, provider_id: str) -> Answer:
        """Another file, of no item."""
        provider = load(Provider, provider_id, Permission.DOCUMENT_ADD, *WHOLE)

        def take() -> None:
            if self._keep(provider) is None:
                raise InvalidInputError("file_missing", {"file": ["file_missing"]})

        return self._try(provider, take)

    def _keep(self, provider: Provider) -> Document | None:
        """The file of the form, kept; None when none was chosen."""
        file = request.files.get("file")
        if file is None or not file.filename:
            return None
        try:
            return documents.add(self.actor, Upload(file.read(), file.filename), provider)
        except TooLargeError:
            raise InvalidInputError("file_too_large", {"file": ["file_too_large"]}) from None

    def _try(self, provider: Provider, do: Callable[[], Any], at: str = "", **typed: Form) -> Answer:
        """Do it and go back to the page, or show the page with what stood in the way and what was typed.

        `at` names the form of the checklist that was sent, so that it stands open again.
        """
        provider_id, obstacle = provider.id, attempt(do)
        if obstacle is not None:
            return self._again(provider_id, obstacle.texts, obstacle.status, at, **typed)
        flash(_("Guardado."), "success")
        return redirect(url_for("providers.show", provider_id=provider_id))

    def _again(
        self, provider_id: UUID, problems: Sequence[str], status: int, at: str = "", **typed: Form
    ) -> tuple[str, int]:
        fresh = load(Provider, provider_id, Permission.PROVIDER_READ, *WHOLE)
        shown = {**page(self.actor, fresh), "problems": problems, "wrong_at": at, **typed}
        return self.render("providers/show.html", **shown), status


def _item(provider_id: str, item_id: str) -> tuple[Provider, VettingItem]:
    """A provider and one of its own items; NotFoundError for an item of another provider."""
    provider = load(Provider, provider_id, Permission.VETTING_WORK, *WHOLE)
    item = vetting.own(provider, as_id(item_id))
    if item is None:
        raise NotFoundError
    return provider, item


def _texts(form: Form) -> list[str]:
    return [f"{form[name].label.text}: {text}" for name, found in form.errors.items() for text in found]
