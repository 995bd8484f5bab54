"""The judge: does this sentence of a profile answer that need, refuse it, or speak of something else?

A small cross-encoder: it reads both sentences at once, which a cosine of two vectors cannot. It is asked about the
sentence pairs of the best candidates only. It hears well that somebody refuses; whether of this need, the cosine of the
encoder tells better. So its logits and the cosine are weighed together, such that the shares are honest.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ml import artifacts
from ml.encoder import Engine, Ids, padded, tokenizer_in
from ml.passages import Looks

if TYPE_CHECKING:
    from tokenizers import Tokenizer

LONGEST = 56  # tokens of a sentence, with its two marks
BATCH = 16  # pairs: of as many, little is padded
ANSWERS, REFUSES, UNRELATED = 0, 1, 2
VERDICTS = ("answers", "refuses", "unrelated")  # the columns of its shares, in this order
FILES = ("judge.int8.tflite", "judge.json", "tokenizer.json")
MARK = 8  # digits of the hash of its figures, which every judge has of its own: a run's version names it
ENGINE = "ml.engine_litert"  # imported when a judge is loaded
Rows = NDArray[np.float64]


@dataclass(frozen=True)
class Scaling:
    """Logits (m, 3) and cosines (m,) → (m, 3) shares: matrix scaling (Guo et al. 2017) with the cosine as a fourth
    input. `weights` is (3, 4), `shifts` (3,)."""

    weights: Rows
    shifts: Rows

    def shares(self, logits: Rows, cosines: Rows) -> Rows:
        """Rows that add up to 1."""
        scaled = inputs(logits, cosines) @ self.weights.T + self.shifts
        found: Rows = np.exp(scaled - np.logaddexp.reduce(scaled, axis=1, keepdims=True))
        return found


def inputs(logits: Rows, cosines: Rows) -> Rows:
    """(m, 4) what is weighed: logits about their mean, which alone says nothing, and the cosine."""
    return np.column_stack([logits - logits.mean(axis=1, keepdims=True), cosines])


class Judge:
    """Pairs of sentences → (m, 3) shares of answers, refuses and unrelated. Safe to share between threads.

    `says`: the verdicts that are trusted, and the share from which each is said aloud. `looks`: which pairs of two
    texts are worth asking about.
    """

    def __init__(self, tokenizer: Tokenizer, engine: Engine, version: str, about: Mapping[str, Any]) -> None:
        self._tokenizer, self._engine, self.version = tokenizer, engine, version
        self.scaling = Scaling(np.array(about["scaling"]["weights"]), np.array(about["scaling"]["shifts"]))
        self.says: dict[str, float] = {verdict: float(share) for verdict, share in about["says"].items()}
        self.looks: Looks | None = Looks(*(np.array(about["looks"][side]) for side in ("need", "offer")))
        self._lock = Lock()

    @staticmethod
    def is_in(folder: Path | None = None) -> bool:
        """Does the model in this folder have a judge?"""
        return ((folder or artifacts.SHIPPED) / FILES[0]).is_file()

    @classmethod
    def load(cls, folder: Path | None = None) -> Judge:
        """The judge of a folder (the shipped one). ArtifactError: files are missing or changed."""
        folder = folder or artifacts.SHIPPED
        artifacts.verify(folder, FILES)
        tokenizer = tokenizer_in(folder)
        tokenizer.no_padding()
        tokenizer.enable_truncation(LONGEST)
        about = json.loads((folder / "judge.json").read_text(encoding="utf-8"))
        engine: Engine = import_module(ENGINE).LiteRT(folder / FILES[0])
        return cls(tokenizer, engine, f"judge-{artifacts.sha256(folder / FILES[1])[:MARK]}", about)

    def shares(self, needs: Sequence[str], offers: Sequence[str], cosines: Sequence[float]) -> Rows:
        """(m, 3) rows that add up to 1, in the order given; `cosines` are the encoder's of each pair.

        ValueError: as many needs as offers and cosines are expected.
        """
        if not len(needs) == len(offers) == len(cosines):
            raise ValueError(f"{len(needs)} needs, {len(offers)} offers and {len(cosines)} cosines; as many of each "
                             "are expected")
        return self.scaling.shares(self._logits(needs, offers), np.asarray(cosines, dtype=np.float64))

    def _logits(self, needs: Sequence[str], offers: Sequence[str]) -> Rows:
        first, second = ([one.ids for one in self._tokenizer.encode_batch([text.replace("\x00", " ") for text in side])]
                         for side in (needs, offers))
        order = sorted(range(len(first)), key=lambda place: len(first[place]) + len(second[place]))
        logits = np.zeros((len(first), 3))
        for begin in range(0, len(order), BATCH):
            places = order[begin : begin + BATCH]
            ids, mask, kinds = joined([first[place] for place in places], [second[place] for place in places])
            with self._lock:
                logits[places] = self._engine(ids, kinds, mask)
        return logits


def joined(first: Sequence[list[int]], second: Sequence[list[int]]) -> tuple[Ids, Ids, Ids]:
    """Ids, mask and kinds, (b, t) each, of the token ids of two sentences: kind 0 the first, kind 1 the second."""
    ids, mask = padded([one + other for one, other in zip(first, second, strict=True)])
    kinds, _ = padded([[0] * len(one) + [1] * len(other) for one, other in zip(first, second, strict=True)])
    return ids, mask, kinds
