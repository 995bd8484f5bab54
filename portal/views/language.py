"""In which language a page is answered: the person's own, else the one chosen in this browser, else Spanish."""

from __future__ import annotations

from flask import has_request_context, session
from flask_login import current_user

LANGUAGES = {"es": "Español", "en": "English"}
LOCALES = {"es": "es_PE", "en": "en"}  # dates, soles and numbers as the reader writes them


def chosen() -> str:
    """The language of this request."""
    if not has_request_context():
        return "es"
    wanted = session.get("language") or getattr(current_user, "locale", "")
    return wanted if wanted in LANGUAGES else "es"


def locale() -> str:
    """The locale of this request."""
    return LOCALES[chosen()]
