"""Texts as numbers of different sentences are the passages they would be by themselves."""

from __future__ import annotations

import numpy as np

from ml import passages
from ml.encoder import Encoder
from ml.passages import Corpus
from ml.sentences import Sentences

TEXTS = [("Vendo fruta.", "Salgo de madrugada."), (), ("Salgo de madrugada.",), ("Vendo fruta.", "Salgo de madrugada.")]


def test_texts_come_out_as_they_would_alone(encoder: Encoder) -> None:
    sentences = Sentences()
    numbers = [sentences.add(text) for text in TEXTS]
    texts, alone = sentences.encoded(encoder), passages.encode(encoder, TEXTS)
    assert len(texts.sentences) == 3
    for number, one in zip(numbers, alone, strict=True):
        assert texts.passage(number).sentences == one.sentences
        assert np.allclose(texts.passage(number).vectors, one.vectors, atol=1e-6)
    packed, other = texts.corpus(numbers), Corpus.of(alone)
    assert packed.sentences == other.sentences
    assert packed.first.tolist() == other.first.tolist()
    assert np.allclose(packed.whole, other.whole, atol=1e-6)
    assert np.allclose(packed.vectors, other.vectors, atol=1e-6)


def test_the_same_text_twice_in_a_row_is_one() -> None:
    sentences = Sentences()
    assert [sentences.add(text) for text in (("a",), ("a",), ("b",), ("a",))] == [0, 0, 1, 2]
