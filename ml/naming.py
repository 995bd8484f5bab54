"""Needs of the intake form that a story names, in the words that the bank of needs holds for them.

Read is what stands there: a word may speak of somebody else, so that this asks, and never answers.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ml import bank, text
from ml.bank import Concept
from ml.frames import NEEDS

DENIED = Path(__file__).resolve().parent / "words" / "denied.txt"
BEFORE = 60  # characters in which a denial may stand before what it denies
BETWEEN = r"(?:ningun\w*\s+(?:tipo\s+de\s+)?)?(?:\w+\s+ni\s+(?:(?:es|usa|tiene)\s+)?)?"  # "no tiene asma ni …"
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Named:
    """A need as the form codes it, the words that name it as written, and the concept where they say which."""

    need: str
    words: str
    concept: Concept | None


@dataclass(frozen=True)
class _Names:
    """`pattern` finds them. One of `words`, or of what begins as `beginnings`, is in every text that holds one."""

    pattern: re.Pattern[str]
    words: frozenset[str]
    beginnings: tuple[str, ...]

    @classmethod
    def of(cls, names: Sequence[str]) -> _Names:
        """The pattern takes the longest of what begins at the same place."""
        longest = {max(name.split(), key=len) for name in names}
        return cls(
            re.compile(rf"\b(?:{_any(sorted(names, key=len, reverse=True))})\b"),
            frozenset(word for word in longest if not word.endswith("*")),
            tuple(word[:-1] for word in longest if word.endswith("*")),
        )

    def first(self, told: str, words: set[str]) -> re.Match[str] | None:
        """Where a text of these words first names it and does not deny it."""
        if self.words.isdisjoint(words) and not any(word.startswith(self.beginnings) for word in words):
            return None
        return next((match for match in self.pattern.finditer(told) if not _denied(told, match)), None)


@dataclass(frozen=True)
class _Ways:
    """How a need is named: by words that say which concept, and by hints that do not."""

    need: str
    words: tuple[tuple[Concept, _Names], ...]
    hints: _Names | None


def named(story: str) -> list[Named]:
    """Every need a text names, at most once, in the order of the form."""
    written = unicodedata.normalize("NFC", story)
    told = text.unaccented(written)
    words = set(_WORD.findall(told))
    found = [(ways.need, *first) for ways in _known() if (first := _first(ways, told, words))]
    return [Named(need, _quoted(match, written), concept) for need, match, concept in found]


def _first(ways: _Ways, told: str, words: set[str]) -> tuple[re.Match[str], Concept | None] | None:
    """The first words that say which concept, or else the first hint."""
    sure = [(match, concept) for concept, names in ways.words if (match := names.first(told, words))]
    if sure:
        return min(sure, key=lambda one: (one[0].start(), -one[0].end()))
    hint = ways.hints.first(told, words) if ways.hints else None
    return (hint, None) if hint else None


def _quoted(match: re.Match[str], written: str) -> str:
    """As written, or as read where a sign before it became several."""
    there = written[match.start():match.end()]
    return " ".join((there if text.unaccented(there) == match[0] else match[0]).split())


def _denied(told: str, match: re.Match[str]) -> bool:
    before, with_it = _denials()
    start = max(0, match.start() - BEFORE)
    return bool(before.search(told, start, match.start()) or with_it.search(told, start, match.end()))


@cache
def _known() -> tuple[_Ways, ...]:
    """Read from the bank once in a process, when the first text is."""
    concepts = bank.of_form()
    return tuple(_ways(need, [one for one in concepts if one.form == need]) for need in NEEDS)


def _ways(need: str, concepts: Sequence[Concept]) -> _Ways:
    hints = [hint for concept in concepts for hint in concept.hints]
    return _Ways(need, tuple((one, _Names.of(one.words)) for one in concepts), _Names.of(hints) if hints else None)


def _any(names: Iterable[str]) -> str:
    """`*` stands for any ending, a space for any space."""
    return "|".join(r"\s+".join(re.escape(word).replace(r"\*", r"\w*") for word in name.split()) for name in names)


@cache
def _denials() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """They find at the end of a text a denial of what follows, and one together with what it denies."""
    lines = [line for line in DENIED.read_text(encoding="utf-8").splitlines() if line.strip() and line[0] != "#"]
    before = _any(line.removesuffix("...") for line in lines if line.endswith("..."))
    with_it = _any(line for line in lines if not line.endswith("..."))
    return re.compile(rf"\b(?:{before})\s+{BETWEEN}$"), re.compile(rf"\b(?:{with_it})$")
