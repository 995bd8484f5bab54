"""The bank of needs that words hide: for each concept how families tell it, how providers answer or refuse it.

A folder of TOML files by theme. Each holds tables

    [[concept]]
    code = "fear_of_dogs"        # lower case, unique in the folder
    split = "train"              # or "test": never trained on
    es = "Miedo a los perros"    # what a caseworker reads
    en = "Fear of dogs"
    need = [...]                 # at least 12 sentences
    answers = [...]              # at least 12
    refuses = [...]              # at least 6: they share words with the need, and do not meet it

A concept that belongs to a need of the intake form says so, and how a story names it (`ml.naming` reads it):

    form = "sensory_visual"      # one of ml.frames.NEEDS
    words = ["baston blanco"]    # lower case, without accents; * stands for any ending of a word
    hints = ["cieg*"]            # may be left out: they name the form's need, and not surely this concept

No sentence and no word occurs twice in the folder, accents and capitals aside.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from ml import text
from ml.frames import NEEDS

FOLDER = Path(__file__).resolve().parent / "concepts"
SPLITS = ("train", "test")
LEAST = {"need": 12, "answers": 12, "refuses": 6}  # sentences
LONGEST = 300  # characters of a sentence
NAMES = ("words", "hints")  # of a need of the form, in a story
_CODE = re.compile(r"[a-z][a-z0-9_]{1,63}")
_NAME = re.compile(r"[a-z0-9]+\*?(?: [a-z0-9]+\*?)*")
_TABLE = re.compile(r"^(?=\[\[concept\]\]$)", re.MULTILINE)
_SENTENCES = re.compile(rf"^(?:{'|'.join(LEAST)}) = \[$.*?^\]$", re.MULTILINE | re.DOTALL)


class BankError(ValueError):
    """The bank cannot be used; the message is one line that names the file and the concept."""


@dataclass(frozen=True)
class Concept:
    """One need, its label in both languages, its sentences, and the need of the form it belongs to, if any."""

    code: str
    split: str
    es: str
    en: str
    need: tuple[str, ...]
    answers: tuple[str, ...]
    refuses: tuple[str, ...]
    form: str = ""
    words: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()


OF_FORM = ("form", *NAMES)
KEYS = tuple(field.name for field in fields(Concept) if field.name not in OF_FORM)


def load(folder: Path = FOLDER) -> tuple[Concept, ...]:
    """Every concept of a folder's TOML files, in the order of their codes. Raises BankError."""
    paths = sorted(folder.glob("*.toml"))
    if not paths:
        raise BankError(f"{folder.name}: no bank of needs here (no TOML file)")
    seen: dict[str, str] = {}  # code or folded sentence → where it stood first
    found = [_concept(table, path.name, seen) for path in paths for table in _tables(path)]
    return tuple(sorted(found, key=lambda concept: concept.code))


def of_form(folder: Path = FOLDER) -> tuple[Concept, ...]:
    """Those that belong to a need of the form, without their sentences, in the order of their files.

    Most of the text is left out unread, which makes it quick enough for a page: a tenth of the time of `load`. Only
    what is returned is checked. Raises BankError.
    """
    found = ((path.name, table) for path in sorted(folder.glob("*.toml")) for table in _tables(path, _short))
    return tuple(_concept({**dict.fromkeys(LEAST, ()), **table}, name, None) for name, table in found)


def _short(told: str) -> str:
    """The tables of a file's text that have a need of the form, without sentences."""
    return "".join(_SENTENCES.sub("", table) for table in _TABLE.split(told) if "\nform = " in table) or "concept = []"


def of_split(concepts: Sequence[Concept], split: str) -> tuple[Concept, ...]:
    """Those of one split."""
    return tuple(concept for concept in concepts if concept.split == split)


