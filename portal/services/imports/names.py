"""A name in one cell, in the parts the portal keeps apart."""

from __future__ import annotations

from portal.places import fold
from portal.services.imports.problems import CellError

PARTICLES = frozenset({"de", "del", "la", "las", "los", "da", "do", "san", "santa", "y"})


def of_caregiver(text: str) -> dict[str, str]:
    """`Rosa María Quispe Huamán` or `Quispe Huamán, Rosa María` → given names and both surnames.

    Without a comma the last two words are the surnames (of two words, the last one). Raises CellError for one word.
    """
    before, comma, after = text.partition(",")
    if comma:
        surnames, given = _words(before), after.split()
    else:
        found = _words(text)
        cut = max(len(found) - 2, 1)
        given, surnames = found[:cut], found[cut:]
    if not given or not surnames:
        raise CellError("name_incomplete")
    return {
        "given_names": " ".join(given), "paternal_surname": surnames[0], "maternal_surname": " ".join(surnames[1:]),
    }


def of_child(text: str) -> dict[str, str]:
    """`Quispe Mamani, Luz Marina` in its parts; without a comma all of it are given names, so that nothing is lost."""
    before, comma, after = text.partition(",")
    if comma and after.strip():
        return {"given_names": " ".join(after.split()), "surnames": " ".join(before.split())}
    return {"given_names": " ".join(text.split())}


def is_same(text: str, full_name: str) -> bool:
    """The same words, in whatever order: somebody may have corrected which is which."""
    return sorted(fold(text.replace(",", " ")).split()) == sorted(fold(full_name).split())


def _words(text: str) -> list[str]:
    """Words, with the particles of a surname joined to it: `de la Cruz` is one."""
    found: list[str] = []
    waiting: list[str] = []
    for word in text.split():
        waiting.append(word)
        if fold(word) not in PARTICLES:
            found.append(" ".join(waiting))
            waiting = []
    return [*found, " ".join(waiting)] if waiting else found
