"""Many texts in little room: each different sentence is kept and encoded once, and a text is the numbers of its own."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ml import passages
from ml.frames import Ints
from ml.passages import Corpus, Encodes, Passage, Vectors

Progress = Callable[[int, int], None] | None


class Sentences:
    """Texts as they are read."""

    def __init__(self) -> None:
        self._number: dict[str, int] = {"": 0}  # the empty sentence stands for a text without any
        self._pieces, self._first = array("i"), array("q", [0])
        self._last: tuple[str, ...] | None = None

    def add(self, text: Sequence[str]) -> int:
        """The number of a text; one that is the same as the text before is that one."""
        if tuple(text) != self._last:
            self._last = tuple(text)
            self._pieces.extend(self._number.setdefault(piece, len(self._number)) for piece in text)
            self._first.append(len(self._pieces))
        return len(self._first) - 2

    def encoded(self, encoder: Encodes, progress: Progress = None) -> Texts:
        """All texts with their vectors."""
        pieces = tuple(self._number)
        return Texts(pieces, encoder.encode(pieces, progress), np.array(self._pieces, dtype=np.int64),
                     np.array(self._first, dtype=np.int64))


@dataclass(frozen=True)
class Texts:
    """Different sentences, the empty one first, with their (s, d) vectors; text i is `number` from first[i] on."""

    sentences: tuple[str, ...]
    vectors: Vectors
    number: Ints
    first: Ints

    def passage(self, text: int) -> Passage:
        """One text as the matcher compares it."""
        mine = self.number[self.first[text] : self.first[text + 1]]
        found = tuple(self.sentences[piece] for piece in mine.tolist())
        return passages.pooled(found, self.vectors[np.concatenate([[0], mine])])

    def corpus(self, texts: Sequence[int]) -> Corpus:
        """Some texts in one block, in this order."""
        count = np.array([self.first[text + 1] - self.first[text] for text in texts], dtype=np.int64)
        first = np.concatenate([[0], np.cumsum(count)]).astype(np.int64)
        whole = np.empty((len(texts), self.vectors.shape[1]), dtype=np.float32)
        single = np.empty((int(first[-1]), self.vectors.shape[1]), dtype=np.float32)
        names: list[str] = []
        for row, text in enumerate(texts):
            one = self.passage(text)
            whole[row], single[first[row] : first[row + 1]] = one.vectors[0], one.vectors[1:]
            names += one.sentences
        return Corpus(whole, single, tuple(names), first)
