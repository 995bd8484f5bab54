"""What of a story or a profile may be read by the encoder: sentences, without what identifies or exposes a person."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

MOST_SENTENCES = 40
LONGEST = 10_000  # characters

# A sentence with one of these is left out whole: it is for people, not for a similarity.
SENSITIVE = (
    "violencia", "golpe", "maltrat", "abus", "violo", "violacion", "agresor", "denuncia", "medida de proteccion",
    "orden de alejamiento", "feminicid", "cem", "demuna", "carcel", "penal", "preso", "droga", "alcohol", "vih", "sida",
    "tuberculosis", "tbc", "cancer", "aborto", "suicid", "depresion", "esquizofren", "psiquiatr",
)
_SENSITIVE = re.compile(r"\b(?:" + "|".join(SENSITIVE) + r")")
_HIDDEN = (
    (re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+"), ""),
    (re.compile(r"https?://\S+"), ""),
    (re.compile(r"\b(?:dni|ce|carn[eé]|pasaporte|ruc)\b[^\w]{0,4}[\w-]*\d[\w-]*", re.IGNORECASE), ""),
    (re.compile(r"(?:\+?51[\s-]?)?\b9\d{2}[\s-]?\d{3}[\s-]?\d{3}\b"), ""),
    (re.compile(r"\b\d{7,}\b"), ""),
    (re.compile(
        r"\b(?:av|avenida|jr|jir[oó]n|calle|psje|pasaje|mz|manzana|lt|lote|urb|urbanizaci[oó]n|aahh|asent)\b\.?"
        r"\s+[^,.;\n]{1,40}", re.IGNORECASE), ""),
)
_END = re.compile(r"(?<=[.!?…])\s+|\n+")


def fold(text: str) -> str:
    """Lower case without accents, for looking up words."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in plain if not unicodedata.combining(sign))


def sentences(text: str, names: Sequence[str] = ()) -> list[str]:
    """The sentences that may be read, at most forty. `names` are the people's own names: they are taken out."""
    hidden = _without_names(text[:LONGEST].replace("\x00", " "), names)
    found = []
    for piece in _END.split(hidden):
        if _SENSITIVE.search(fold(piece)):
            continue
        clean = _scrub(piece)
        if len(clean) > 3:
            found.append(clean)
    return found[:MOST_SENTENCES]


def _scrub(piece: str) -> str:
    for pattern, instead in _HIDDEN:
        piece = pattern.sub(instead, piece)
    return " ".join(piece.split())


def _without_names(text: str, names: Sequence[str]) -> str:
    words = {word for name in names for word in name.split() if len(word) > 2}
    if not words:
        return text
    pattern = r"\b(?:" + "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) + r")\b"
    return re.sub(pattern, "", text, flags=re.IGNORECASE)


def paragraph(found: Sequence[str]) -> str:
    """What is embedded as a whole."""
    return " ".join(found)
