"""Mails the worker writes, in the language of who reads them."""

from __future__ import annotations

from uuid import UUID

from flask import current_app
from flask_babel import force_locale, ngettext
from flask_babel import gettext as _

from portal import wording
from portal.extensions import db
from portal.models import User, Webhook
from portal.policy import Permission, may
from portal.queries import people, tenants
from portal.services import expiry, mail
from portal.services.expiry import Warned
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


def expiring(ids: dict[str, UUID]) -> None:
    """Tell one person who vets what came to a mark before it expires: codes and days, no name and no paper's title."""
    member = people.member(ids[expiry.PERSON])
    lines = expiry.lines(row for name, row in ids.items() if name != expiry.PERSON)
    if member is None or not (member.active and member.user.active and may(member.roles, Permission.VETTING_WORK)):
        return
    if not lines:
        return
    settings = current_app.config["SETTINGS"]
    with force_locale(LOCALES.get(member.user.locale, LOCALES["es"])):
        subject = ngettext(
            "%(num)d verificación por vencer", "%(num)d verificaciones por vencer", len(lines)
        )
        body = _(
            "En %(ngo)s, estos cuidadores tienen documentos o visitas que vencen pronto:\n\n%(lines)s\n\n"
            "Pida la renovación antes de esa fecha: cuando vence algo obligatorio, el cuidador queda suspendido y no "
            "recibe propuestas.\n\nVea la lista aquí:\n%(link)s",
            ngo=tenants.here().name, lines="\n".join(map(_line, lines)),
            link=f"{settings.public_base_url}/providers/?due=expiring",
        )
    mail.send(settings, member.user.email, subject, body)


def _line(one: Warned) -> str:
    left = wording.expires_in(one.days)
    return _("%(code)s: documento opcional por vencer. %(left)s", code=one.code, left=left) if one.optional else (
        f"{one.code}: {left}"
    )
