"""The words of the report in both languages."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

WORDS = Path(__file__).resolve().parent / "words.toml"
LANGUAGES = ("es", "en")


@cache
def _listed() -> Mapping[str, Mapping[str, list[str]]]:
    return tomllib.loads(WORDS.read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Words:
    """Words of one language; a code nobody worded is shown as it is."""

    language: str

    def __call__(self, key: str, **values: str) -> str:
        """A text, with its gaps filled."""
        return _listed()["text"][key][LANGUAGES.index(self.language)].format(**values)

    def of(self, table: str, code: str) -> str:
        """A code of a table; `a × b` is worded part by part."""
        found = _listed()[table]
        parts = [found[part][LANGUAGES.index(self.language)] if part in found else part for part in code.split(" × ")]
        return " × ".join(parts)

    def number(self, value: float | None, digits: int = 3) -> str:
        """With the language's decimal sign; a dash where there is none."""
        if value is None:
            return "–"
        text = f"{value:.{digits}f}"
        return text.replace(".", ",").replace("-", "−") if self.language == "es" else text.replace("-", "−")

    def interval(self, one: Mapping[str, float | None], digits: int = 3) -> str:
        """`0.81 [0.79, 0.83]`"""
        value, low, high = (self.number(one[key], digits) for key in ("value", "low", "high"))
        between = "; " if self.language == "es" else ", "
        return f"{value} [{low}{between}{high}]" if one["low"] is not None else value
