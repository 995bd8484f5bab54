"""The judge: does this sentence of a profile answer that need, refuse it, or speak of something else?

A small cross-encoder: it reads both sentences at once, which a cosine of two vectors cannot. It is asked about the
sentence pairs of the best candidates only. Its logits are divided by a temperature, so that its shares are honest.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ml import artifacts
from ml.encoder import Engine, padded, tokenizer_in

if TYPE_CHECKING:
    from tokenizers import Tokenizer

LONGEST = 112  # tokens of both sentences, with the three marks
BATCH = 32
ANSWERS, REFUSES, UNRELATED = 0, 1, 2
FILES = ("judge.int8.tflite", "judge.json", "tokenizer.json")
ENGINE = "ml.engine_litert"  # imported when a judge is loaded
Shares = NDArray[np.float64]


class Judge:
    """Pairs of sentences → (m, 3) shares of answers, refuses and unrelated. Safe to share between threads."""

    def __init__(self, tokenizer: Tokenizer, engine: Engine, version: str, temperature: float) -> None:
        self._tokenizer, self._engine, self.version, self._temperature = tokenizer, engine, version, temperature
        self._lock = Lock()

    @staticmethod
    def is_in(folder: Path | None = None) -> bool:
        """Does the model in this folder have a judge?"""
        return ((folder or artifacts.SHIPPED) / FILES[0]).is_file()

    @classmethod
    def load(cls, folder: Path | None = None) -> Judge:
        """The judge of a folder (the shipped one). ArtifactError: files are missing or changed."""
        folder = folder or artifacts.SHIPPED
        version = artifacts.verify(folder, FILES)
        tokenizer = tokenizer_in(folder)
        tokenizer.no_padding()
        tokenizer.enable_truncation(LONGEST, strategy="longest_first")
        about = json.loads((folder / "judge.json").read_text(encoding="utf-8"))
        engine: Engine = import_module(ENGINE).LiteRT(folder / FILES[0])
        return cls(tokenizer, engine, f"{version}+judge", float(about["temperature"]))

    def shares(self, needs: Sequence[str], offers: Sequence[str]) -> Shares:
        """(m, 3) rows that add up to 1, in the order given. ValueError: as many needs as offers are expected."""
        if len(needs) != len(offers):
            raise ValueError(f"{len(needs)} needs and {len(offers)} offers; as many of each are expected")
        pairs = [(need.replace("\x00", " "), offer.replace("\x00", " ")) for need, offer in
                 zip(needs, offers, strict=True)]
        encoded = self._tokenizer.encode_batch(pairs)
        order = sorted(range(len(encoded)), key=lambda place: len(encoded[place].ids))
        logits = np.zeros((len(encoded), 3))
        for begin in range(0, len(order), BATCH):
            places = order[begin : begin + BATCH]
            ids, mask = padded([encoded[place].ids for place in places])
            kinds, _ = padded([encoded[place].type_ids for place in places])
            with self._lock:
                logits[places] = self._engine(ids, kinds, mask)
        scaled = logits / self._temperature
        found: Shares = np.exp(scaled - np.logaddexp.reduce(scaled, axis=1, keepdims=True))
        return found
