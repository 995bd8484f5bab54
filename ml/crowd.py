"""Families of a file in little room: read a chunk of rows at a time, kept as columns and numbers of sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from ml import records
from ml.changes import rows
from ml.frames import Children, Ints
from ml.sentences import Sentences

CHUNK = 5_000  # rows
BLOCK = 500  # children looked at together: keeps the lists of pairs small
Centres = Mapping[str, tuple[float, float]]


@dataclass(frozen=True)
class Crowd:
    """Whom the file names, and of those who agreed to be matched their columns.

    `refs` are (family, child) of everybody in the file, `row` (q,) the places of the matched among them, `text` (q,)
    the numbers of their stories. `bad` is how many rows could not be used.
    """

    refs: list[tuple[str, str]]
    row: Ints
    children: Children
    text: Ints
    bad: int

    def blocks(self) -> Iterator[Ints]:
        """The matched children, families never apart, about `BLOCK` at a time, families in the order of the file."""
        order = np.argsort(self.children.family, kind="stable")
        for begin, end in together(self.children.family[order], BLOCK):
            yield order[begin:end]


def together(family: Ints, size: int) -> Iterator[tuple[int, int]]:
    """Cuts rows in order of their families into stretches of about `size` with families whole: (begin, end)."""
    starts, begin = np.flatnonzero(np.diff(family, prepend=-1)), 0
    for end in [*starts[1:].tolist(), len(family)]:
        if end - begin >= size or (end == len(family) and end > begin):
            yield begin, end
            begin = end


@dataclass
class _Read:
    """What was read so far."""

    refs: list[tuple[str, str]] = field(default_factory=list)
    row: list[int] = field(default_factory=list)
    text: list[int] = field(default_factory=list)
    parts: list[Children] = field(default_factory=list)
    families: dict[str, int] = field(default_factory=dict)
    bad: int = 0

    def add(self, chunk: list[dict[str, Any] | None], sentences: Sentences) -> None:
        """Some rows; None is a bad one."""
        good = [row for row in chunk if row is not None]
        self.bad += len(chunk) - len(good)
        matched = []
        for row in good:
            if row["consent_services"] and row["consent_matching"]:
                matched.append(row)
                self.row.append(len(self.refs))
            self.refs.append((row["family_ref"], row["child_ref"]))
        self.text += [sentences.add(story) for story in records.stories(matched)]
        self.parts.append(records.children_of(matched, self.families))


def read(path: Path, on: date, centres: Centres, sentences: Sentences, report: Callable[[str], None]) -> Crowd:
    """The families of a file; their sentences are added to `sentences`. Raises TableError."""
    found, lines = _Read(), records.each_family(path, on, centres, report)
    while chunk := list(islice(lines, CHUNK)):
        found.add(chunk, sentences)
    children = rows.joined(found.parts) if found.parts else records.children_of([])
    return Crowd(found.refs, np.array(found.row, dtype=np.int64), children, np.array(found.text, dtype=np.int64),
                 found.bad)
