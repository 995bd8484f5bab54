"""Texts that exist in both languages: what a family was asked to agree to, what a need of the bank is called."""

from __future__ import annotations

from flask_babel import get_locale

from portal import consents


def consent_text(version: str, purpose: str) -> str:
    """The text of a version; "" where the portal does not hold it."""
    locale = get_locale()
    return consents.text(version, purpose, locale.language if locale else "es")


def in_language(es: str, en: str) -> str:
    """The one of the page."""
    locale = get_locale()
    return en if locale and locale.language == "en" else es
