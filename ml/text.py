"""What of a story or a profile may be read by the encoder: sentences, without what identifies or exposes a person.

Left out: names, addresses, documents, telephones; whole sentences about violence, protection or illnesses that mark a
person; the names of disabilities and illnesses, which are fields and a hard rule. The lists are in `ml/words`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

MOST_SENTENCES = 120  # of a text; in one with more, the shortest are joined with what follows them
LONGEST = 10_000  # characters: files and forms refuse a longer text, and say so
LONGEST_SENTENCE = 600  # characters; a longer one, without a full stop, is cut at a space
WORDS_KNOWN = 16_384  # looked up before: texts say much the same
WORDS = Path(__file__).resolve().parent / "words"
Span = tuple[int, int]

_HIDDEN = (
    re.compile(r"[\w.+-]{1,64}@[\w.-]{1,80}"),
    re.compile(r"(?:https?://|www\.)\S{1,300}"),
    re.compile(r"\b(?:dni|ce|carn[eé]|pasaporte|ruc|cui)\b[^\w]{0,4}[\w-]{0,12}\d[\w-]{0,12}", re.IGNORECASE),
    re.compile(r"\+?\d(?:[ .-]?\d){6,}"),
    re.compile(
        r"\b(?:av|avenida|jr|jir[oó]n|calle|ca|psje|pasaje|mz|manzana|lt|lote|urb|urbanizaci[oó]n|aa\.? ?hh)"
        r"\b\.?\s(?:\b(?:lt|lote|mz|nro|n|dpto|int|piso)\.|[^,.;\n]){1,40}", re.IGNORECASE,
    ),
    re.compile(r"(?<=\bllamo )\w+|(?<=\bllama )\w+|(?<=\bnombre es )\w+|(?<=\bllaman )\w+", re.IGNORECASE),
)
_END = re.compile(r"(?<=[.!?…;])\s+|\n+")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


def unaccented(text: str) -> str:
    """Lower case without accents."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in apart if not unicodedata.combining(sign))


@lru_cache(maxsize=WORDS_KNOWN)
def fold(word: str) -> str:
    """The same, for looking up words: what was asked before is remembered, so never for what a family tells."""
    return unaccented(word)


@lru_cache(maxsize=8)
def _listed(name: str) -> tuple[frozenset[str], tuple[str, ...]]:
    """(whole words, beginnings) of a list."""
    lines = (WORDS / name).read_text(encoding="utf-8").split("\n")
    entries = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    beginnings = tuple(entry[:-1] for entry in entries if entry.endswith("*"))
    return frozenset(entry for entry in entries if not entry.endswith("*")), beginnings


@lru_cache(maxsize=2 * WORDS_KNOWN)
def _is_listed(word: str, name: str) -> bool:
    whole, beginnings = _listed(name)
    return word in whole or word.startswith(beginnings)


@dataclass(frozen=True)
class Sentence:
    """What may be read of a sentence, and the sentence as somebody wrote it."""

    readable: str
    original: str


def sentences(text: str, names: Sequence[str] = ()) -> list[str]:
    """All sentences that may be read; short ones are joined where there are very many.

    `names` are the people's own names: they are taken out.
    """
    return [readable for readable, _ in _found(text, _own(names))]


def as_written(text: str, names: Sequence[str] = ()) -> list[Sentence]:
    """The sentences of `sentences`, in its order, each with the one it came from.

    A piece that by itself would be read otherwise (cut out of a text without full stops) stands as it is read.
    """
    own, cut = _own(names), _cut(text)
    return [
        Sentence(readable, written if [one for one, _ in _found(written, own)] == [readable] else readable)
        for readable, (start, end) in _found(text, own) for written in [cut[start:end].strip()]
    ]


def _own(names: Sequence[str]) -> set[str]:
    words = {fold(word) for name in names for word in _WORD.findall(name) if len(word) > 2}
    return {word for word in words if not _is_listed(word, "name_in.txt")}


def _cut(text: str) -> str:
    return text[:LONGEST].replace("\x00", " ")


def _found(text: str, own: set[str]) -> list[tuple[str, Span]]:
    """What may be read of each sentence, and where the sentence stands in the cut text."""
    found: list[tuple[str, Span]] = []
    hidden, places = _hidden(_cut(text))
    for start, end in _pieces(hidden):
        piece = hidden[start:end]
        if any(_is_listed(fold(word), "sentence_out.txt") for word in _WORD.findall(piece)):
            continue
        clean = _scrubbed(piece, own)
        if sum(map(str.isalpha, clean)) > 2:
            found.append((clean, (places[start], places[end])))
    return found if len(found) <= MOST_SENTENCES else _joined(found)


def _joined(found: list[tuple[str, Span]]) -> list[tuple[str, Span]]:
    """The same with each sentence joined to those after it until it is long enough that there are few."""
    pieces: list[tuple[str, Span]] = []
    for clean, (start, end) in found:
        if pieces and len(pieces[-1][0]) < LONGEST // MOST_SENTENCES:
            before, (begin, _) = pieces.pop()
            clean, start = f"{before} {clean}", begin
        pieces.append((clean, (start, end)))
    return pieces


def _hidden(text: str) -> tuple[str, list[int]]:
    """Before the text is cut into sentences: the full stop of `Jr.` ends none.

    With where each sign, and the end, stood in the text.
    """
    places = list(range(len(text) + 1))
    for pattern in _HIDDEN:
        for match in reversed(list(pattern.finditer(text))):
            text = f"{text[: match.start()]} {text[match.end() :]}"
            places[match.start() + 1 : match.end()] = []
    return text, places


def _pieces(text: str) -> Iterator[Span]:
    """Where the sentences are, the longest ones cut at a space."""
    starts = [0, *(match.end() for match in _END.finditer(text))]
    ends = [*(match.start() for match in _END.finditer(text)), len(text)]
    for start, end in zip(starts, ends, strict=True):
        while end - start > LONGEST_SENTENCE:
            cut = text.rfind(" ", start, start + LONGEST_SENTENCE)
            cut = cut if cut > start else start + LONGEST_SENTENCE
            yield start, cut
            start = cut
        yield start, end


def _scrubbed(piece: str, own: set[str]) -> str:
    shouting = piece.isupper()
    first = _WORD.search(piece)
    start = first.start() if first else 0

    def kept(match: re.Match[str]) -> str:
        word, plain = match[0], fold(match[0])
        name = word[0].isupper() and match.start() > start and not shouting and not _is_listed(plain, "kept.txt")
        return "" if name or plain in own or _is_listed(plain, "word_out.txt") else word

    return " ".join(_WORD.sub(kept, piece).split())
