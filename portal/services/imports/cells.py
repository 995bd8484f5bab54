"""How one cell, its words turned into codes, becomes a value.

What cannot be used raises CellError with a code that says what is expected.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from portal import places
from portal.errors import InvalidInputError
from portal.models import dni
from portal.services import checks
from portal.services.imports.problems import CellError
from portal.services.matching import NEEDS, read_hours

Read = Callable[[str], Any]
NUMBER = re.compile(r"-?\d{1,9}(?:[.,]\d{1,18})?")
DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
LANGUAGE = re.compile(r"[a-z]{2,3}")
SEPARATES = str.maketrans("", "", " .()+")


def words(text: str) -> str:
    """As it stands."""
    return text


def ref(text: str) -> str:
    """The sender's key."""
    if len(text) > checks.LONGEST_REF:
        raise CellError("too_long")
    return text


def document(text: str) -> str:
    """Eight digits; a check character is left out."""
    found = dni.split(text)
    if found is None:
        raise CellError("dni_format")
    return found[0]


def phone(text: str) -> str:
    """A number without what only separates."""
    plain = text.translate(SEPARATES).replace("-", "")
    if not plain.isdecimal():
        raise CellError("phone_digits")
    return plain


def district(text: str) -> str:
    """Six digits, of which a spreadsheet takes away the leading zero of nine departments, or the district's label."""
    if text.isdecimal():
        return text.zfill(6)
    found = places.labelled(text)
    if found is None:
        raise CellError("ubigeo_format")
    return found.code


def number(text: str) -> float:
    """A decimal point or comma, no thousands."""
    if not NUMBER.fullmatch(text):
        raise CellError("number_format")
    return float(text.replace(",", "."))


def money(text: str) -> Decimal:
    """Soles."""
    return Decimal(str(number(text))).quantize(Decimal("0.01"))


def whole(text: str) -> int:
    """A number without decimals."""
    found = number(text)
    if found != int(found):
        raise CellError("number_whole")
    return int(found)


def day(text: str) -> date:
    """`2026-11-23`, or as people here write it, `23/11/2026`."""
    written = DAY.fullmatch(text)
    try:
        return date(*(int(part) for part in reversed(written.groups()))) if written else date.fromisoformat(text)
    except ValueError:
        raise CellError("day_format") from None


def yes(text: str) -> bool:
    """yes or no."""
    if text.casefold() not in ("yes", "no"):
        raise CellError("yes_no")
    return text.casefold() == "yes"


def code(*allowed: str) -> Read:
    """One of a few codes."""

    def read(text: str) -> str:
        if text.casefold() not in allowed:
            raise CellError("not_one_of")
        return text.casefold()

    return read


def _codes(text: str) -> list[str]:
    pieces = (piece.strip().casefold() for piece in re.split(r"[;,]", text))
    return list(dict.fromkeys(piece for piece in pieces if piece))


def needs(text: str) -> list[str]:
    """Codes of special needs."""
    found = _codes(text)
    if not set(found) <= set(NEEDS):
        raise CellError("not_one_of")
    return found


def languages(text: str) -> list[str]:
    """Codes of languages, the preferred one first."""
    found = _codes(text)
    if not found or not all(LANGUAGE.fullmatch(one) for one in found):
        raise CellError("language_format")
    return found


def hours(text: str) -> str:
    """A week, in the matcher's words."""
    try:
        return read_hours(text)
    except InvalidInputError:
        raise CellError("schedule_unreadable") from None