def _tables(path: Path, part: Callable[[str], str] = str) -> list[Any]:
    """The tables of a file, or of a part of its text."""
    try:
        held = tomllib.loads(part(path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BankError(f"{path.name}: not TOML: {error}") from None
    except OSError as error:
        raise BankError(f"{path.name}: cannot be read: {error.strerror}") from None
    tables = held.get("concept")
    if set(held) != {"concept"} or not isinstance(tables, list):
        raise BankError(f"{path.name}: only [[concept]] tables are expected")
    return tables


def _concept(table: Any, file: str, seen: dict[str, str] | None) -> Concept:
    """The concept of a table; what stood before is in `seen`, and without it sentences are not looked at."""
    code = table.get("code") if isinstance(table, Mapping) else None
    where = f"{file} {code if isinstance(code, str) else '(no code)'}"
    problem = _shape(table) or _named(table)
    if not problem and seen is not None:
        told = next(filter(None, (_sentences(key, table[key]) for key in LEAST)), "")
        problem = told or _repeated(table, where, seen)
    if problem:
        raise BankError(f"{where}: {problem}")
    need, answers, refuses = (tuple(table[key]) for key in LEAST)
    words, hints = (tuple(table.get(key, ())) for key in NAMES)
    return Concept(table["code"], table["split"], table["es"], table["en"], need, answers, refuses,
                   table.get("form", ""), words, hints)


def _shape(table: Any) -> str:
    """What is wrong with a table by itself, or nothing."""
    if not isinstance(table, Mapping) or set(table) - set(OF_FORM) != set(KEYS):
        return f"the keys {', '.join(KEYS)} are expected, {', '.join(OF_FORM)} may be there, and no others"
    if not all(isinstance(table[key], str) and table[key].strip() for key in KEYS if key not in LEAST):
        return "code, split, es and en are texts, none empty"
    if table["split"] not in SPLITS:
        return f"split {table['split']!r} is not one of {', '.join(SPLITS)}"
    return "" if _CODE.fullmatch(table["code"]) else "a code is lower case: letters, digits, _"


def _named(table: Mapping[str, Any]) -> str:
    """What is wrong with the need of the form and the words for it."""
    if set(OF_FORM) & set(table) and (table.get("form") not in NEEDS or "words" not in table):
        return f"form {table.get('form')!r} with words is expected: one of {', '.join(NEEDS)}"
    return next(filter(None, (_names(key, table[key]) for key in NAMES if key in table)), "")


def _names(key: str, found: Any) -> str:
    if not isinstance(found, list) or not found:
        return f"{key} is a list, not empty"
    wrong = next((name for name in found if not isinstance(name, str) or not _NAME.fullmatch(name)), None)
    return "" if wrong is None else (
        f"{key}: {wrong!r} is not lower case without accents, words with one space between, * only at the end of one")


def _sentences(key: str, found: Any) -> str:
    if not isinstance(found, list) or len(found) < LEAST[key]:
        return f"{key} holds {len(found) if isinstance(found, list) else 'no'} sentences, {LEAST[key]} at least"
    for sentence in found:
        if not isinstance(sentence, str) or not sentence.strip() or sentence != sentence.strip():
            return f"{key}: {sentence!r} is empty or begins or ends with a space"
        if len(sentence) > LONGEST:
            return f"{key}: {sentence[:40]!r}… has {len(sentence)} characters, {LONGEST} at most"
    return ""


def _repeated(table: Mapping[str, Any], where: str, seen: dict[str, str]) -> str:
    kinds = {"code": "code", **dict.fromkeys(NAMES, "name")}
    pieces = [(key, piece) for key in (*LEAST, *NAMES) for piece in table.get(key, ())]
    for key, piece in [("code", table["code"]), *pieces]:
        same = f"{kinds.get(key)} {' '.join(text.fold(piece).split())}"
        if same in seen:
            return f"{key}: {piece[:60]!r} stands already in {seen[same]}"
        seen[same] = f"{where} {key}"
    return ""
