"""Mails the worker writes, in the language of who reads them."""

from __future__ import annotations

from uuid import UUID

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _

from portal.extensions import db
from portal.models import User, Webhook
from portal.queries import tenants
from portal.services import mail
from portal.views.language import LOCALES


def webhook_disabled(ids: dict[str, UUID]) -> None:
    """Tell one person that a webhook failed for days and is told nothing more."""
    webhook, person = db.session.get(Webhook, ids["webhook"]), db.session.get(User, ids["person"])
    if webhook is None or person is None:
        return
    settings = current_app.config["SETTINGS"]
    link = f"{settings.public_base_url}/webhooks/{webhook.id}"
    with force_locale(LOCALES.get(person.locale, LOCALES["es"])):
        subject = _("Ayni dejó de avisar a «%(name)s»", name=webhook.name)
        body = _(
            "El sistema que recibe los avisos «%(name)s» de %(ngo)s falló durante días, y Ayni dejó de enviárselos.\n\n"
            "Vea qué respondió y vuelva a encenderlo aquí:\n%(link)s\n\n"
            "Lo que pasó entretanto no se envía solo: su sistema puede leerlo con su token.",
            name=webhook.name, ngo=tenants.here().name, link=link,
        )
    mail.send(settings, person.email, subject, body)
