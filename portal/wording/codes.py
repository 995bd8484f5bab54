"""Codes of the models and their words, by kind."""

from __future__ import annotations

from portal.wording import care, flows, jobs, learning, people, programs

WORDS: dict[str, dict[str, object]] = {**people.WORDS, **care.WORDS, **flows.WORDS, **jobs.WORDS, **learning.WORDS,
                                     **programs.WORDS}


def label(kind: str, code: object) -> str:
    """The words of a code; a code without words is shown as it is, so that nothing is hidden."""
    return str(WORDS[kind].get(str(code), code)) if code not in (None, "") else ""


def choices(kind: str, codes: tuple[str, ...] | None = None, blank: object = None) -> list[tuple[str, object]]:
    """(code, words) for a select field, all of a kind or some; `blank` heads the list with an empty choice."""
    words = WORDS[kind]
    given = [(code, words[code]) for code in (codes or tuple(words))]
    return [("", blank), *given] if blank is not None else given
