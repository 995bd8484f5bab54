"""Texts and pairs of texts as padded batches of token ids."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tokenizers import Tokenizer

from ml.encoder import Ids, padded
from ml.judge import joined


@dataclass(frozen=True)
class Tokens:
    """A tokenizer that cuts a text at `longest` tokens. Raises OSError where the file is missing."""

    tokenizer: Tokenizer
    longest: int

    @classmethod
    def load(cls, folder: Path, longest: int) -> Tokens:
        """The tokenizer of a model folder."""
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        tokenizer.no_padding()
        tokenizer.enable_truncation(longest)
        return cls(tokenizer, longest)

    def texts(self, texts: Sequence[str]) -> tuple[Ids, Ids]:
        """Ids and mask, (b, t) each."""
        return padded(self._ids(texts))

    def pairs(self, first: Sequence[str], second: Sequence[str]) -> tuple[Ids, Ids, Ids]:
        """Ids, mask and kinds, (b, t) each: kind 0 the first text, kind 1 the second."""
        return joined(self._ids(first), self._ids(second))

    def _ids(self, texts: Sequence[str]) -> list[list[int]]:
        return [one.ids for one in self.tokenizer.encode_batch(list(texts))]
