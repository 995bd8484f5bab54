"""Phrase grammars: alternatives in one another, and slots. What they look like is told in `grammar/README.md`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ml.synthetic.regions import REGIONS

FOLDER = Path(__file__).resolve().parent / "grammar"
NAMES = ("train", "test")
FACTS = frozenset({  # slots that are filled with facts of the family or the provider, not with words of the grammar
    "child", "a_child", "the_child", "a", "her", "she", "age", "age_short", "name", "count", "parent", "who", "ca",
    "ca2", "start", "start_to", "end", "end_to", "days", "tongue",
})
_EL = re.compile(r"\b([Aa]|[Dd]e) el\b")
_BEGINS = re.compile(r"(?:^|(?<=[.!?] ))[a-záéíóúñ]")
_TOKEN = re.compile(r"[\[\]|]|\{([a-z0-9_]+)\}|[^\[\]|{}]+")


class GrammarError(ValueError):
    """A phrase that cannot be read; the message names it."""


@dataclass(frozen=True)
class Slot:
    """To be filled by its name."""

    name: str


@dataclass(frozen=True)
class Choice:
    """One of these."""

    options: tuple[Phrase, ...]


Part = str | Slot | Choice
Phrase = tuple[Part, ...]
Words = Mapping[str, tuple[Phrase, ...]]


@dataclass(frozen=True)
class Grammar:
    """`phrases` by where they may be used, like `story.work.market.yo`; `words` by region and name."""

    phrases: Mapping[str, tuple[Phrase, ...]]
    words: Mapping[str, Words]


@dataclass(frozen=True)
class Speech:
    """What is at hand when one text is written: words, facts, and its own row of whole numbers."""

    words: Words
    facts: Words
    numbers: Iterator[int]

    def say(self, options: Sequence[Phrase]) -> str:
        """One of the phrases, written out as a sentence."""
        pieces: list[str] = []
        self._write(options[next(self.numbers) % len(options)], pieces)
        text = _EL.sub(r"\1l", " ".join("".join(pieces).split()))
        return _BEGINS.sub(lambda first: first[0].upper(), text)

    def _write(self, phrase: Phrase, pieces: list[str]) -> None:
        for part in phrase:
            if isinstance(part, str):
                pieces.append(part)
                continue
            options = part.options if isinstance(part, Choice) else self.facts.get(part.name) or self.words[part.name]
            self._write(options[next(self.numbers) % len(options)], pieces)


def load(name: str) -> Grammar:
    """The grammar `train` or `test`. Raises GrammarError."""
    found = {place: tuple(parse(text) for text in texts) for place, texts in templates(name).items()}
    words = {place.removeprefix("words."): options for place, options in found.items() if place.startswith("words.")}
    shared = {place: options for place, options in words.items() if place.split(".")[0] not in REGIONS}
    by_region = {region: {**shared, **_regional(shared, words, f"{region}.")} for region in REGIONS}
    phrases = {place: options for place, options in found.items() if not place.startswith("words.")}
    for options in found.values():
        _check(options, shared)
    return Grammar(phrases, by_region)


def _regional(shared: Words, words: Words, begins: str) -> dict[str, tuple[Phrase, ...]]:
    own = {name.removeprefix(begins): options for name, options in words.items() if name.startswith(begins)}
    return {name: shared.get(name, ()) + options for name, options in own.items()}


def templates(name: str) -> dict[str, list[str]]:
    """Every phrase of a grammar as it is written, by its place in the files."""
    found: dict[str, list[str]] = {}
    for path in sorted((FOLDER / name).glob("*.toml")):
        for place, texts in _flat("", tomllib.loads(path.read_text(encoding="utf-8"))):
            if place in found:
                raise GrammarError(f"{path.name}: {place} stands in another file too")
            found[place] = texts
    if not found:
        raise GrammarError(f"{name!r} is no grammar: one of {', '.join(NAMES)} is expected")
    return found


def _flat(above: str, table: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    for name, held in table.items():
        if isinstance(held, Mapping):
            yield from _flat(f"{above}{name}.", held)
        else:
            yield above + name, held


def parse(text: str) -> Phrase:
    """A phrase from its text. Raises GrammarError."""
    tokens = list(_TOKEN.finditer(text))
    if sum(len(token[0]) for token in tokens) != len(text):
        raise GrammarError(f"a brace that is no slot in {text!r}")
    options, rest = _options(tokens)
    if rest or len(options) != 1:
        raise GrammarError(f"brackets that do not match in {text!r}")
    return options[0]


def _options(tokens: list[re.Match[str]]) -> tuple[tuple[Phrase, ...], list[re.Match[str]]]:
    """Alternatives up to the bracket that closes them, and the tokens from that bracket on."""
    options: list[list[Part]] = [[]]
    while tokens and tokens[0][0] != "]":
        token, tokens = tokens[0], tokens[1:]
        if token[0] == "|":
            options.append([])
        elif token[0] == "[":
            inner, tokens = _options(tokens)
            if not tokens:
                raise GrammarError("a bracket that nothing closes")
            tokens = tokens[1:]
            options[-1].append(Choice(inner))
        else:
            options[-1].append(Slot(token[1]) if token[1] else token[0])
    return tuple(tuple(option) for option in options), tokens


def _check(options: Sequence[Phrase], words: Words) -> None:
    for phrase in options:
        for part in phrase:
            if isinstance(part, Slot) and part.name not in FACTS and part.name not in words:
                raise GrammarError(f"{{{part.name}}} is neither a fact nor an entry of [words]")
            if isinstance(part, Choice):
                _check(part.options, words)


def plain(*texts: str) -> tuple[Phrase, ...]:
    """Texts without alternatives, as phrases."""
    return tuple((text,) for text in texts)
