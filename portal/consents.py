"""What families are asked to agree to, word for word: every version of the text that was ever read to one."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

TEXTS = Path(__file__).resolve().parent / "data" / "consents.toml"
PURPOSES = ("services", "matching", "training", "sharing")


@cache
def versions() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    """Version → language → purpose → text, the newest version last."""
    return tomllib.loads(TEXTS.read_text(encoding="utf-8"))


def newest() -> str:
    """The version that is asked with today."""
    return list(versions())[-1]


def text(version: str, purpose: str, language: str = "es") -> str:
    """What was read; "" for a version that is not the portal's, as a file or a program may name one."""
    texts = versions().get(version, {})
    return texts.get(language, texts.get("es", {})).get(purpose, "")
