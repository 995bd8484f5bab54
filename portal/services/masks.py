"""Telephones and documents that stand in a free text."""

from __future__ import annotations

import re

LONG_NUMBER = re.compile(r"\d(?:[\s.-]?\d){5,}")  # a telephone or a document


def holds_number(text: str) -> bool:
    """Whether a telephone or a document number stands in a text."""
    return LONG_NUMBER.search(text) is not None


def without_numbers(text: str) -> str:
    """The text with such numbers masked, for where it is quoted."""
    return LONG_NUMBER.sub("••••", text)
