"""A story said otherwise: other names, other genders, Andean words, bad spelling, other districts."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

WORDS = Path(__file__).resolve().parent / "words.toml"
_WORD = re.compile(r"[^\W\d_]+")
_SLIPS = (("qu", "k"), ("ll", "y"), ("v", "b"), ("z", "s"), ("ce", "se"), ("ci", "si"), ("ge", "je"), ("h", ""))
EVERY = 3  # words: every third is misspelt

Swap = Callable[[str, int], tuple[str, str]]  # story, its number → both ways of saying it


@cache
def _listed() -> Mapping[str, Any]:
    return tomllib.loads(WORDS.read_text(encoding="utf-8"))


def _told(section: str) -> Swap:
    """The story with one name told first, or with the other."""

    def swap(story: str, number: int) -> tuple[str, str]:
        words = _listed()[section]
        place = number % len(words["left"])
        left, right = (f"{words['plain'].format(words[side][place])} {story}" for side in ("left", "right"))
        return left, right

    return swap


def replaced(story: str, words: Mapping[str, str]) -> str:
    """Whole words by others; a capital stays one."""

    def other(match: re.Match[str]) -> str:
        word = match[0]
        found = words.get(word.lower(), word)
        return found.capitalize() if word[0].isupper() and found != word else found

    return _WORD.sub(other, story)


def gendered(story: str, number: int) -> tuple[str, str]:
    """Each gendered word by its other."""
    pairs = _listed()["gender"]["pairs"]
    return story, replaced(story, {**dict(pairs), **{right: left for left, right in pairs}})


def loaned(story: str, number: int) -> tuple[str, str]:
    """Andean words where Spanish ones stand."""
    return story, replaced(story, dict(_listed()["loans"]["to"]))


def misspelt(story: str, number: int) -> tuple[str, str]:
    """Without accents, and every third word as it sounds."""
    count = 0

    def slip(match: re.Match[str]) -> str:
        nonlocal count
        count += 1
        return _as_it_sounds(match[0]) if (count + number) % EVERY == 0 else match[0]

    return story, _WORD.sub(slip, _unaccented(story))


def _unaccented(text: str) -> str:
    """ñ stays: it is a letter of its own."""
    plain = unicodedata.normalize("NFD", text.replace("ñ", "\0").replace("Ñ", "\1"))
    kept = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return kept.replace("\0", "ñ").replace("\1", "Ñ")


def _as_it_sounds(word: str) -> str:
    for written, heard in _SLIPS:
        if written != "h" or word.lower().startswith("h"):
            word = word.replace(written, heard, 1)
    return word


SWAPS: dict[str, Swap] = {
    "names": _told("names"), "gender": gendered, "loans": loaned, "spelling": misspelt, "districts": _told("districts"),
}
