"""The sentence encoder: Spanish texts to unit rows, by the engine asked for.

Texts are sorted by length before they are put in batches, so that little is padded. A text longer than `LONGEST`
tokens is encoded in pieces, and its vector is the mean of theirs by length: nothing is cut silently.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from ml import artifacts

if TYPE_CHECKING:
    from tokenizers import Tokenizer

LONGEST = 128  # tokens in one piece, with the two marks
BATCH = 64
CHUNK = 8_192  # texts
BUCKET = 8  # lengths are rounded up to a multiple of this: the engine is prepared anew for few shapes only
ENGINES = {  # name → (module, files it reads); a module is imported when its engine is asked for
    "litert": ("ml.engine_litert", ("model.int8.tflite", "tokenizer.json")),
    "tensorflow": ("ml.engine_tensorflow", ("model.safetensors", "config.json", "tokenizer.json")),
}
Vectors = NDArray[np.float32]
Ids = NDArray[np.int32]


class Engine(Protocol):
    """Token ids and mask (a judge: ids, kinds and mask), each (b, t) int32 → (b, d) float32 rows."""

    def __call__(self, *inputs: Ids) -> Vectors: ...


class Encoder:
    """Texts → (n, d) float32 unit rows. Safe to share between threads."""

    def __init__(self, tokenizer: Tokenizer, engine: Engine, version: str, width: int) -> None:
        self._tokenizer, self._engine, self.version, self.width = tokenizer, engine, version, width
        self._lock = Lock()

    @classmethod
    def load(cls, folder: Path | None = None, engine: str = "litert") -> Encoder:
        """The encoder of a folder (the shipped one). ValueError: unknown engine; ArtifactError: changed files."""
        if engine not in ENGINES:
            raise ValueError(f"engine is {engine!r}; there are: {', '.join(ENGINES)}")
        folder = folder or artifacts.SHIPPED
        module, files = ENGINES[engine]
        version = artifacts.verify(folder, files)
        tokenizer = tokenizer_in(folder)
        tokenizer.no_padding()
        tokenizer.no_truncation()
        built = import_module(module).load(folder)
        return cls(tokenizer, built, f"{version}+{engine}", 384)

    def encode(self, texts: Sequence[str], progress: Callable[[int, int], None] | None = None) -> Vectors:
        """(n, d) float32 unit rows in the order given; "" gives a valid row. `progress(done, all)` counts texts.

        Many texts are taken some thousands at a time, the short ones first: beside the rows little memory is needed.
        """
        if isinstance(texts, str):
            raise ValueError("texts is one text; a sequence of texts is expected")
        rows: Vectors = np.zeros((len(texts), self.width), dtype=np.float32)
        order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
        for begin in range(0, len(order), CHUNK):
            places = order[begin : begin + CHUNK]

            def tell(share: float, done: int = begin, count: int = len(places)) -> None:
                if progress is not None:
                    progress(done + int(share * count), len(order))

            rows[places] = self._rows([texts[place] for place in places], tell)
        return rows

    def _rows(self, texts: Sequence[str], tell: Callable[[float], None]) -> Vectors:
        pieces, owners = self._pieces(texts)
        vectors = self._run(pieces, tell)
        sums = np.zeros((len(texts), self.width), dtype=np.float64)
        lengths = np.array([len(piece) for piece in pieces], dtype=np.float64)
        np.add.at(sums, owners, vectors * lengths[:, None])
        norms = np.linalg.norm(sums, axis=1, keepdims=True)
        rows: Vectors = (sums / np.maximum(norms, 1e-12)).astype(np.float32)
        return rows

    def _pieces(self, texts: Sequence[str]) -> tuple[list[list[int]], NDArray[np.int64]]:
        clean = [text.replace("\x00", " ") for text in texts]
        pieces: list[list[int]] = []
        owners: list[int] = []
        for owner, encoded in enumerate(self._tokenizer.encode_batch(clean)):
            first, *inner, last = encoded.ids
            step = LONGEST - 2
            for begin in range(0, max(len(inner), 1), step):
                pieces.append([first, *inner[begin : begin + step], last])
                owners.append(owner)
        return pieces, np.array(owners, dtype=np.int64)

    def _run(self, pieces: list[list[int]], tell: Callable[[float], None]) -> Vectors:
        order = sorted(range(len(pieces)), key=lambda place: len(pieces[place]))
        vectors = np.zeros((len(pieces), self.width), dtype=np.float32)
        for begin in range(0, len(order), BATCH):
            places = order[begin : begin + BATCH]
            ids, mask = padded([pieces[place] for place in places])
            with self._lock:
                vectors[places] = self._engine(ids, mask)
            tell(min(begin + BATCH, len(order)) / len(order))
        return vectors


def tokenizer_in(folder: Path) -> Tokenizer:
    """The tokenizer of a model's folder. Its library comes with it: a web process loads no model and does without."""
    read: Tokenizer = import_module("tokenizers").Tokenizer.from_file(str(folder / "tokenizer.json"))
    return read


def padded(pieces: list[list[int]]) -> tuple[Ids, Ids]:
    """Ids and mask, (b, t) each, of token ids of different lengths."""
    width = -(-max(len(piece) for piece in pieces) // BUCKET) * BUCKET
    ids = np.zeros((len(pieces), width), dtype=np.int32)
    mask = np.zeros_like(ids)
    for row, piece in enumerate(pieces):
        ids[row, : len(piece)] = piece
        mask[row, : len(piece)] = 1
    return ids, mask
