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

No sentence occurs twice in the folder, accents and capitals aside.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from ml import text

FOLDER = Path(__file__).resolve().parent / "concepts"
SPLITS = ("train", "test")
LEAST = {"need": 12, "answers": 12, "refuses": 6}  # sentences
LONGEST = 300  # characters of a sentence
_CODE = re.compile(r"[a-z][a-z0-9_]{1,63}")


class BankError(ValueError):
    """The bank cannot be used; the message is one line that names the file and the concept."""


@dataclass(frozen=True)
class Concept:
    """One need, its label in both languages, and its sentences."""

    code: str
    split: str
    es: str
    en: str
    need: tuple[str, ...]
    answers: tuple[str, ...]
    refuses: tuple[str, ...]


KEYS = tuple(field.name for field in fields(Concept))


def load(folder: Path = FOLDER) -> tuple[Concept, ...]:
    """Every concept of a folder's TOML files, in the order of their codes. Raises BankError."""
    paths = sorted(folder.glob("*.toml"))
    if not paths:
        raise BankError(f"{folder.name}: no bank of needs here (no TOML file)")
    seen: dict[str, str] = {}  # code or folded sentence → where it stood first
    found = [_concept(table, path.name, seen) for path in paths for table in _tables(path)]
    return tuple(sorted(found, key=lambda concept: concept.code))


def of_split(concepts: Sequence[Concept], split: str) -> tuple[Concept, ...]:
    """Those of one split."""
    return tuple(concept for concept in concepts if concept.split == split)


def _tables(path: Path) -> list[Any]:
    try:
        held = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BankError(f"{path.name}: not TOML: {error}") from None
    except OSError as error:
        raise BankError(f"{path.name}: cannot be read: {error.strerror}") from None
    tables = held.get("concept")
    if set(held) != {"concept"} or not isinstance(tables, list):
        raise BankError(f"{path.name}: only [[concept]] tables are expected")
    return tables


def _concept(table: Any, file: str, seen: dict[str, str]) -> Concept:
    code = table.get("code") if isinstance(table, Mapping) else None
    where = f"{file} {code if isinstance(code, str) else '(no code)'}"
    problem = _shape(table) or _repeated(table, where, seen)
    if problem:
        raise BankError(f"{where}: {problem}")
    return Concept(
        table["code"], table["split"], table["es"], table["en"],
        tuple(table["need"]), tuple(table["answers"]), tuple(table["refuses"]),
    )


def _shape(table: Any) -> str:
    """What is wrong with a table by itself, or nothing."""
    if not isinstance(table, Mapping) or set(table) != set(KEYS):
        return f"the keys {', '.join(KEYS)} are expected, and no others"
    if not all(isinstance(table[key], str) and table[key].strip() for key in KEYS if key not in LEAST):
        return "code, split, es and en are texts, none empty"
    if table["split"] not in SPLITS:
        return f"split {table['split']!r} is not one of {', '.join(SPLITS)}"
    coded = "" if _CODE.fullmatch(table["code"]) else "a code is lower case: letters, digits, _"
    return coded or next(filter(None, (_sentences(key, table[key]) for key in LEAST)), "")


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
    pieces = [(key, piece) for key in LEAST for piece in table[key]]
    for key, piece in [("code", table["code"]), *pieces]:
        same = f"{key == 'code'} {' '.join(text.fold(piece).split())}"
        if same in seen:
            return f"{key}: {piece[:60]!r} stands already in {seen[same]}"
        seen[same] = f"{where} {key}"
    return ""
