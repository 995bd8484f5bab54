"""In which language a page is answered: the person's own, else the one chosen in this browser, else Spanish.

A program says with each request which one it wants (`Accept-Language`).
"""

from __future__ import annotations

from datetime import datetime
from gettext import NullTranslations

from flask import Flask, g, has_request_context, request, session
from flask_babel import format_datetime, get_translations
from flask_login import current_user

from portal.views.access import is_for_programs

LANGUAGES = {"es": "Español", "en": "English"}
LOCALES = {"es": "es_PE", "en": "en"}  # dates, soles and numbers as the reader writes them
MOMENT = "d MMM y, H:mm"


def chosen() -> str:
    """The language of this request."""
    if not has_request_context():
        return "es"
    if is_for_programs():
        return request.accept_languages.best_match(LANGUAGES, "es")
    wanted = session.get("language") or getattr(current_user, "locale", "")
    return wanted if wanted in LANGUAGES else "es"


def locale() -> str:
    """The locale of this request."""
    return LOCALES[chosen()]


def _catalogue() -> NullTranslations:
    """The words of this request's language, looked up once: a page asks for some hundreds of them."""
    found = g.get("catalogue")
    if found is None:
        found = g.catalogue = get_translations()
    return found


def moment(at: datetime, seconds: bool = False) -> str:
    """A day and the time of it, one way on every page."""
    return format_datetime(at, f"{MOMENT}:ss" if seconds else MOMENT)


def init_app(app: Flask) -> None:
    """Let templates ask the catalogue of the request."""
    app.add_template_filter(moment)
    app.jinja_env.install_gettext_callables(
        lambda words: _catalogue().gettext(words),
        lambda one, many, count: _catalogue().ngettext(one, many, count),
        newstyle=True,
        pgettext=lambda context, words: _catalogue().pgettext(context, words),
    )
