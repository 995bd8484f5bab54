"""Spelling as people type: without accents, in a hurry on a telephone, or as it sounds."""

from __future__ import annotations

import re
from collections.abc import Iterator

HANDS = (0.52, 0.20, 0.16, 0.12)  # careful, without accents, on a telephone, as it sounds
CAREFUL, NO_ACCENTS, TELEPHONE, BY_EAR = range(4)
_PLAIN = str.maketrans("áéíóúüÁÉÍÓÚ", "aeiouuAEIOU")
_SHORT = {
    "que": "q", "porque": "xq", "para": "pa", "tambien": "tb", "estoy": "toy", "bien": "bn", "por": "x", "de": "d",
    "señorita": "srta", "gracias": "grcs", "nada mas": "nomas", "donde": "dnd", "hay": "ay", "haya": "aya",
    "hasta": "asta", "vez": "ves", "a veces": "aveces", "o sea": "osea", "hijita": "ijita", "hijito": "ijito",
    "mensaje": "msj", "entonces": "entons", "todos": "tds", "hora": "ora", "mucho": "muxo",
}
_SHORT_WORD = re.compile(r"\b(" + "|".join(sorted(map(re.escape, _SHORT), key=len, reverse=True)) + r")\b")
_WORD = re.compile(r"[a-záéíóúüñ]{4,}")
_BY_EAR = tuple((re.compile(sound), written) for sound, written in (
    (r"(?<!c)h", ""), ("v", "b"), ("b", "v"), ("ll", "y"), ("z", "s"), ("ce", "se"), ("ci", "si"), ("qui", "ki"),
    ("gü", "gu"), ("mb", "nb"), ("rr", "r"), ("y", "ll"), ("x", "s"), ("ge", "je"), ("gi", "ji"), ("sc", "s"),
    ("mp", "np"),
))


def write(text: str, hand: int, numbers: Iterator[int]) -> str:
    """The text as this hand types it."""
    if hand == CAREFUL:
        return text
    if hand == BY_EAR:
        return _WORD.sub(lambda word: _heard(word[0], next(numbers)), text)
    plain = text.translate(_PLAIN)
    if hand == NO_ACCENTS:
        return plain
    short = _SHORT_WORD.sub(lambda word: _SHORT[word[0]] if next(numbers) % 3 else word[0], plain)
    return short.lower() if next(numbers) % 3 else short


def _heard(word: str, number: int) -> str:
    """One word in five is written as it sounds, in the first of the places where it can be, from a drawn one on."""
    if number % 5:
        return word
    start = number // 5 % len(_BY_EAR)
    for sound, written in _BY_EAR[start:] + _BY_EAR[:start]:
        if sound.search(word):
            return sound.sub(written, word, count=1)
    return word.translate(_PLAIN)
