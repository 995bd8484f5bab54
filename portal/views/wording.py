"""Codes as a reader's words: states, actions, reasons, refusals, rules and facts. The one place for all of them."""

from __future__ import annotations

from flask_babel import gettext as _

from portal.errors import Refusal


def refusal(one: Refusal) -> str:
    """Why a move was refused."""
    return _(one.code)


def role(code: str) -> str:
    """What a person is."""
    return _(code)
