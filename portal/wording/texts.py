"""What a family was asked to agree to, in the language of the page."""

from __future__ import annotations

from flask_babel import get_locale

from portal import consents


def consent_text(version: str, purpose: str) -> str:
    """The text of a version; "" where the portal does not hold it."""
    locale = get_locale()
    return consents.text(version, purpose, locale.language if locale else "es")
