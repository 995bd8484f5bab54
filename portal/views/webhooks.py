"""Webhooks: where the NGO's own systems are told what happens, and what came of each message."""

from __future__ import annotations

from datetime import datetime

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal.forms.webhooks import WebhookForm
from portal.models import Webhook, WebhookDelivery
from portal.policy import Permission
from portal.queries import webhooks as queries
from portal.services import webhooks
from portal.views import once, paging
from portal.views.access import screen
from portal.views.attempt import Obstacle, attempt, expect_version, one_of
from portal.views.base import PortalView, as_id, load

Answer = Response | tuple[str, int]
MANAGE = Permission.WEBHOOKS_MANAGE
PAGE = 25  # messages


class Webhooks(PortalView):
    """Addresses that are told, and their messages."""

    @screen("/", MANAGE)
    def index(self) -> str:
        """Those there are, and a form for one more."""
        return self._list(WebhookForm())

    @screen("/add", MANAGE, ("POST",))
    def add(self) -> Answer:
        """A new one. Its secret is shown on the next page alone and is in no address."""
        form, made = WebhookForm(), []
        if not form.validate_on_submit():
            return self._list(form), 422
        obstacle = attempt(lambda: made.append(
            webhooks.add(self.actor, form.name.data, form.address.data, form.events.data)
        ))
        if obstacle is not None:
            return self._list(_with(form, obstacle), _above(obstacle)), obstacle.status
        (webhook, secret), = made
        return self._shown_once(webhook, secret)

    @screen("/<webhook_id>", MANAGE)
    def show(self, webhook_id: str) -> str:
        """One of them, with its messages."""
        return self._page(webhook_id, secret=once.take(f"webhook {as_id(webhook_id)}"))

    @screen("/<webhook_id>/edit", MANAGE, ("POST",))
    def edit(self, webhook_id: str) -> Answer:
        """Change what it is for, where it goes, what it is told."""
        webhook, form = load(Webhook, webhook_id, MANAGE), WebhookForm()
        if not form.validate_on_submit():
            return self._page(webhook_id, form), 422

        def change() -> None:
            expect_version(webhook)
            webhooks.change(self.actor, webhook, form.name.data, form.address.data, form.events.data)

        obstacle = attempt(change)
        if obstacle is not None:
            return self._page(webhook_id, _with(form, obstacle), _above(obstacle)), obstacle.status
        flash(_("Guardado."), "success")
        return redirect(url_for(".show", webhook_id=webhook_id))

    @screen("/<webhook_id>/rotate", MANAGE, ("POST",))
    def rotate(self, webhook_id: str) -> Response:
        """A new secret, shown on the next page alone."""
        webhook = load(Webhook, webhook_id, MANAGE)
        return self._shown_once(webhook, webhooks.rotate(self.actor, webhook))

    @screen("/<webhook_id>/delete", MANAGE, ("POST",))
    def delete(self, webhook_id: str) -> Response:
        """Take it away, with its messages."""
        webhooks.remove(self.actor, load(Webhook, webhook_id, MANAGE))
        flash(_("Aviso eliminado: no se envía nada más."), "success")
        return redirect(url_for(".index"))

    @screen("/<webhook_id>/<action>", MANAGE, ("POST",))
    def move(self, webhook_id: str, action: str) -> Response:
        """Switch it on or off, or send a test."""
        webhook = load(Webhook, webhook_id, MANAGE)
        do, said = one_of(action, {
            "on": lambda: (webhooks.switch_on, _("Aviso encendido.")),
            "off": lambda: (webhooks.switch_off, _("Aviso apagado.")),
            "test": lambda: (webhooks.test, _("La prueba está en camino: actualice la página para ver qué respondió.")),
        })()
        do(self.actor, webhook)
        flash(said, "success")
        return redirect(url_for(".show", webhook_id=webhook_id))

    @screen("/deliveries/<delivery_id>/again", MANAGE, ("POST",))
    def again(self, delivery_id: str) -> Response:
        """Send a message once more."""
        message = load(WebhookDelivery, delivery_id, MANAGE)
        webhook_id = message.webhook_id
        obstacle = attempt(lambda: webhooks.send_again(self.actor, message))
        if obstacle is not None:
            flash(" ".join(obstacle.texts), "warning")
        else:
            flash(_("El mensaje se envía de nuevo."), "success")
        return redirect(url_for(".show", webhook_id=webhook_id))

    def _shown_once(self, webhook: Webhook, secret: str) -> Response:
        once.keep(f"webhook {webhook.id}", secret)
        return redirect(url_for(".show", webhook_id=webhook.id))

    def _list(self, form: WebhookForm, problems: tuple[str, ...] = ()) -> str:
        return self.render("webhooks/index.html", form=form, problems=problems, webhooks=queries.every())

    def _page(
        self, webhook_id: str, form: WebhookForm | None = None, problems: tuple[str, ...] = (), secret: str = ""
    ) -> str:
        webhook, number = load(Webhook, webhook_id, MANAGE), paging.asked()
        messages, count = queries.sent(webhook.id, number * PAGE, PAGE)
        shown = form or WebhookForm(
            formdata=None, name=webhook.name, address=webhook.address or "", events=webhook.events
        )
        path = url_for(".show", webhook_id=webhook_id)
        return self.render(
            "webhooks/show.html", webhook=webhook, form=shown, problems=problems, secret=secret, messages=messages,
            instant=datetime.fromisoformat, pages=paging.links(number, count, PAGE, path),
        )


def _with(form: WebhookForm, obstacle: Obstacle) -> WebhookForm:
    form.add_errors(obstacle.fields)
    return form


def _above(obstacle: Obstacle) -> tuple[str, ...]:
    """What is said above the page: what stands beside a field is not said twice."""
    return () if obstacle.fields else obstacle.texts
