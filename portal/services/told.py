"""What a story tells and the form does not: needs named in words that no child of the family has ticked.

A question for whoever knows the family, never an answer: a word may speak of somebody else. What decides who can take
a child is the form (`ml.constraints`), so a tube that stands in the story alone would be seen by no rule.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from portal.models import Family
from portal.places import fold

LONG_NUMBER = re.compile(r"\d(?:[\s.-]?\d){5,}")  # a telephone or a document
WORDS = Path(__file__).resolve().parents[1] / "data" / "story_needs.toml"


@dataclass(frozen=True)
class Told:
    """A need as the form codes it, and the words of the story that name it."""

    need: str
    words: str


def unticked(family: Family) -> list[Told]:
    """What to ask about, at most one for each need, in the order of the form."""
    ticked = {code for child in family.children for code in child.special_needs}
    return [one for one in named(family.story or "") if one.need not in ticked]


def named(story: str) -> list[Told]:
    """Every need a text names, with its first words for it."""
    text = fold(story)
    found = ((need, pattern.search(text)) for need, pattern in _patterns().items())
    return [Told(need, match["words"]) for need, match in found if match]


def holds_number(text: str) -> bool:
    """Whether a telephone or a document number stands in a text."""
    return LONG_NUMBER.search(text) is not None


def without_numbers(text: str) -> str:
    """The text with such numbers masked, for where it is quoted."""
    return LONG_NUMBER.sub("••••", text)


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    """Need → what finds its first words that are not denied."""
    with WORDS.open("rb") as file:
        known = tomllib.load(file)
    denied = "".join(rf"(?<!\b{re.escape(words)} )" for words in known["none"])
    return {need: re.compile(rf"{denied}\b(?P<words>{'|'.join(map(_pattern, words))})\b")
            for need, words in known["needs"].items()}


def _pattern(words: str) -> str:
    return r"\s+".join(re.escape(word).replace(r"\*", r"\w*") for word in words.split())
