"""A judge looks first where needs are told and refused, whatever they are about."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import small

from ml.language import looking
from ml.language.lessons import Ordinary

BANK = small.bank()
QUIET = Ordinary([f"vendo choclo {place}" for place in range(30)], [f"tengo patio {place}" for place in range(30)])
WORDS = sorted({word for text in (*small.texts(), *QUIET.stories, *QUIET.profiles) for word in text.split()})


def words(texts: Sequence[str]) -> np.ndarray:
    """Unit rows of the words a text holds."""
    rows = np.array([[word in text.split() for word in WORDS] for text in texts], dtype=np.float32)
    return rows.reshape(len(texts), len(WORDS)) / np.maximum(np.linalg.norm(rows, axis=-1, keepdims=True), 1e-9)


def test_a_need_and_a_refusal_of_another_concept_stand_out() -> None:
    found = looking.learned(BANK[:12], QUIET, words)
    refuses, answers, needs = (words([getattr(one, side)[0] for one in BANK[12:]])
                               for side in ("refuses", "answers", "need"))
    others = np.concatenate([answers, words(QUIET.profiles)])
    assert (refuses @ found.offer).min() > (others @ found.offer).max()
    assert (needs @ found.need).min() > (words(QUIET.stories) @ found.need).max()


def test_without_ordinary_stories_no_need_stands_out() -> None:
    assert not looking.learned(BANK, Ordinary(), words).need.any()
