"""Texts and pairs of texts as padded batches of token ids."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tokenizers import Tokenizer

from ml.encoder import Ids, padded


@dataclass(frozen=True)
class Tokens:
    """A tokenizer that cuts at `longest` tokens. Raises OSError where the file is missing."""

    tokenizer: Tokenizer
    longest: int

    @classmethod
    def load(cls, folder: Path, longest: int) -> Tokens:
        """The tokenizer of a model folder."""
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        tokenizer.no_padding()
        tokenizer.enable_truncation(longest, strategy="longest_first")
        return cls(tokenizer, longest)

    def texts(self, texts: Sequence[str]) -> tuple[Ids, Ids]:
        """Ids and mask, (b, t) each."""
        return padded([one.ids for one in self.tokenizer.encode_batch(list(texts))])

    def pairs(self, first: Sequence[str], second: Sequence[str]) -> tuple[Ids, Ids, Ids]:
        """Ids, mask and kinds, (b, t) each: kind 0 the first text, kind 1 the second."""
        encoded = self.tokenizer.encode_batch(list(zip(first, second, strict=True)))
        ids, mask = padded([one.ids for one in encoded])
        return ids, mask, padded([one.type_ids for one in encoded])[0]
