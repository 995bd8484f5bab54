"""The DNI's check character: a wrong one is worth a warning, never a refusal (its rule is not published officially)."""

from __future__ import annotations

import re

WEIGHTS = (3, 2, 7, 6, 5, 4, 3, 2)
DIGITS = (6, 7, 8, 9, 0, 1, 1, 2, 3, 4, 5)
LETTERS = "KABCDEFGHIJ"
_SHAPE = re.compile(r"^(\d{8})(?:-?([0-9A-K]))?$")


def split(text: str) -> tuple[str, str] | None:
    """(eight digits, check character or "") of `12345678`, `12345678-9` or `123456789`; None for anything else."""
    found = _SHAPE.match(text.strip().upper().replace(" ", ""))
    return (found[1], found[2] or "") if found else None


def check_characters(number: str) -> tuple[str, str]:
    """The check digit and the letter of older cards for eight digits."""
    total = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, number, strict=True))
    place = 11 - total % 11
    place = 0 if place == 11 else place
    return str(DIGITS[place]), LETTERS[place]


def is_doubtful(text: str) -> bool:
    """Was a check character given that does not belong to the number?"""
    found = split(text)
    return bool(found and found[1] and found[1] not in check_characters(found[0]))
