"""What a version was made from, as its folder keeps it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

FAMILIES = "families.json"  # of a version's folder
HASHED = 16  # hexadecimal digits


@dataclass(frozen=True)
class Origin:
    """The hash of its data, the seed that split them, and the hashed codes of the families it learned from or was
    calibrated on; None where it kept no list."""

    data: str
    seed: int
    families: frozenset[str] | None


def hashed(family: str) -> str:
    """A family's code as the list has it."""
    return hashlib.sha256(family.encode()).hexdigest()[:HASHED]
